import CardModel
import WireFormat

/// Walks the blocks of a second reading and picks the codes that have no row.
struct CandidateWalk {
    typealias Field = UnsafeBufferPointer<UInt8>

    private let repeats: SipHashKey?
    /// Codes of a reusable product that were seen: few, for they are sold again and again.
    private var seen: Set<UInt64> = []
    private var splitter: RecordSplitter?

    init(repeats: SipHashKey?) { self.repeats = repeats }

    /// - Parameters:
    ///   - start: the global number before the file's first line.
    ///   - rows: where the report stands; taken up to the block's end.
    mutating func candidates(
        of block: StockBlock,
        start: UInt64,
        _ rows: DefectSpoolReader
    ) throws -> [StockCandidate] {
        let splitter = self.splitter(for: block.reading.grammar)
        var found: [StockCandidate] = []
        try block.forEachRecord { line, text, isQuoteUnclosed in
            let position = StockPosition(file: block.file, line: line - start)
            guard try !Self.hasRow(position, rows), !isQuoteUnclosed,
                let candidate = candidate(at: position, text, splitter)
            else { return }
            found.append(candidate)
        }
        return found
    }

    /// Whether the report names the line; forgets the rows before it.
    private static func hasRow(
        _ position: StockPosition,
        _ rows: DefectSpoolReader
    ) throws -> Bool {
        while let row = try rows.peek() {
            let place = StockPosition(file: row.file, line: row.line)
            if place >= position { return place == position }
            _ = try rows.next()
        }
        return false
    }

    private mutating func candidate(
        at position: StockPosition,
        _ record: Field,
        _ splitter: RecordSplitter
    ) -> StockCandidate? {
        var fields = RecordSplitter.Fields()
        guard case .divided = splitter.split(record, into: &fields), !fields.key.isEmpty else {
            return nil
        }
        if let repeats, !isFirst(fields, repeats) { return nil }
        let name = StockGroupName(fields)
        let serial = String(decoding: fields.serial, as: UTF8.self)
        var expiresOn: CalendarDate?
        if case .date(let day) = PackedDate.read(fields.expiresOn) {
            expiresOn = CalendarDate(iso8601: day.iso8601)
        }
        return StockCandidate(
            question: StockQuestion(
                position: position,
                code: CardCode(
                    serial: serial.allSatisfy(\.isWhitespace) ? nil : SerialNumber(serial),
                    key: CardKey(String(decoding: fields.key, as: UTF8.self))
                ),
                expiresOn: expiresOn
            ),
            batch: StockBatch(file: position.file, supplier: name.supplier, batch: name.batch)
        )
    }

    private mutating func isFirst(_ fields: RecordSplitter.Fields, _ key: SipHashKey) -> Bool {
        var text = Array(fields.serial)
        text.append(0xff)
        text += fields.key
        let count = text.count
        let fingerprint = text.withUnsafeBufferPointer {
            $0.baseAddress.map { SipHash.fingerprint($0, count: count, key: key) }
        }
        return seen.insert(fingerprint?.low ?? 0).inserted
    }

    private mutating func splitter(for grammar: StockGrammar) -> RecordSplitter {
        if let splitter, splitter.grammar == grammar { return splitter }
        let splitter = RecordSplitter(grammar: grammar)
        self.splitter = splitter
        return splitter
    }
}
