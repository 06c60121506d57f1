import WireFormat

/// One field of the policy document: its name, what its value looks like, and one line about it.
struct PolicyField: Sendable {
    let name: String
    let value: Value
    let summary: String
    let isRequired: Bool

    init(_ name: String, _ value: Value, _ summary: String, isRequired: Bool = false) {
        self.name = name
        self.value = value
        self.summary = summary
        self.isRequired = isRequired
    }

    indirect enum Value: Sendable {
        /// A text, of a regular expression (ECMA 262) where there is one.
        case text(pattern: String?)
        case flag
        case words([String])
        case integer(ClosedRange<Int>)
        case list(Value)
        case mapping([PolicyField])
    }
}

extension PolicyField.Value {
    /// The words of a closed list.
    static func words<Word: RawRepresentable<String> & CaseIterable>(
        of type: Word.Type
    ) -> PolicyField.Value {
        .words(Word.allCases.map(\.rawValue))
    }

    private static let elapsedPattern =
        "P(?=.)([0-9]{1,9}W)?([0-9]{1,9}D)?"
        + "(T(?=.)([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}S)?)?"

    /// An elapsed time; the field's summary says where it must be whole days or hours.
    static let elapsed = PolicyField.Value.text(pattern: "^\(elapsedPattern)$")

    /// An elapsed time or a number of working days.
    static let duration = PolicyField.Value.text(pattern: "^(\(elapsedPattern)|P[0-9]{1,9}WD)$")

    static let currency = PolicyField.Value.text(pattern: "^[A-Z]{3}$")
    static let minorUnits = PolicyField.Value.integer(0...WarrantyPolicy.largestAmount)

    static let amount = PolicyField.Value.mapping([
        PolicyField(
            "amount_minor", minorUnits, "Whole minor units (cents, fen).", isRequired: true),
        PolicyField("currency", currency, "ISO 4217.", isRequired: true),
    ])
}
