import CardModel
import WireFormat

/// A JSON body with places in its strings.
indirect enum JSONTemplate: Sendable, Hashable {
    case literal(JSONValue)
    case text(TextTemplate)
    /// One place, written as a number.
    case number(TextTemplate)
    case array([JSONTemplate])
    case object([Member])

    struct Member: Sendable, Hashable {
        var name: String
        var value: JSONTemplate
    }

    /// The filled value; nil when it held nothing but optional places without a value. Members
    /// and elements that come out as nil are left out.
    func filled(with values: TextTemplate.Values) throws(AdapterError) -> JSONValue? {
        switch self {
        case .literal(let value): return value
        case .text(let template):
            return try template.filled(with: values).map { .string($0.text) }
        case .number(let template):
            guard let filled = try template.filled(with: values) else { return nil }
            return try Self.number(filled.text)
        case .array(let elements):
            var filled: [JSONValue] = []
            for element in elements {
                if let value = try element.filled(with: values) { filled.append(value) }
            }
            return filled.isEmpty && !elements.isEmpty ? nil : .array(filled)
        case .object(let members):
            var object = JSONObject()
            for member in members {
                if let value = try member.value.filled(with: values) {
                    object.members.append(JSONObject.Member(name: member.name, value: value))
                }
            }
            return object.members.isEmpty && !members.isEmpty ? nil : .object(object)
        }
    }

    private static func number(_ text: String) throws(AdapterError) -> JSONValue {
        switch try? JSONValue.parse(Array(text.utf8)) {
        case .integer(let number): return .integer(number)
        case .decimal(let lexeme): return .decimal(lexeme)
        case .null, .bool, .string, .array, .object, nil:
            throw AdapterError(
                code: .settings,
                message: "a value that this issuer takes as a number is none",
                cause: .ourAccount
            )
        }
    }
}
