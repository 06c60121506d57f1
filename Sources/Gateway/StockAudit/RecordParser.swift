import CardModel

/// Reads one record: divides it, normalises its code, judges it under the rule.
///
/// Owns the buffers of the hot loop; one parser serves one worker.
final class RecordParser {
    typealias Field = UnsafeBufferPointer<UInt8>

    /// What a record turned out to be.
    enum Outcome {
        case blank
        case code(ParsedCode)
        case malformed(Malformation)
    }

    /// A well-formed code; its text stands in the parser's buffers until the next record.
    struct ParsedCode {
        /// Normalised; empty when the card has no serial.
        var serial: Field
        var key: Field
        /// Unicode scalars of the key.
        var keySymbols: Int
        /// Nil when the record names no expiry.
        var expiresOn: PackedDate?
    }

    let grammar: StockGrammar
    private let format: CardFormat?
    private let serialRule: CompiledRule
    private let keyRule: CompiledRule
    /// Something must stand before a separator; in CSV an empty serial is a bare-key card.
    private let requiresSerial: Bool
    private let splitter: RecordSplitter
    private let serialNormaliser: FieldNormaliser
    private let keyNormaliser: FieldNormaliser
    private let serialBuffer: UnsafeMutablePointer<UInt8>
    private let keyBuffer: UnsafeMutablePointer<UInt8>
    /// Off for the parsers that only ask whether a line fits another grammar.
    private let triesOtherGrammars: Bool
    private lazy var otherParsers: [RecordParser] = OtherGrammars.all.map {
        RecordParser(grammar: $0, format: format, triesOtherGrammars: false)
    }

    /// - Parameter format: nil judges no length, alphabet or check digit and folds no case.
    init(grammar: StockGrammar, format: CardFormat?, triesOtherGrammars: Bool = true) {
        self.grammar = grammar
        self.format = format
        let anySymbols = CardFormat.generic.key
        let serial = format?.serial ?? anySymbols
        let key = format?.key ?? anySymbols
        serialRule = CompiledRule(serial)
        keyRule = CompiledRule(key)
        self.triesOtherGrammars = triesOtherGrammars
        requiresSerial = if case .separated = grammar { true } else { false }
        splitter = RecordSplitter(grammar: grammar)
        serialNormaliser = FieldNormaliser(rule: serial)
        keyNormaliser = FieldNormaliser(rule: key)
        serialBuffer = .allocate(capacity: StockAuditLimits.fieldBytes + 8)
        keyBuffer = .allocate(capacity: StockAuditLimits.fieldBytes + 8)
    }

    deinit {
        splitter.deallocate()
        serialNormaliser.deallocate()
        keyNormaliser.deallocate()
        serialBuffer.deallocate()
        keyBuffer.deallocate()
    }

    /// - Parameter judges: false for history, whose codes need no check but their division.
    @inline(__always)
    func parse(_ record: Field, judges: Bool = true) -> Outcome {
        switch splitter.split(record) {
        case .blank: .blank
        case .malformed(let malformation): .malformed(otherwise(malformation, record))
        case .fields(let fields): read(fields, judges: judges)
        }
    }

    @inline(__always)
    private func read(_ fields: RecordSplitter.Fields, judges: Bool) -> Outcome {
        var serial = FieldNormaliser.Result(count: 0, symbols: 0, marks: [])
        if let written = fields.serial {
            serial = serialNormaliser.normalise(written, into: serialBuffer)
        }
        let key = keyNormaliser.normalise(fields.key, into: keyBuffer)
        let code = ParsedCode(
            serial: Field(start: serialBuffer, count: serial.count),
            key: Field(start: keyBuffer, count: key.count),
            keySymbols: key.symbols,
            expiresOn: nil
        )
        let isPlain =
            serial.marks.union(key.marks).isSubset(of: .kept) && key.count > 0
            && (serial.count > 0 || !requiresSerial)
        let isAccepted =
            isPlain && (serial.count == 0 || serialRule.accepts(code.serial))
            && keyRule.accepts(code.key)
        if !isAccepted {
            let question = CodeFault(
                code: code,
                marks: (serial.marks, key.marks),
                format: judges ? format ?? .generic : .generic,
                requiresSerial: requiresSerial && judges
            )
            if let fault = question.first { return .malformed(fault) }
        }
        guard judges, let written = fields.expiresOn else { return .code(code) }
        return expiry(written, of: code)
    }

    @inline(__always)
    private func expiry(_ written: Field, of code: ParsedCode) -> Outcome {
        switch PackedDate.read(written) {
        case .none: return .code(code)
        case .unreadable: return .malformed(Malformation(.expiryUnreadable))
        case .date(let date):
            var dated = code
            dated.expiresOn = date
            return .code(dated)
        }
    }

    /// A line that fits only another grammar says which.
    private func otherwise(_ malformation: Malformation, _ record: Field) -> Malformation {
        guard triesOtherGrammars, malformation.reason != .commentLine else { return malformation }
        for (index, parser) in otherParsers.enumerated() where parser.grammar != grammar {
            if case .csv = parser.grammar, case .csv = grammar { continue }
            if case .code = parser.parse(record) { return Malformation(.otherGrammar, index) }
        }
        return malformation
    }
}
