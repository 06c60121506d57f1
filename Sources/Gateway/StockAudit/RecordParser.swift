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
        /// It is not of this grammar; perhaps of another (``OtherGrammars``).
        case undivided(Malformation)
    }

    /// The same without what it holds, which stands in a ``Record``.
    enum Kind { case blank, code, malformed, undivided }

    /// Room for what a record holds. The hot loop has one for all: to return it costs a copy a
    /// line.
    struct Record {
        /// As the splitter leaves them: what a record does not name may be there from the one
        /// before, unless all are emptied between.
        var fields = RecordSplitter.Fields()
        /// Of the last record that was divided.
        var code = ParsedCode()
        /// Of the last record that was malformed or not divided.
        fileprivate(set) var malformation = Malformation(.commentLine)

        /// Notes a record with a quote that is never closed.
        mutating func leaveUnclosed() -> Kind {
            malformation = Malformation(.quoteUnclosed)
            return .malformed
        }
    }

    /// A well-formed code; its text stands in the record or in the parser's buffers, until the next
    /// record.
    struct ParsedCode {
        /// Normalised; empty when the card has no serial.
        var serial = Field(start: nil, count: 0)
        var key = Field(start: nil, count: 0)
        /// Unicode scalars of the key.
        var keySymbols = 0
        /// 0 when the record names no expiry: an optional costs the hot loop a slow copy.
        fileprivate var expiryNumber: UInt32 = 0

        /// Nil when the record names no expiry.
        var expiresOn: PackedDate? { expiryNumber == 0 ? nil : PackedDate(number: expiryNumber) }
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

    /// - Parameter format: nil judges no length, alphabet or check digit and folds no case.
    init(grammar: StockGrammar, format: CardFormat?) {
        self.grammar = grammar
        self.format = format
        let anySymbols = CardFormat.generic.key
        let serial = format?.serial ?? anySymbols
        let key = format?.key ?? anySymbols
        serialRule = CompiledRule(serial)
        keyRule = CompiledRule(key)
        requiresSerial = if case .separated = grammar { true } else { false }
        splitter = RecordSplitter(grammar: grammar)
        serialNormaliser = FieldNormaliser(rule: serial)
        keyNormaliser = FieldNormaliser(rule: key)
        serialBuffer = .allocate(capacity: StockAuditLimits.fieldBytes + 8)
        keyBuffer = .allocate(capacity: StockAuditLimits.fieldBytes + 8)
    }

    deinit {
        serialBuffer.deallocate()
        keyBuffer.deallocate()
    }

    /// - Parameter judges: false for history, whose codes need no check but their division.
    @inline(__always)
    func parse(_ text: Field, into record: inout Record, judges: Bool = true) -> Kind {
        switch splitter.split(text, into: &record.fields) {
        case .blank: return .blank
        case .malformed(let malformation):
            record.malformation = malformation
            return .undivided
        case .divided: return read(&record, judges: judges)
        }
    }

    /// The same for a caller that has the time for a copy.
    @inline(never)
    func parse(_ text: Field) -> Outcome {
        var record = Record()
        return switch parse(text, into: &record) {
        case .blank: .blank
        case .code: .code(record.code)
        case .malformed: .malformed(record.malformation)
        case .undivided: .undivided(record.malformation)
        }
    }

    private func read(_ record: inout Record, judges: Bool) -> Kind {
        let serial = serialNormaliser.normalise(record.fields.serial, into: serialBuffer)
        let key = keyNormaliser.normalise(record.fields.key, into: keyBuffer)
        let isPlain =
            serial.marks.union(key.marks).isSubset(of: .kept) && key.text.count > 0
            && (serial.text.count > 0 || !requiresSerial)
        record.code = ParsedCode(serial: serial.text, key: key.text, keySymbols: key.symbols)
        let isAccepted =
            isPlain
            && (!judges
                || (serial.text.count == 0 || serialRule.accepts(serial.text))
                    && keyRule.accepts(key.text))
        if !isAccepted, let fault = fault(record.code, serial, key, judges: judges) {
            record.malformation = fault
            return .malformed
        }
        guard judges, record.fields.expiresOn.count > 0 else { return .code }
        switch PackedDate.read(record.fields.expiresOn) {
        case .none: return .code
        case .date(let date):
            record.code.expiryNumber = date.number
            return .code
        case .unreadable:
            record.malformation = Malformation(.expiryUnreadable)
            return .malformed
        }
    }

    @inline(never)
    private func fault(
        _ code: ParsedCode,
        _ serial: FieldNormaliser.Result,
        _ key: FieldNormaliser.Result,
        judges: Bool
    ) -> Malformation? {
        CodeFault(
            code: code,
            marks: (serial.marks, key.marks),
            format: judges ? format ?? .generic : .generic,
            requiresSerial: requiresSerial && judges
        ).first
    }
}
