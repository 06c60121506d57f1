import WireFormat

/// JSON for people: one member a line, nested ones below it.
enum Outline {
    static func text(of value: JSONValue) -> String {
        lines(of: value, indent: "").joined(separator: "\n")
    }

    private static func lines(of value: JSONValue, indent: String) -> [String] {
        switch value {
        case .object(let object):
            return object.members.flatMap { member in
                nested(member.value, head: "\(indent)\(member.name):", indent: indent)
            }
        case .array(let elements):
            return elements.flatMap { nested($0, head: "\(indent)-", indent: indent) }
        case .null, .bool, .integer, .decimal, .string:
            return [indent + (value.lexeme ?? "-")]
        }
    }

    private static func nested(_ value: JSONValue, head: String, indent: String) -> [String] {
        switch value {
        case .object, .array: [head] + lines(of: value, indent: indent + "  ")
        case .string(let text) where text.contains("\n"):
            [head] + text.split(separator: "\n").map { "\(indent)  \($0)" }
        case .null, .bool, .integer, .decimal, .string: ["\(head) \(value.lexeme ?? "-")"]
        }
    }
}
