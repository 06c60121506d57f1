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

    /// A well-formed code; its text stands in the record or in the parser's buffers, until the next
    /// record.
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
        // A file that names its parts is no other grammar's, whatever stands behind a name.
        self.triesOtherGrammars = triesOtherGrammars && grammar != .labelled
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

    /// - Parameters:
    ///   - fields: where the record's fields are left, also of a code that is malformed; those of
    ///     the record before when it could not be divided.
    ///   - judges: false for history, whose codes need no check but their division.
    @inline(__always)
    func parse(
        _ record: Field,
        into fields: inout RecordSplitter.Fields,
        judges: Bool = true
    ) -> Outcome {
        switch splitter.split(record, into: &fields) {
        case .blank: .blank
        case .malformed(let malformation): .malformed(otherwise(malformation, record))
        case .divided: read(&fields, judges: judges)
        }
    }

    /// The same for a caller that has no use for the fields.
    @inline(never)
    func parse(_ record: Field) -> Outcome {
        var fields = RecordSplitter.Fields()
        return parse(record, into: &fields)
    }

    /// - Parameter fields: `inout` although nothing is written: a copy costs as much as the rest.
    @inline(__always)
    private func read(_ fields: inout RecordSplitter.Fields, judges: Bool) -> Outcome {
        let serial = serialNormaliser.normalise(fields.serial, into: serialBuffer)
        let key = keyNormaliser.normalise(fields.key, into: keyBuffer)
        let isPlain =
            serial.marks.union(key.marks).isSubset(of: .kept) && key.text.count > 0
            && (serial.text.count > 0 || !requiresSerial)
        let isAccepted =
            isPlain && (serial.text.count == 0 || serialRule.accepts(serial.text))
            && keyRule.accepts(key.text)
        if !isAccepted, let fault = fault(serial, key, judges: judges) {
            return .malformed(fault)
        }
        guard judges, fields.expiresOn.count > 0 else {
            return .code(code(serial, key, expiresOn: nil))
        }
        switch PackedDate.read(fields.expiresOn) {
        case .none: return .code(code(serial, key, expiresOn: nil))
        case .unreadable: return .malformed(Malformation(.expiryUnreadable))
        case .date(let date): return .code(code(serial, key, expiresOn: date))
        }
    }

    @inline(__always)
    private func code(
        _ serial: FieldNormaliser.Result,
        _ key: FieldNormaliser.Result,
        expiresOn: PackedDate?
    ) -> ParsedCode {
        ParsedCode(
            serial: serial.text,
            key: key.text,
            keySymbols: key.symbols,
            expiresOn: expiresOn
        )
    }

    @inline(never)
    private func fault(
        _ serial: FieldNormaliser.Result,
        _ key: FieldNormaliser.Result,
        judges: Bool
    ) -> Malformation? {
        CodeFault(
            code: code(serial, key, expiresOn: nil),
            marks: (serial.marks, key.marks),
            format: judges ? format ?? .generic : .generic,
            requiresSerial: requiresSerial && judges
        ).first
    }

    /// A line that fits only another grammar says which.
    @inline(never)
    private func otherwise(_ malformation: Malformation, _ record: Field) -> Malformation {
        guard triesOtherGrammars, malformation.reason != .commentLine else { return malformation }
        for (index, parser) in otherParsers.enumerated() where parser.grammar != grammar {
            if case .csv = parser.grammar, case .csv = grammar { continue }
            if case .code = parser.parse(record) { return Malformation(.otherGrammar, index) }
        }
        return malformation
    }
}
