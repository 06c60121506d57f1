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
    private let waiting = WaitingFingerprints()
    private var parsers: (RecordParser, OtherGrammars)?

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

    /// All fingerprints that this worker keeps. While they are read, it must not be given a block
    /// of that kind.
    var kept: KeptFingerprints { KeptFingerprints(codes: codes, serials: serials, sold: sold) }

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

    private func parsers(for grammar: StockGrammar) -> (RecordParser, OtherGrammars) {
        if let parsers, parsers.0.grammar == grammar { return parsers }
        let parsers = (
            RecordParser(grammar: grammar, format: options.format),
            OtherGrammars(beside: grammar, format: options.format)
        )
        self.parsers = parsers
        return parsers
    }
}

// MARK: stock

extension StockAuditWorker {
    private func walkStock(_ block: StockBlock, _ findings: inout StockBlockFindings) {
        let bytes = block.bytes
        guard var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        let (parser, otherGrammars) = parsers(for: block.reading.grammar)
        let keeper = StockKeeper(
            hashes: hashes,
            codes: codes,
            serials: serials,
            expiryLimit: PackedDate(options.earliestExpiry)
        )
        let scanner = block.scanner
        let namesGroups = block.reading.grammar.namesGroups
        let namesValues = block.reading.grammar.namesValues
        var record = RecordParser.Record()
        // Not counted in place: every access to an actor's own variable is checked.
        var values = self.values
        defer { self.values = values }
        var line = block.firstLine
        if !namesGroups { findings.groups.enterUnnamed(line: line) }
        while cursor < end, let place = scanner.record(at: cursor, end: end, isFinal: true) {
            defer {
                line &+= UInt64(place.lines)
                cursor = place.next
            }
            if line == block.headerLine { continue }
            let text = UnsafeBufferPointer(start: cursor, count: place.end - cursor)
            // What the line before names must not stand for what this one leaves out.
            if namesGroups || namesValues { record.fields = RecordSplitter.Fields() }
            let kind =
                place.isQuoteUnclosed
                ? record.leaveUnclosed() : parser.parse(text, into: &record)
            if kind == .blank { continue }
            if namesGroups { findings.groups.enter(record.fields, line: line) }
            if kind == .code {
                findings.codes &+= 1
                keeper.keep(&record.code, line: line, &findings.rows)
                values.count(expiresOn: record.code.expiresOn)
                if namesValues { values.count(faceValue: record.fields.faceValue) }
                if namesGroups { findings.groups.countCode() }
            } else {
                let malformation =
                    kind == .undivided
                    ? otherGrammars.explain(record.malformation, of: text) : record.malformation
                findings.note(malformation, line: line, countsGroup: namesGroups)
                values.count(malformation.reason)
            }
        }
        findings.lines = Int(line &- block.firstLine)
        if !namesGroups {
            findings.groups.count(codes: findings.codes, malformed: findings.malformed)
        }
    }
}

extension StockBlockFindings {
    @inline(never)
    fileprivate mutating func note(_ malformation: Malformation, line: UInt64, countsGroup: Bool) {
        malformed += 1
        rows.append(DefectRow(line: line, malformation))
        if countsGroup { groups.countMalformed() }
    }
}

/// Keeps the fingerprints of stock lines: what the hot loop needs, in one place.
private struct StockKeeper {
    let hashes: RunHashes
    let codes: FingerprintPartitions<CodeEntry>
    let serials: FingerprintPartitions<SerialEntry>
    /// A code whose day lies before it is reported as expired.
    let expiryLimit: PackedDate

    /// - Parameter code: `inout` although nothing is written: a copy costs as much as the rest.
    @inline(__always)
    func keep(_ code: inout RecordParser.ParsedCode, line: UInt64, _ rows: inout [DefectRow]) {
        let fingerprint = hashes.fingerprint(of: &code)
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
        let (parser, _) = parsers(for: block.reading.grammar)
        let scanner = block.scanner
        var record = RecordParser.Record()
        var line = block.firstLine
        while cursor < end, let place = scanner.record(at: cursor, end: end, isFinal: true) {
            defer {
                line &+= UInt64(place.lines)
                cursor = place.next
            }
            if line == block.headerLine { continue }
            let text = UnsafeBufferPointer(start: cursor, count: place.end - cursor)
            switch place.isQuoteUnclosed
                ? .malformed : parser.parse(text, into: &record, judges: false)
            {
            case .blank: continue
            case .malformed, .undivided:
                if record.malformation.reason != .commentLine { findings.malformed &+= 1 }
            case .code:
                findings.codes &+= 1
                let fingerprint = hashes.fingerprint(of: &record.code)
                guard let seen else {
                    keepSold(fingerprint)
                    continue
                }
                if let full = waiting.append(fingerprint) { keepSold(full, in: seen) }
            }
        }
        findings.lines = Int(line &- block.firstLine)
    }

    /// Looks up what still waits: no history follows.
    func finishHistory(in seen: SeenCodes) {
        waiting.drain { keepSold($0, in: seen) }
    }

    /// Keeps those that may be in stock.
    private func keepSold(_ codes: UnsafeBufferPointer<Fingerprint>, in seen: SeenCodes) {
        for code in codes where seen.mayContain(code) { keepSold(code) }
    }

    @inline(__always)
    private func keepSold(_ code: Fingerprint) {
        SoldEntry.write(code, .handedOver, to: sold.next(in: FingerprintPartition.index(of: code)))
    }
}
