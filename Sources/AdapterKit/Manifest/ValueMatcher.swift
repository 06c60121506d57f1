import WireFormat

/// A condition on one value of an answer. Several tests in one matcher must all hold.
///
/// Scalars are compared as text, exactly as the issuer wrote them: `007` is not `7`.
struct ValueMatcher: Sendable, Hashable {
    enum Test: Sendable, Hashable {
        case isOneOf([String])
        case isNoneOf([String])
        /// Present, and not null.
        case exists(Bool)
        /// Null, "", [] or {}; a value that is not there is not empty.
        case isEmpty(Bool)
        /// Anywhere in the text, in any case.
        case contains(String)
        case beginsWith(String)
        case atLeast(Operand)
        case below(Operand)
        case hasType(JSONType)
    }

    enum Operand: Sendable, Hashable {
        case number(Double)
        /// Another value of the same answer.
        case pointer(String)
    }

    enum JSONType: String, Sendable, Hashable, CaseIterable {
        case null, boolean, number, string, array, object
    }

    var tests: [Test]

    func accepts(_ value: JSONValue?, in answer: ReadableAnswer) -> Bool {
        tests.allSatisfy { Self.holds($0, value, answer) }
    }

    private static func holds(_ test: Test, _ value: JSONValue?, _ answer: ReadableAnswer) -> Bool {
        switch test {
        case .isOneOf(let texts): value?.lexeme.map(texts.contains) ?? false
        case .isNoneOf(let texts): value?.lexeme.map { !texts.contains($0) } ?? false
        case .exists(let expected): (value.map { !$0.isNull } ?? false) == expected
        case .isEmpty(let expected): value.map { isEmpty($0) == expected } ?? false
        case .contains(let part):
            value?.lexeme.map { $0.lowercased().contains(part.lowercased()) } ?? false
        case .beginsWith(let prefix): value?.lexeme?.hasPrefix(prefix) ?? false
        case .atLeast(let operand): compare(value, operand, answer) { $0 >= $1 }
        case .below(let operand): compare(value, operand, answer) { $0 < $1 }
        case .hasType(let type): value.map { Self.type(of: $0) == type } ?? false
        }
    }

    private static func compare(
        _ value: JSONValue?,
        _ operand: Operand,
        _ answer: ReadableAnswer,
        _ relation: (Double, Double) -> Bool
    ) -> Bool {
        guard let left = number(value) else { return false }
        switch operand {
        case .number(let right): return relation(left, right)
        case .pointer(let pointer):
            return number(answer.value(at: pointer)).map { relation(left, $0) } ?? false
        }
    }

    /// Numbers, and texts that are written like one.
    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .decimal(let text), .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .null, .bool, .array, .object, nil: nil
        }
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.members.isEmpty
        case .bool, .integer, .decimal: false
        }
    }

    private static func type(of value: JSONValue) -> JSONType {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .integer, .decimal: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
