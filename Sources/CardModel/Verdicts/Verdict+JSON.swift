public import WireFormat

extension Verdict {
    /// The shape of the HTTP interface: every member is there, absent values are null.
    public var jsonValue: JSONValue {
        [
            "state": .string(state.rawValue),
            "timing": .optional(timing?.rawValue),
            "certainty": .string(certainty.rawValue),
            "cause": .optional(cause?.rawValue),
            "issuer": issuer?.jsonValue ?? .null,
            "issuer_state": .optional(issuerState?.rawValue),
            "expected_value": expectedValue?.jsonValue ?? .null,
            "actual_value": actualValue?.jsonValue ?? .null,
            "expires_on": .optional(expiresOn?.iso8601),
            "balance_until": .optional(balanceUntil?.iso8601),
            "term": term?.jsonValue ?? .null,
            "attributes": attributes.isEmpty ? .null : .array(attributes.map(\.jsonValue)),
            "usage": usage?.jsonValue ?? .null,
            "adapter": .optional(adapter),
        ]
    }

    /// Reads what ``jsonValue`` writes. A member that is missing counts as null; further members
    /// are not looked at; an unknown state, timing or certainty and a value of the wrong type
    /// give `nil`. An unknown cause is kept as it stands.
    public init?(jsonValue: JSONValue) {
        guard let stateText = jsonValue["state"]?.stringValue,
            let state = VerdictState(rawValue: stateText),
            let certaintyText = jsonValue["certainty"]?.stringValue,
            let certainty = Certainty(rawValue: certaintyText)
        else { return nil }
        self.init(state: state, certainty: certainty)
        let fields = NullableFields(jsonValue)
        guard
            fields.read("timing", into: &timing, { $0.stringValue.flatMap(Timing.init) }),
            fields.read("cause", into: &cause, { $0.stringValue.map(IndeterminateCause.init) }),
            fields.read("issuer", into: &issuer, { IssuerStatement(jsonValue: $0) }),
            fields.read(
                "issuer_state",
                into: &issuerState,
                { $0.stringValue.flatMap(VerdictState.init) }
            ),
            fields.read("expected_value", into: &expectedValue, { Money(jsonValue: $0) }),
            fields.read("actual_value", into: &actualValue, { Money(jsonValue: $0) }),
            fields.read(
                "expires_on",
                into: &expiresOn,
                { $0.stringValue.flatMap { CalendarDate(iso8601: $0) } }
            ),
            fields.read("adapter", into: &adapter, { $0.stringValue })
        else { return nil }
        guard readPromised(fields) else { return nil }
    }

    /// What stands beside the promises of the order.
    private mutating func readPromised(_ fields: NullableFields) -> Bool {
        var checks: [AttributeCheck]?
        guard
            fields.read(
                "balance_until",
                into: &balanceUntil,
                { $0.stringValue.flatMap { CalendarDate(iso8601: $0) } }
            ),
            fields.read("term", into: &term, { TermComparison(jsonValue: $0) }),
            fields.read("attributes", into: &checks, { Self.checks($0) }),
            fields.read("usage", into: &usage, { UsageTrace(jsonValue: $0) })
        else { return false }
        attributes = checks ?? []
        return true
    }

    private static func checks(_ value: JSONValue) -> [AttributeCheck]? {
        guard let elements = value.arrayValue else { return nil }
        let checks = elements.compactMap { AttributeCheck(jsonValue: $0) }
        return checks.count == elements.count ? checks : nil
    }
}

extension IssuerStatement {
    /// `{"code", "text", "at"}`, absent values null.
    public var jsonValue: JSONValue {
        ["code": .optional(code), "text": .optional(text), "at": .optional(at?.rfc3339)]
    }

    /// Reads what ``jsonValue`` writes; `nil` for a value of the wrong type.
    public init?(jsonValue: JSONValue) {
        guard jsonValue.objectValue != nil else { return nil }
        self.init()
        let fields = NullableFields(jsonValue)
        guard fields.read("code", into: &code, { $0.stringValue }),
            fields.read("text", into: &text, { $0.stringValue }),
            fields.read("at", into: &at, { $0.stringValue.flatMap { Instant(rfc3339: $0) } })
        else { return nil }
    }
}

extension JSONValue {
    /// `text`, or null where there is none.
    static func optional(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }
}

/// Reads members that may be null or missing, but not of the wrong type.
struct NullableFields {
    private let value: JSONValue

    init(_ value: JSONValue) {
        self.value = value
    }

    /// Whether the member is absent, null, or readable; a readable one is put into `target`.
    func read<Field>(
        _ name: String,
        into target: inout Field?,
        _ parse: (JSONValue) -> Field?
    ) -> Bool {
        guard let member = value[name], !member.isNull else { return true }
        guard let field = parse(member) else { return false }
        target = field
        return true
    }
}
