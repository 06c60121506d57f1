public import CardModel
import WireFormat

/// Reads an audited stock file again, line by line, so that it can be registered. Numbers lines as
/// the audit does, and gives the codes in their normal form.
public actor RegistrationReader {
    private let blocks: StockBlockReader
    private let buffer = StockBlockBuffer()
    private let format: CardFormat?
    private var parser: RecordParser?

    /// - Parameter format: as the audit had it.
    public init(_ input: StockInput, format: CardFormat?) {
        blocks = StockBlockReader(inputs: [input])
        self.format = format
    }

    /// The lines of the next block, malformed ones without a code; nil at the end of the file.
    ///
    /// Classes are the audit's to know: here only `malformed` is set.
    /// - Throws: ``StockReadFailure`` when reading broke off.
    public func next() async throws(StockReadFailure) -> [StockLine]? {
        guard let block = await blocks.next(into: buffer) else {
            if let interruption = await blocks.interruption {
                throw StockReadFailure(interruption: interruption)
            }
            return nil
        }
        if block.isLineTooLong { return [.malformed(block.firstLine)] }
        let parser = parser(for: block.reading.grammar)
        var lines: [StockLine] = []
        block.forEachRecord { line, text, isQuoteUnclosed in
            let outcome: RecordParser.Outcome =
                isQuoteUnclosed ? .malformed(Malformation(.quoteUnclosed)) : parser.parse(text)
            if let line = StockLine(outcome, at: line) { lines.append(line) }
        }
        return lines
    }

    private func parser(for grammar: StockGrammar) -> RecordParser {
        if let parser, parser.grammar == grammar { return parser }
        let parser = RecordParser(grammar: grammar, format: format)
        self.parser = parser
        return parser
    }
}

/// A stock file could not be read to its end.
public struct StockReadFailure: Error, Sendable {
    public let interruption: StockInterruption
}

extension StockLine {
    fileprivate static func malformed(_ line: UInt64) -> StockLine {
        StockLine(line: Int(clamping: line), code: nil, classes: [.malformed])
    }

    /// Nil for a blank line.
    fileprivate init?(_ outcome: RecordParser.Outcome, at number: UInt64) {
        switch outcome {
        case .blank: return nil
        case .malformed, .undivided: self = .malformed(number)
        case .code(let code):
            let serial = String(decoding: code.serial, as: UTF8.self)
            self.init(
                line: Int(clamping: number),
                code: CardCode(
                    serial: serial.isEmpty ? nil : SerialNumber(serial),
                    key: CardKey(String(decoding: code.key, as: UTF8.self))
                ),
                expiresOn: code.expiresOn.flatMap { CalendarDate(iso8601: $0.iso8601) },
                classes: []
            )
        }
    }
}
