/// Whether a block holds codes to audit or codes already sold.
enum StockBlockRole { case stock, history }

/// What one block held.
struct StockBlockFindings: Sendable {
    /// Malformed and expired lines; the rest is known when all fingerprints are.
    var rows: [DefectRow] = []
    var lines = 0
    var codes = 0
    var malformed = 0
    var bytes = 0
}

/// Fingerprints of one partition from all workers, flat.
struct PartitionEntries: Sendable {
    /// High, low, line.
    var codes: [UInt64] = []
    /// High, low of the serial; 88 bits of the code and 40 of the line.
    var serials: [UInt64] = []
    /// High, low of codes already sold.
    var sold: [UInt64] = []

    mutating func append(_ other: PartitionEntries) {
        codes.append(contentsOf: other.codes)
        serials.append(contentsOf: other.serials)
        sold.append(contentsOf: other.sold)
    }
}

/// Parses blocks and keeps the fingerprints of their codes. Each worker has its own, so that none
/// waits for another.
actor StockAuditWorker {
    private let options: StockAuditOptions
    private let asOf: PackedDate
    private let scratch: any ScratchSpace
    private let arenaBytes: Int
    private let keyAlone: SipHashKey
    private let wholeCode: SipHashKey
    private let serialOnly: SipHashKey
    private let arena = SlabArena()
    private let codes: FingerprintPartitions
    private let serials: FingerprintPartitions
    private let sold: FingerprintPartitions
    private let joinedField = JoinedField()
    private var parser: RecordParser?

    /// Words of an entry, by kind.
    static let codeWidth = 3
    static let serialWidth = 4
    static let soldWidth = 2

    /// - Parameter arenaBytes: how much may stay in memory before it goes to `scratch`.
    init(
        options: StockAuditOptions,
        hashKey: SipHashKey,
        scratch: any ScratchSpace,
        arenaBytes: Int
    ) {
        self.options = options
        self.scratch = scratch
        self.arenaBytes = arenaBytes
        asOf = PackedDate(options.asOf)
        keyAlone = hashKey.separated(1)
        wholeCode = hashKey.separated(2)
        serialOnly = hashKey.separated(3)
        codes = FingerprintPartitions(width: Self.codeWidth, arena: arena)
        serials = FingerprintPartitions(width: Self.serialWidth, arena: arena)
        sold = FingerprintPartitions(width: Self.soldWidth, arena: arena)
    }

    var spilledBytes: Int { codes.spilledBytes + serials.spilledBytes + sold.spilledBytes }

    /// What this worker knows of `partition`.
    func entries(in partition: Int) throws -> PartitionEntries {
        PartitionEntries(
            codes: try codes.entries(in: partition),
            serials: try serials.entries(in: partition),
            sold: try sold.entries(in: partition)
        )
    }

    /// Parses `block`, keeps its fingerprints and returns what is known already.
    func absorb(_ block: StockBlock, as role: StockBlockRole) throws -> StockBlockFindings {
        var findings = StockBlockFindings(bytes: block.consumedBytes)
        if block.isLineTooLong {
            findings.lines = 1
            findings.malformed = 1
            findings.rows = [DefectRow(line: block.firstLine, Malformation(.lineTooLong))]
        } else {
            let parser = parser(for: block.reading.grammar)
            block.bytes.withUnsafeBufferPointer { bytes in
                walk(bytes, of: block, as: role, with: parser, &findings)
            }
        }
        if role == .history { findings.rows = [] }
        if arena.takenBytes > arenaBytes {
            for partitions in [codes, serials, sold] { try partitions.spill(to: scratch) }
            arena.reset()
        }
        return findings
    }

    private func parser(for grammar: StockGrammar) -> RecordParser {
        if let parser, parser.grammar == grammar { return parser }
        let parser = RecordParser(grammar: grammar, format: options.format)
        self.parser = parser
        return parser
    }

    private func walk(
        _ bytes: UnsafeBufferPointer<UInt8>,
        of block: StockBlock,
        as role: StockBlockRole,
        with parser: RecordParser,
        _ findings: inout StockBlockFindings
    ) {
        guard var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        let scanner = RecordScanner(grammar: block.reading.grammar, block: bytes)
        var line = block.firstLine
        while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: true) {
            if line != block.headerLine {
                let text = UnsafeBufferPointer(start: cursor, count: record.end - cursor)
                let outcome =
                    record.isQuoteUnclosed
                    ? .malformed(Malformation(.quoteUnclosed))
                    : parser.parse(text, judges: role == .stock)
                take(outcome, line: line, role: role, &findings)
            }
            line &+= UInt64(record.lines)
            cursor = record.next
        }
        findings.lines = Int(line &- block.firstLine)
    }

    @inline(__always)
    private func take(
        _ outcome: RecordParser.Outcome,
        line: UInt64,
        role: StockBlockRole,
        _ findings: inout StockBlockFindings
    ) {
        switch outcome {
        case .blank: break
        case .malformed(let malformation):
            findings.malformed &+= 1
            findings.rows.append(DefectRow(line: line, malformation))
        case .code(let code):
            findings.codes &+= 1
            let fingerprint = fingerprint(of: code)
            switch role {
            case .history: keepSold(fingerprint)
            case .stock:
                keep(fingerprint, of: code, line: line)
                if let date = code.expiresOn, date < asOf {
                    findings.rows.append(
                        DefectRow(line: line, .expired, value: UInt64(date.number))
                    )
                }
            }
        }
    }

    /// The one fingerprint that decides whether two codes are the same. From twelve symbols on a
    /// key is the code under any serial or none, and two codes that agree in serial and key agree
    /// in the key; below, serial and key decide together.
    @inline(__always)
    private func fingerprint(of code: RecordParser.ParsedCode) -> Fingerprint {
        if code.keySymbols >= StockAuditLimits.keyAloneSymbols {
            return SipHash.fingerprint(code.key.baseAddress!, count: code.key.count, key: keyAlone)
        }
        let text = joinedField.join(code.serial, code.key)
        return SipHash.fingerprint(text.baseAddress!, count: text.count, key: wholeCode)
    }

    @inline(__always)
    private func keep(
        _ fingerprint: Fingerprint,
        of code: RecordParser.ParsedCode,
        line: UInt64
    ) {
        let entry = codes.next(in: FingerprintPartitions.index(of: fingerprint))
        entry[0] = fingerprint.high
        entry[1] = fingerprint.low
        entry[2] = line
        guard code.serial.count > 0 else { return }
        let serial = SipHash.fingerprint(
            code.serial.baseAddress!,
            count: code.serial.count,
            key: serialOnly
        )
        let twin = serials.next(in: FingerprintPartitions.index(of: serial))
        twin[0] = serial.high
        twin[1] = serial.low
        twin[2] = fingerprint.low
        twin[3] = fingerprint.high &<< 40 | line
    }

    @inline(__always)
    private func keepSold(_ fingerprint: Fingerprint) {
        let entry = sold.next(in: FingerprintPartitions.index(of: fingerprint))
        entry[0] = fingerprint.high
        entry[1] = fingerprint.low
    }
}

/// Serial and key in one buffer, for their common fingerprint.
private final class JoinedField {
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(
        capacity: 2 * StockAuditLimits.fieldBytes + 1
    )

    deinit { buffer.deallocate() }

    @inline(__always)
    func join(
        _ serial: UnsafeBufferPointer<UInt8>,
        _ key: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        buffer.update(from: serial.baseAddress!, count: serial.count)
        // No UTF-8 text holds this byte: it divides the two unmistakably.
        buffer[serial.count] = 0xff
        (buffer + serial.count + 1).update(from: key.baseAddress!, count: key.count)
        return UnsafeBufferPointer(start: buffer, count: serial.count + 1 + key.count)
    }
}
