public import Gateway
import StatementKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A stock or history file on disk or standard input: unpacked when it is gzip, turned into UTF-8,
/// with its beginning at hand.
///
/// This folder is the audit's way to the disk. A regular file is opened anew for the audit; what
/// cannot be opened twice, a pipe, is read on from where the sample ends.
public struct StockFile: Sendable {
    /// As shown in reports.
    public let name: String
    public let encoding: StockEncoding
    public let isCompressed: Bool
    /// The beginning as UTF-8, at most ``StockAuditLimits/sampleBytes``.
    public let sample: [UInt8]
    /// Whether the file ends with the sample.
    public let isWholeInSample: Bool
    /// Bytes on disk, nil for a pipe.
    public let byteCount: Int?

    private let path: String
    /// Of a regular file when its beginning was read.
    private let identity: FileIdentity?
    /// What the sample took from a pipe, as it came.
    private let pipePrefix: [UInt8]?
    private let descriptor: Int32?
    /// The sheet of a workbook that this is.
    private let sheet: StockSheet?

    /// Opens `path` and reads its beginning; `-` is standard input.
    ///
    /// - Throws: ``StockFileError`` when it cannot be read, and for workbooks, which
    ///   ``all(at:workbooks:)`` divides into sheets; `StockReadingError.utf16WithoutMark`.
    public init(path: String) throws {
        let source = try path == "-" ? FileSource(standardInput: path) : FileSource(path: path)
        let head = try source.collect(WorkbookFile.headBytes)
        guard !WorkbookFile.isWorkbook(head) else {
            throw StockFileError(path: path, message: "is a workbook, which is not read here")
        }
        try self.init(source, head: head, path: path)
    }

    /// - Parameter head: what was already read.
    init(_ source: FileSource, head: [UInt8], path: String) throws {
        self.path = path
        sheet = nil
        name = Self.name(of: path)
        let recorder = RecordingSource(PrefixSource(head, then: source))
        isCompressed = head.starts(with: GzipSource.magic)
        byteCount = source.identity?.byteCount
        identity = source.identity
        let unpacked: any ByteSource = isCompressed ? GzipSource(recorder, path: path) : recorder
        var (plain, failure) = unpacked.collectUntilFailure(StockAuditLimits.sampleBytes)
        // What breaks off later is audited up to there; the audit meets the same failure.
        if let failure, plain.isEmpty { throw failure }
        encoding = try StockEncoding.detect(in: plain)
        isWholeInSample = plain.count < StockAuditLimits.sampleBytes && failure == nil
        if encoding != .utf8 {
            let decoded = Self.decoded(PrefixSource(plain, then: nil), from: encoding, path: path)
            plain = try decoded.collect(2 * StockAuditLimits.sampleBytes)
        }
        sample = plain
        pipePrefix = source.isRegularFile ? nil : recorder.recorded
        descriptor = source.isRegularFile ? nil : source.detach()
    }

    /// Reads the beginning of a sheet.
    init(_ sheet: StockSheet) throws {
        self.sheet = sheet
        path = sheet.workbook.path
        name = "\(Self.name(of: path)) [\(sheet.entry.name)]"
        encoding = .utf8
        isCompressed = false
        byteCount = nil
        identity = nil
        pipePrefix = nil
        descriptor = nil
        let (plain, failure) = try sheet.open().collectUntilFailure(StockAuditLimits.sampleBytes)
        if let failure, plain.isEmpty { throw failure }
        isWholeInSample = plain.count < StockAuditLimits.sampleBytes && failure == nil
        sample = plain
    }

    static func name(of path: String) -> String { path == "-" ? "<stdin>" : path }

    /// Whether it can be opened again and again.
    public var isRereadable: Bool { identity != nil || sheet != nil }

    /// The file from its first byte, as UTF-8. A pipe can be opened once.
    /// - Throws: ``StockFileError``, also when the file is not the one, or not as, it was.
    public func open() throws -> any ByteSource {
        if let sheet { return try sheet.open() }
        let raw: any ByteSource
        if let pipePrefix, let descriptor {
            raw = PrefixSource(pipePrefix, then: FileSource(descriptor: descriptor, path: path))
        } else {
            let source = try FileSource(path: path)
            guard source.identity == identity else {
                throw StockFileError(path: path, message: "changed while it was read; run again")
            }
            raw = source
        }
        let unpacked: any ByteSource = isCompressed ? GzipSource(raw, path: path) : raw
        return Self.decoded(unpacked, from: encoding, path: path)
    }

    private static func decoded(
        _ source: any ByteSource,
        from encoding: StockEncoding,
        path: String
    ) -> any ByteSource {
        switch encoding {
        case .utf8: source
        case .utf16LittleEndian: UTF16Source(source, isBigEndian: false)
        case .utf16BigEndian: UTF16Source(source, isBigEndian: true)
        case .gb18030: GB18030Source(source)
        }
    }
}

extension ByteSource {
    /// The next `limit` bytes, fewer at the end.
    func collect(_ limit: Int) throws -> [UInt8] {
        let (bytes, failure) = collectUntilFailure(limit)
        if let failure { throw failure }
        return bytes
    }

    /// The next `limit` bytes, fewer at the end or where reading fails.
    func collectUntilFailure(_ limit: Int) -> ([UInt8], (any Error)?) {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        var failure: (any Error)?
        do {
            while count < limit {
                let taken = try bytes.withUnsafeMutableBytes {
                    try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
                }
                if taken == 0 { break }
                count += taken
            }
        } catch {
            failure = error
        }
        bytes.removeLast(limit - count)
        return (bytes, failure)
    }
}
