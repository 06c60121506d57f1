/// Finds where records end: at LF, CRLF or a lone CR, in CSV outside quotes.
///
/// The reader cuts blocks with it and the workers walk them with it, so both see the same records.
struct RecordScanner {
    /// One record without its line end.
    struct Record {
        var end: UnsafePointer<UInt8>
        /// The first byte behind the line end.
        var next: UnsafePointer<UInt8>
        /// Physical lines the record occupies.
        var lines: Int
        var isQuoteUnclosed: Bool
    }

    /// Whether quotes keep line ends inside a record: a CSV grammar and a block with a quote in it.
    let honoursQuotes: Bool
    private let separator: UInt8
    let hasCarriageReturns: Bool

    init(grammar: StockGrammar, block: UnsafeBufferPointer<UInt8>) {
        let columns: CSVColumns? = if case .csv(let columns) = grammar { columns } else { nil }
        separator = columns?.separator ?? 0
        honoursQuotes = Self.honoursQuotes(grammar, in: block)
        hasCarriageReturns = Bytes.contains(0x0d, in: block)
    }

    static func honoursQuotes(
        _ grammar: StockGrammar,
        in block: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard case .csv = grammar else { return false }
        return Bytes.contains(0x22, in: block)
    }

    /// How many line ends stand in `block`: LF, CRLF and lone CR each count once. A CR at the very
    /// end counts.
    func lineEnds(in block: UnsafeBufferPointer<UInt8>) -> Int {
        var count = Bytes.occurrences(of: 0x0a, in: block)
        guard hasCarriageReturns else { return count }
        for index in block.indices where block[index] == 0x0d {
            let isPair = index + 1 < block.count && block[index + 1] == 0x0a
            if !isPair { count += 1 }
        }
        return count
    }

    /// The record that starts at `start`.
    ///
    /// - Parameter isFinal: whether nothing follows `end`; then the last record needs no line end.
    /// - Returns: nil when the record does not end before `end` and more may follow.
    @inline(__always)
    func record(
        at start: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        isFinal: Bool
    ) -> Record? {
        honoursQuotes
            ? quotedRecord(at: start, end: end, isFinal: isFinal)
            : line(at: start, end: end, isFinal: isFinal)
    }

    @inline(__always)
    private func line(
        at start: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        isFinal: Bool
    ) -> Record? {
        if !hasCarriageReturns {
            guard let feed = Bytes.first(0x0a, from: start, to: end) else {
                return isFinal ? Record(end: end, next: end, lines: 1, isQuoteUnclosed: false) : nil
            }
            return Record(end: feed, next: feed + 1, lines: 1, isQuoteUnclosed: false)
        }
        var cursor = start
        while cursor < end {
            if cursor.pointee == 0x0a || cursor.pointee == 0x0d {
                return lineEnd(at: cursor, end: end, isFinal: isFinal, lines: 1)
            }
            cursor += 1
        }
        return isFinal ? Record(end: end, next: end, lines: 1, isQuoteUnclosed: false) : nil
    }

    /// Nil when the CR at `cursor` may be the first half of a CRLF that is not here yet.
    private func lineEnd(
        at cursor: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        isFinal: Bool,
        lines: Int
    ) -> Record? {
        var next = cursor + 1
        if cursor.pointee == 0x0d {
            if next == end, !isFinal { return nil }
            if next < end, next.pointee == 0x0a { next += 1 }
        }
        return Record(end: cursor, next: next, lines: lines, isQuoteUnclosed: false)
    }

    private func quotedRecord(
        at start: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        isFinal: Bool
    ) -> Record? {
        var cursor = start
        var lines = 1
        var isFieldStart = true
        while cursor < end {
            let byte = cursor.pointee
            if byte == 0x0a || byte == 0x0d {
                return lineEnd(at: cursor, end: end, isFinal: isFinal, lines: lines)
            }
            if byte == 0x22, isFieldStart {
                switch closingQuote(after: cursor, end: end, start: start, lines: &lines) {
                case .closed(let behind): cursor = behind
                case .needsMore where !isFinal: return nil
                case .needsMore, .unclosed: return unclosed(at: start, end: end, isFinal: isFinal)
                }
                isFieldStart = false
                continue
            }
            isFieldStart = byte == separator
            cursor += 1
        }
        return isFinal ? Record(end: end, next: end, lines: lines, isQuoteUnclosed: false) : nil
    }

    private enum Closing {
        case closed(UnsafePointer<UInt8>)
        case needsMore
        case unclosed
    }

    /// Looks for the quote that closes the one at `open`.
    private func closingQuote(
        after open: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        start: UnsafePointer<UInt8>,
        lines: inout Int
    ) -> Closing {
        var cursor = open + 1
        while cursor < end {
            if cursor - start > StockAuditLimits.quotedRecordBytes { return .unclosed }
            switch cursor.pointee {
            case 0x22:
                guard cursor + 1 < end else { return .closed(cursor + 1) }
                guard cursor[1] == 0x22 else { return .closed(cursor + 1) }
                cursor += 2
                continue
            case 0x0a: lines += 1
            case 0x0d where cursor + 1 == end || cursor[1] != 0x0a: lines += 1
            default: break
            }
            if lines > StockAuditLimits.recordLines { return .unclosed }
            cursor += 1
        }
        return .needsMore
    }

    /// The first physical line alone: reading goes on behind it.
    private func unclosed(
        at start: UnsafePointer<UInt8>,
        end: UnsafePointer<UInt8>,
        isFinal: Bool
    ) -> Record? {
        guard var record = line(at: start, end: end, isFinal: isFinal) else { return nil }
        record.isQuoteUnclosed = true
        return record
    }
}

extension StockBlock {
    /// Calls `body` with each record that is not the header: the number of its first line, its
    /// bytes, and whether a quote in it is never closed. For readings that are not timed; the
    /// workers walk by themselves.
    func forEachRecord(
        _ body: (UInt64, UnsafeBufferPointer<UInt8>, Bool) throws -> Void
    ) rethrows {
        let bytes = self.bytes
        guard var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        var line = firstLine
        while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: true) {
            if line != headerLine {
                let text = UnsafeBufferPointer(start: cursor, count: record.end - cursor)
                try body(line, text, record.isQuoteUnclosed)
            }
            line += UInt64(record.lines)
            cursor = record.next
        }
    }
}
