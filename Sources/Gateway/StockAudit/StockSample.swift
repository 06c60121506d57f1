public import CardModel

/// The beginning of a file, from which one grammar is chosen for all of it.
public struct StockSample: Sendable {
    /// Share of the best reading's lines that a rival must also fit, with other codes, for the
    /// file to be ambiguous.
    static let rivalShare = 0.5
    /// Sample lines shown to the user.
    static let shownLines = 5

    private let bytes: [UInt8]
    private let format: CardFormat?

    /// - Parameters:
    ///   - bytes: the first bytes of the file as UTF-8, at most ``StockAuditLimits/sampleBytes``.
    ///   - isWhole: whether the file ends there; else its last line may be cut and is not counted.
    ///   - format: the format, if one was named: a reading must then give plausible codes.
    public init(_ bytes: [UInt8], isWhole: Bool, format: CardFormat? = nil) {
        var text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        if !isWhole, let last = text.lastIndex(where: { $0 == 0x0a || $0 == 0x0d }) {
            text = text[...last]
        }
        self.bytes = Array(text)
        self.format = format
    }

    /// Chooses the reading that fits most lines.
    ///
    /// - Throws: ``StockReadingError``: two readings with different codes, or no text at all.
    public func reading(
        _ choice: StockFormatChoice = .auto
    ) throws(StockReadingError) -> StockReading {
        guard !isNoText else { throw .notText }
        switch choice {
        case .csv(let separator): return trial(of: csvGrammar(separator), format).reading
        case .bareKey: return trial(of: .bareKey, format).reading
        case .labelled: return trial(of: .labelled, format).reading
        case .account: return trial(of: .account, format).reading
        case .separated(let separator): return trial(of: .separated(separator), format).reading
        case .lines: return try best(StockGrammar.knownSeparators.map { .separated($0) })
        case .auto:
            if let columns = csvHeader() { return trial(of: .csv(columns), format).reading }
            for grammar in [StockGrammar.labelled, .account] {
                let trial = trial(of: grammar, nil)
                if trial.fittingLines * 2 > trial.sampleLines {
                    return self.trial(of: grammar, format).reading
                }
            }
            for separator in CSVColumns.knownSeparators {
                let csv = StockGrammar.csv(.headerless(separator: separator))
                let trial = trial(of: csv, nil)
                if trial.datedLines * 2 > trial.sampleLines {
                    return self.trial(of: csv, format).reading
                }
            }
            // CSV reads every `serial,key` line alike, and quotes besides.
            let separators = StockGrammar.knownSeparators.filter { $0 != "," }
            return try best([.csv(.headerless)] + separators.map { .separated($0) })
        }
    }

    /// Whether there are lines, and not comments alone, of which none gives a code that the format
    /// allows.
    public func lacksCodes(readAs reading: StockReading) -> Bool {
        let trial = trial(of: reading.grammar, format)
        return trial.fittingLines == 0 && trial.sampleLines > trial.commentLines
    }

