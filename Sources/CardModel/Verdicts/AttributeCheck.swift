public import WireFormat

/// One line of the checklist that an order's attributes are (属性核对, M2-29, M3-50): what the
/// order states beside what the issuer tells.
public struct AttributeCheck: Sendable, Hashable {
    public let name: String
    public let expected: String
    /// `nil` where the issuer does not tell, which proves nothing.
    public let actual: String?

    public init(name: String, expected: String, actual: String?) {
        self.name = name
        self.expected = expected
        self.actual = actual
    }

    /// Whether the issuer tells what the order states; `nil` where it does not tell. Case and
    /// spaces at the ends are nobody's promise.
    public var agrees: Bool? {
        actual.map { Self.compared($0) == Self.compared(expected) }
    }

    /// The defect that a difference is; `nil` where there is none.
    public var state: VerdictState? { agrees == false ? Self.state(ofDifferent: name) : nil }

    private static func compared(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
        return end.lowercased()
    }

    private static func state(ofDifferent name: String) -> VerdictState {
        switch name {
        case "product": .wrongProduct
        case "region", "server": .wrongRegion
        case "version", "edition": .wrongVersion
        default: .accountMismatch
        }
    }

    /// What differs in several ways is called by the first of these: another product first, for
    /// its region and version say nothing of the one that was sold.
    fileprivate static let precedence: [VerdictState] = [
        .wrongProduct, .wrongRegion, .wrongVersion, .accountMismatch,
    ]
}

extension Sequence<AttributeCheck> {
    /// The defect of the whole checklist; `nil` where nothing is told that differs.
    public var defect: VerdictState? {
        let states = Set(compactMap(\.state))
        return AttributeCheck.precedence.first(where: states.contains)
    }
}

extension CodeAttributes {
    /// Each of these, which the order states, beside what the issuer tells; by name.
    public func checked(against told: CodeAttributes) -> [AttributeCheck] {
        sorted.map { AttributeCheck(name: $0.name, expected: $0.value, actual: told[$0.name]) }
    }
}

extension AttributeCheck {
    /// `agrees` is null where the issuer does not tell.
    public var jsonValue: JSONValue {
        [
            "name": .string(name), "expected": .string(expected), "actual": .optional(actual),
            "agrees": agrees.map { .bool($0) } ?? .null,
        ]
    }

    /// Reads what ``jsonValue`` writes; `agrees` is computed anew.
    public init?(jsonValue: JSONValue) {
        guard let name = jsonValue["name"]?.stringValue,
            let expected = jsonValue["expected"]?.stringValue
        else { return nil }
        var actual: String?
        guard NullableFields(jsonValue).read("actual", into: &actual, { $0.stringValue }) else {
            return nil
        }
        self.init(name: name, expected: expected, actual: actual)
    }
}
