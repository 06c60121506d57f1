import WireFormat

/// JSON for people: one member a line, nested ones below it.
struct Outline {
    private let words: ClaimWords?

    /// - Parameter words: for the tokens of claims; nil shows every value as it is.
    static func text(of value: JSONValue, in words: ClaimWords? = nil) -> String {
        Outline(words: words).lines(of: value, named: nil, indent: "").joined(separator: "\n")
    }

    private func lines(of value: JSONValue, named name: String?, indent: String) -> [String] {
        switch value {
        case .object(let object):
            return object.members.flatMap { member in
                nested(
                    member.value, named: member.name, head: "\(indent)\(member.name):",
                    indent: indent)
            }
        case .array(let elements):
            return elements.flatMap {
                nested($0, named: name, head: "\(indent)-", indent: indent)
            }
        case .null, .bool, .integer, .decimal, .string: return [indent + leaf(value, named: name)]
        }
    }

    private func nested(
        _ value: JSONValue,
        named name: String?,
        head: String,
        indent: String
    ) -> [String] {
        if let text = words?.text(of: value) { return ["\(head) \(text)"] }
        return switch value {
        case .object, .array: [head] + lines(of: value, named: name, indent: indent + "  ")
        case .string(let text) where text.contains("\n"):
            [head] + text.split(separator: "\n").map { "\(indent)  \($0)" }
        case .null, .bool, .integer, .decimal, .string: ["\(head) \(leaf(value, named: name))"]
        }
    }

    private func leaf(_ value: JSONValue, named name: String?) -> String {
        guard let words, let name, let token = value.stringValue else {
            return value.lexeme ?? "-"
        }
        return words.beside(token, of: name)
    }
}
