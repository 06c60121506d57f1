/// Whether a block holds codes to audit or codes already sold.
enum StockBlockRole: Sendable {
    case stock
    /// Kept are those that may be in the stock; all of them where there is none.
    case history(in: SeenCodes?)
}

/// What one block held.
struct StockBlockFindings: Sendable {
    /// Malformed and expired lines; the rest is known when all fingerprints are.
    var rows: [DefectRow] = []
    var groups = StockGroupRuns()
    var file = 0
    var lines = 0
    var codes = 0
    var malformed = 0
    var bytes = 0
}

/// Fingerprints of one partition from all workers, in words of their entries.
struct PartitionEntries: Sendable {
    var codes: [UInt32] = []
    var serials: [UInt32] = []
    var sold: [UInt32] = []
}

/// Parses blocks and keeps the fingerprints of their codes. Each worker has its own, so that none
/// waits for another.
actor StockAuditWorker {
    /// The block this worker parses.
    nonisolated let buffer = StockBlockBuffer()

    private let options: StockAuditOptions
    private let scratch: any ScratchSpace
    private let arena: SlabArena
    private let codes: FingerprintPartitions<CodeEntry>
    private let serials: FingerprintPartitions<SerialEntry>
    private let sold: FingerprintPartitions<SoldEntry>
    private let hashes: RunHashes
    private var values: StockValueCounts
    private var parser: RecordParser?

    /// - Parameters:
    ///   - lasting: how codes have their fingerprints in place of `hashKey`.
    ///   - budget: what may stay in memory before it goes to `scratch`.
    init(
        options: StockAuditOptions,
        hashKey: SipHashKey,
        lasting: LastingFingerprinting?,
        scratch: any ScratchSpace,
        budget: ArenaBudget
    ) {
        self.options = options
        self.scratch = scratch
        arena = SlabArena(budget: budget)
        hashes = RunHashes(key: hashKey, lasting: lasting)
        values = StockValueCounts(asOf: options.asOf)
        codes = FingerprintPartitions(arena: arena)
        serials = FingerprintPartitions(arena: arena)
        sold = FingerprintPartitions(arena: arena)
    }

    var spilledBytes: Int { codes.spilledBytes + serials.spilledBytes + sold.spilledBytes }

    /// Shelf lives and face values of the codes of all blocks.
    var valueCounts: StockValueCounts { values }

    /// Adds what this worker knows of `partition` to `entries`.
    func append(partition: Int, to entries: consuming PartitionEntries) throws -> PartitionEntries {
        var entries = entries
        try codes.append(partition: partition, to: &entries.codes)
        try serials.append(partition: partition, to: &entries.serials)
        try sold.append(partition: partition, to: &entries.sold)
        return entries
    }

    /// The sold codes of `partition` alone.
    func soldEntries(in partition: Int) throws -> [UInt32] {
        var entries: [UInt32] = []
        try sold.append(partition: partition, to: &entries)
        return entries
    }

    /// Adds the codes of `partition` alone.
    func appendCodes(partition: Int, to entries: consuming [UInt32]) throws -> [UInt32] {
        var entries = entries
        try codes.append(partition: partition, to: &entries)
        return entries
    }

    /// Parses `block`, keeps its fingerprints and returns what is known already.
    func absorb(_ block: StockBlock, as role: StockBlockRole) throws -> StockBlockFindings {
        var findings = StockBlockFindings(file: block.file, bytes: block.consumedBytes)
        if block.isLineTooLong {
            findings.lines = 1
            findings.malformed = 1
            findings.rows = [DefectRow(line: block.firstLine, Malformation(.lineTooLong))]
            findings.groups.enterUnnamed(line: block.firstLine)
            findings.groups.countMalformed()
        } else {
            switch role {
            case .stock: walkStock(block, &findings)
            case .history(let seen): walkHistory(block, seen, &findings)
            }
        }
        if arena.isOverBudget {
            try codes.spill(to: scratch)
            try serials.spill(to: scratch)
            try sold.spill(to: scratch)
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
}

// MARK: stock

extension StockAuditWorker {
    private func walkStock(_ block: StockBlock, _ findings: inout StockBlockFindings) {
        let bytes = block.bytes
        guard var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        let parser = parser(for: block.reading.grammar)
        let keeper = StockKeeper(
            hashes: hashes,
            codes: codes,
            serials: serials,
            expiryLimit: PackedDate(options.earliestExpiry)
        )
        let scanner = RecordScanner(grammar: block.reading.grammar, block: bytes)
        let namesGroups = block.reading.grammar.namesGroups
        let namesValues = block.reading.grammar.namesValues
        var fields = RecordSplitter.Fields()
        // Not counted in place: every access to an actor's own variable is checked.
        var values = self.values
        defer { self.values = values }
        var line = block.firstLine
        if !namesGroups { findings.groups.enterUnnamed(line: line) }
        while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: true) {
            defer {
                line &+= UInt64(record.lines)
                cursor = record.next
            }
            if line == block.headerLine { continue }
            let text = UnsafeBufferPointer(start: cursor, count: record.end - cursor)
            if namesGroups { fields = RecordSplitter.Fields() }
            let outcome =
                record.isQuoteUnclosed
                ? .malformed(Malformation(.quoteUnclosed)) : parser.parse(text, into: &fields)
            switch outcome {
            case .blank: continue
            case .code(let code):
                findings.codes &+= 1
                keeper.keep(code, line: line, &findings.rows)
                values.count(expiresOn: code.expiresOn)
                if namesValues { values.count(faceValue: fields.faceValue) }
                guard namesGroups else { continue }
                findings.groups.enter(fields, line: line)
                findings.groups.countCode()
            case .malformed(let malformation):
                findings.malformed &+= 1
                findings.rows.append(DefectRow(line: line, malformation))
                values.count(malformation.reason)
                guard namesGroups else { continue }
                findings.groups.enter(fields, line: line)
                findings.groups.countMalformed()
            }
        }
        findings.lines = Int(line &- block.firstLine)
        if !namesGroups {
            findings.groups.count(codes: findings.codes, malformed: findings.malformed)
        }
    }
}

/// Keeps the fingerprints of stock lines: what the hot loop needs, in one place.
private struct StockKeeper {
    let hashes: RunHashes
    let codes: FingerprintPartitions<CodeEntry>
    let serials: FingerprintPartitions<SerialEntry>
    /// A code whose day lies before it is reported as expired.
    let expiryLimit: PackedDate

    @inline(__always)
    func keep(_ code: RecordParser.ParsedCode, line: UInt64, _ rows: inout [DefectRow]) {
        let fingerprint = hashes.fingerprint(of: code)
        CodeEntry.write(
            fingerprint,
            line: line,
            to: codes.next(in: FingerprintPartition.index(of: fingerprint))
        )
        if code.serial.count > 0 {
            let serial = hashes.fingerprint(ofSerial: code.serial)
            SerialEntry.write(
                serial,
                code: fingerprint,
                line: line,
                to: serials.next(in: FingerprintPartition.index(of: serial))
            )
        }
        if let date = code.expiresOn, date < expiryLimit {
            rows.append(DefectRow(line: line, .expired, value: UInt64(date.number)))
        }
    }
}

// MARK: history

extension StockAuditWorker {
    private func walkHistory(
        _ block: StockBlock,
        _ seen: SeenCodes?,
        _ findings: inout StockBlockFindings
    ) {
        let bytes = block.bytes
        guard var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        let parser = parser(for: block.reading.grammar)
        let scanner = RecordScanner(grammar: block.reading.grammar, block: bytes)
        var fields = RecordSplitter.Fields()
        var waiting = WaitingFingerprints()
        var line = block.firstLine
        while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: true) {
            defer {
                line &+= UInt64(record.lines)
                cursor = record.next
            }
            if line == block.headerLine { continue }
            let text = UnsafeBufferPointer(start: cursor, count: record.end - cursor)
            let outcome =
                record.isQuoteUnclosed
                ? .malformed(Malformation(.quoteUnclosed))
                : parser.parse(text, into: &fields, judges: false)
            switch outcome {
            case .blank: continue
            case .malformed: findings.malformed &+= 1
            case .code(let code):
                findings.codes &+= 1
                waiting.append(hashes.fingerprint(of: code))
                if waiting.isFull { keepSold(&waiting, seen) }
            }
        }
        keepSold(&waiting, seen)
        findings.lines = Int(line &- block.firstLine)
        waiting.deallocate()
    }

    /// Keeps those that may be in stock. They are looked up together, because each look-up waits
    /// for memory, and the waiting of several overlaps.
    private func keepSold(_ waiting: inout WaitingFingerprints, _ seen: SeenCodes?) {
        waiting.drain { fingerprint in
            if let seen, !seen.mayContain(fingerprint) { return }
            SoldEntry.write(
                fingerprint,
                line: 0,
                to: sold.next(in: FingerprintPartition.index(of: fingerprint))
            )
        }
    }
}

/// Fingerprints that are looked up together.
private struct WaitingFingerprints {
    private static let most = 64

    private let entries: UnsafeMutablePointer<Fingerprint> = .allocate(capacity: most)
    private var count = 0

    func deallocate() { entries.deallocate() }

    var isFull: Bool { count == Self.most }

    @inline(__always)
    mutating func append(_ fingerprint: Fingerprint) {
        entries[count] = fingerprint
        count &+= 1
    }

    @inline(__always)
    mutating func drain(_ body: (Fingerprint) -> Void) {
        for index in 0..<count { body(entries[index]) }
        count = 0
    }
}
