import CZlib
public import Gateway
import WireFormat

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The append-only file of an issuer's answers about a stock: one record a line, each behind its
/// CRC-32, mode 0600. No record holds a code.
///
/// Whoever writes holds an exclusive lock, which the kernel lets go of with its process. What a
/// crash left of the last record is cut off; damage before it is refused.
public enum AnswerJournal {
    /// Longest record, in bytes.
    static let recordBytes = 64 << 10
    /// Bytes read at a time.
    private static let pieceBytes = 256 << 10

    /// What a journal holds.
    public struct Contents: Sendable {
        public let head: InquiryHead
        /// Where the next record belongs.
        public let byteCount: Int
        /// What is to be respected of earlier questions.
        public let past: AskingPast
    }

    public static func exists(at path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a journal with its head, whole or not at all.
    /// - Throws: ``StockFileError``, also when there is a file already.
    public static func create(at path: String, _ head: InquiryHead) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StockFileError(path: path, doing: "cannot be made") }
        defer {
            close(descriptor)
            unlink(temporary)
        }
        try write(line(of: .head(head)), to: descriptor, path: path)
        // Not rename(2): it would replace a journal that another audit has made meanwhile.
        guard link(temporary, path) == 0 else {
            throw StockFileError(path: path, doing: "cannot be made")
        }
        synchroniseFolder(of: path)
    }

    /// Reads a journal, calling `body` with each record and its offset.
    /// - Throws: ``StockFileError`` when it is none, or damaged before its end.
    public static func read(
        _ path: String,
        _ body: (InquiryRecord, Int) throws -> Void = { _, _ in }
    ) throws -> Contents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StockFileError(path: path, doing: "cannot be opened") }
        defer { close(descriptor) }
        return try read(descriptor, path: path, body)
    }

    static func read(
        _ descriptor: Int32,
        path: String,
        _ body: (InquiryRecord, Int) throws -> Void
    ) throws -> Contents {
        var reading = JournalReading(path: path)
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var offset = 0
        while true {
            let count = pread(descriptor, &piece, piece.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StockFileError(path: path, doing: "reading failed") }
            if count == 0 { break }
            offset += count
            try reading.take(piece[..<count], body)
        }
        return try reading.contents
    }

    /// The answer that stands at an offset.
    public static func answer(at offset: Int, of path: String) throws -> StockAnswer {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StockFileError(path: path, doing: "cannot be opened") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: recordBytes)
        let count = pread(descriptor, &bytes, bytes.count, off_t(offset))
        guard count > 0, let end = bytes[..<count].firstIndex(of: 0x0a),
            case .answer(let answer)? = record(of: bytes[..<end])
        else { throw StockFileError(path: path, message: "changed while it was read") }
        return answer
    }

    /// Whether nobody is writing; what a dead audit had under way is being written still.
    public static func isAtRest(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    /// `<CRC-32 as 8 hexadecimal digits> <JSON>` and a line feed.
    static func line(of record: InquiryRecord) -> [UInt8] {
        let body = record.json.serialized()
        return Array(Hexadecimal.encode(checksum(of: body)).utf8) + [0x20] + body + [0x0a]
    }

    /// - Parameter line: without its line feed.
    static func record(of line: ArraySlice<UInt8>) -> InquiryRecord? {
        let body = Array(line.dropFirst(9))
        guard line.count > 9, line.count <= recordBytes, line[line.startIndex + 8] == 0x20,
            String(decoding: line.prefix(8), as: UTF8.self)
                == Hexadecimal.encode(checksum(of: body)),
            let value = try? JSONValue.parse(body)
        else { return nil }
        return InquiryRecord(value)
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] {
        let sum = UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
        return withUnsafeBytes(of: sum.bigEndian) { Array($0) }
    }

    /// Writes all of `bytes` and has them on the disk.
    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let count = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StockFileError(path: path, doing: "cannot be written") }
            rest = rest.dropFirst(count)
        }
        guard fdatasync(descriptor) == 0 else {
            throw StockFileError(path: path, doing: "is not safe on the disk")
        }
    }

    private static func synchroniseFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot; then the name is as safe as they make it.
        fsync(descriptor)
        close(descriptor)
    }
}

/// Reads the records of a journal piece by piece.
private struct JournalReading {
    let path: String
    private var carry: [UInt8] = []
    /// Offset of `carry`.
    private var offset = 0
    private var head: InquiryHead?
    private var past = AskingPast()
    /// Where the first record lies that is none; nothing may follow it.
    private var tornAt: Int?

    init(path: String) { self.path = path }

    mutating func take(
        _ piece: ArraySlice<UInt8>,
        _ body: (InquiryRecord, Int) throws -> Void
    ) throws {
        carry += piece
        var rest = carry[...]
        while let end = rest.firstIndex(of: 0x0a) {
            try note(rest[..<end], body)
            offset += end + 1 - rest.startIndex
            rest = rest[(end + 1)...]
        }
        carry = Array(rest)
        if carry.count > AnswerJournal.recordBytes, head == nil { throw notAJournal }
    }

    private mutating func note(
        _ line: ArraySlice<UInt8>,
        _ body: (InquiryRecord, Int) throws -> Void
    ) throws {
        guard let record = AnswerJournal.record(of: line) else {
            if head == nil { throw notAJournal }
            tornAt = tornAt ?? offset
            return
        }
        if let tornAt {
            throw StockFileError(path: path, message: "is damaged at byte \(tornAt)")
        }
        switch record {
        case .head(let found):
            guard head == nil, offset == 0 else { throw notAJournal }
            head = found
        case .asking(_, let at): past.lastAskedAt = max(past.lastAskedAt ?? at, at)
        case .pause(let until): past.pausedUntil = max(past.pausedUntil ?? until, until)
        case .answer, .withdrawn: break
        }
        guard head != nil else { throw notAJournal }
        try body(record, offset)
    }

    private var notAJournal: StockFileError {
        StockFileError(path: path, message: "is no journal of an audit")
    }

    var contents: AnswerJournal.Contents {
        get throws {
            guard let head else { throw notAJournal }
            return AnswerJournal.Contents(head: head, byteCount: tornAt ?? offset, past: past)
        }
    }
}
