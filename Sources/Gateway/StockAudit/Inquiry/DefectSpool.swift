/// The rows of an audit in line order, kept on scratch until the issuer's rows can join them.
public final class DefectSpool {
    /// Bytes gathered before a write, and read at a time.
    static let pieceBytes = 64 << 10

    let names: [String]
    private let file: any ScratchFile
    private var piece: [UInt8] = []
    private var written = 0

    /// - Parameter names: of the stock files.
    /// - Throws: what the scratch space throws, as do all calls.
    public init(names: [String], scratch: any ScratchSpace) throws {
        self.names = names
        file = try scratch.makeFile()
    }

    /// Keeps the next row.
    public func append(_ defect: StockDefect) throws {
        let detail = Array(defect.detail.utf8.prefix(Int(UInt16.max)))
        append(StockPosition(file: defect.file, line: defect.line).packed)
        append(
            defect.firstLine.map {
                StockPosition(file: defect.firstFile ?? defect.file, line: $0).packed
            } ?? 0
        )
        // Shelf lives that are asked for have 3,650 days at most.
        let remaining = defect.remainingDays.map { UInt64($0) + 1 } ?? 0
        append(
            UInt64(defect.reason?.rawValue ?? 0) << 48 | remaining << 32
                | UInt64(defect.defect.rawValue) << 16 | UInt64(detail.count)
        )
        piece += detail
        if piece.count >= Self.pieceBytes { try flush() }
    }

    private func append(_ word: UInt64) {
        withUnsafeBytes(of: word) { piece.append(contentsOf: $0) }
    }

    private func flush() throws {
        try piece.withUnsafeBytes { try file.append($0) }
        written += piece.count
        piece.removeAll(keepingCapacity: true)
    }

    /// Reads the rows from the first one on; nothing is appended meanwhile.
    public func makeReader() throws -> DefectSpoolReader {
        try flush()
        return DefectSpoolReader(file: file, byteCount: written, names: names)
    }
}

/// Reads the rows of a spool in order.
public final class DefectSpoolReader {
    private static let headBytes = 24

    private let file: any ScratchFile
    private let byteCount: Int
    private let names: [String]
    private var offset = 0
    private var piece: ArraySlice<UInt8> = []
    /// The next row that was not taken.
    private var head: StockDefect?

    init(file: any ScratchFile, byteCount: Int, names: [String]) {
        self.file = file
        self.byteCount = byteCount
        self.names = names
    }

    /// The next row, without taking it; nil at the end.
    public func peek() throws -> StockDefect? {
        if head == nil { head = try read() }
        return head
    }

    /// Takes the next row.
    public func next() throws -> StockDefect? {
        defer { head = nil }
        return try peek()
    }

    private func read() throws -> StockDefect? {
        guard offset < byteCount || !piece.isEmpty else { return nil }
        let words = try take(Self.headBytes)
        let last = Self.word(words, at: 16)
        let detail = try take(Int(last & 0xffff))
        let position = StockPosition(packed: Self.word(words, at: 0))
        let first = Self.word(words, at: 8)
        let remaining = Int(last >> 32 & 0xffff)
        return StockDefect(
            position: position,
            fileName: names[position.file],
            defect: StockDefectClass(rawValue: UInt8(last >> 16 & 0xff)) ?? .issuer,
            detail: String(decoding: detail, as: UTF8.self),
            first: first == 0 ? nil : StockPosition(packed: first),
            reason: MalformedReason(rawValue: UInt16(last >> 48)),
            remainingDays: remaining == 0 ? nil : remaining - 1
        )
    }

    private func take(_ count: Int) throws -> [UInt8] {
        if piece.count < count { try refill(count) }
        let taken = Array(piece.prefix(count))
        piece = piece.dropFirst(count)
        return taken
    }

    private func refill(_ least: Int) throws {
        let wanted = min(max(DefectSpool.pieceBytes, least), byteCount - offset)
        guard wanted > 0 else { return }
        let start = offset
        let more = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            try file.read(at: start, into: UnsafeMutableRawBufferPointer(buffer))
            filled = wanted
        }
        offset += wanted
        piece = (Array(piece) + more)[...]
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }
}

extension StockDefect {
    /// A row that no fingerprint decided.
    init(
        position: StockPosition,
        fileName: String,
        defect: StockDefectClass,
        detail: String,
        isUndecided: Bool = false,
        first: StockPosition? = nil,
        reason: MalformedReason? = nil,
        remainingDays: Int? = nil
    ) {
        file = position.file
        line = position.line
        self.fileName = fileName
        self.defect = defect
        self.detail = detail
        self.isUndecided = isUndecided
        firstLine = first?.line
        firstFile = first?.file
        self.reason = reason
        self.remainingDays = remainingDays
    }

    /// The row of a code that the issuer does not call good.
    public init(_ answer: StockAnswer, fileName: String) {
        self.init(
            position: answer.position,
            fileName: fileName,
            defect: .issuer,
            detail: answer.detail,
            isUndecided: answer.weight == .undecided
        )
    }
}

extension StockBreakdown {
    /// Adds what an issuer called bad. Codes that were asked have no other row.
    public mutating func add(_ inquiry: IssuerInquirySummary) {
        for answers in inquiry.batches where answers.bad > 0 {
            let batch = answers.batch
            for index in groups.indices where groups[index].file == batch.file {
                let isOnly = hasTooManyGroups
                let isSame =
                    groups[index].supplier == batch.supplier && groups[index].batch == batch.batch
                guard isOnly || isSame else { continue }
                groups[index].rows[.issuer, default: 0] += answers.bad
                groups[index].defectiveLines += answers.bad
            }
        }
    }
}