    /// Every line that is not blank holds bytes that no text has.
    private var isNoText: Bool {
        let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }
        return !lines.isEmpty
            && lines.allSatisfy { line in
                line.contains { $0 < 0x20 && $0 != 0x09 }
                    || String(validating: line, as: UTF8.self) == nil
            }
    }

    /// The columns that a CSV header names; nil when the first record is none.
    private func csvHeader(_ separator: UInt8? = nil) -> CSVColumns? {
        for separator in separator.map({ [$0] }) ?? CSVColumns.knownSeparators {
            let grammar = StockGrammar.csv(.headerless(separator: separator))
            guard let cells = firstRecord(grammar)?.cells, cells.count >= 2 else { continue }
            if let columns = StockColumnNames.columns(ofHeader: cells, separator: separator) {
                return columns
            }
        }
        return nil
    }

    private func csvGrammar(_ separator: UInt8?) -> StockGrammar {
        .csv(csvHeader(separator) ?? .headerless(separator: separator ?? 0x2c))
    }

    private func best(_ grammars: [StockGrammar]) throws(StockReadingError) -> StockReading {
        let reading = try best(grammars, under: format)
        // Where no line is plausible under the format, the grammar alone decides.
        return format == nil || reading.fittingLines > 0 ? reading : try best(grammars, under: nil)
    }

    private func best(
        _ grammars: [StockGrammar],
        under format: CardFormat?
    ) throws(StockReadingError) -> StockReading {
        let trials = grammars.map { trial(of: $0, format) }
        let most = trials.map(\.fittingLines).max() ?? 0
        let bare = trial(of: .bareKey, format)
        guard most > 0, most >= bare.fittingLines,
            let leader = trials.first(where: { $0.fittingLines == most })
        else { return bare.reading }
        let rivals = trials.filter { rival in
            rival.grammar != leader.grammar && rival.fittingLines > 0
                && leader.isContested(by: rival)
        }
        guard rivals.isEmpty else {
            throw .ambiguous([leader.reading] + rivals.map(\.reading))
        }
        return leader.reading
    }

    private func trial(of grammar: StockGrammar, _ format: CardFormat?) -> StockTrial {
        let first = firstRecord(grammar)
        let header = first.flatMap { isHeader($0.cells, of: grammar) ? $0.line : nil }
        var trial = StockTrial(grammar: grammar, headerLine: header)
        let parser = RecordParser(grammar: grammar, format: format)
        forEachRecord(grammar) { line, record, isUnclosed in
            if line != header {
                trial.add(line: line, isUnclosed ? .blank : parser.parse(record))
            }
            return trial.sampleLines < StockAuditLimits.sampleLines
        }
        return trial
    }

    private func isHeader(_ cells: [String], of grammar: StockGrammar) -> Bool {
        switch grammar {
        case .csv: cells.count >= 2 && cells.contains { StockColumnNames.column(named: $0) == .key }
        case .labelled, .account: false
        case .separated, .bareKey:
            !cells.isEmpty && cells.allSatisfy { StockColumnNames.column(named: $0) != nil }
                && cells.contains { StockColumnNames.column(named: $0) == .key }
        }
    }

    /// The first record that is not blank, divided without judging it.
    private func firstRecord(_ grammar: StockGrammar) -> (line: UInt64, cells: [String])? {
        var found: (line: UInt64, cells: [String])?
        forEachRecord(grammar) { line, record, _ in
            let text = String(decoding: record, as: UTF8.self)
            guard text.contains(where: { !$0.isWhitespace }) else { return true }
            switch grammar {
            case .separated(let separator):
                found = (line, text.split(separator: separator).map(String.init))
            case .bareKey, .labelled, .account: found = (line, [text])
            case .csv(let columns):
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: record.count + 1) { room in
                    guard let room = room.baseAddress else { return }
                    var reader = CSVCellReader(
                        record: record,
                        separator: columns.separator,
                        unquoted: room
                    )
                    var cells: [String] = []
                    while let cell = reader.next() {
                        cells.append(String(decoding: cell, as: UTF8.self))
                    }
                    found = (line, cells)
                }
            }
            return false
        }
        return found
    }

    /// Calls `body` with each record until it returns false.
    private func forEachRecord(
        _ grammar: StockGrammar,
        _ body: (UInt64, UnsafeBufferPointer<UInt8>, Bool) -> Bool
    ) {
        bytes.withUnsafeBufferPointer { buffer in
            guard var cursor = buffer.baseAddress else { return }
            let end = cursor + buffer.count
            let scanner = RecordScanner(grammar: grammar, block: buffer)
            var line: UInt64 = 1
            while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: true) {
                let text = UnsafeBufferPointer(start: cursor, count: record.end - cursor)
                guard body(line, text, record.isQuoteUnclosed) else { return }
                line += UInt64(record.lines)
                cursor = record.next
            }
        }
    }
}
