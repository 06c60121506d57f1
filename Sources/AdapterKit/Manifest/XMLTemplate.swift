import CardModel
import WireFormat

/// An XML body with places in its texts and attributes.
struct XMLTemplate: Sendable, Hashable {
    var name: String
    var attributes: [Attribute]
    var content: Content

    struct Attribute: Sendable, Hashable {
        var name: String
        var value: TextTemplate
    }

    enum Content: Sendable, Hashable {
        case text(TextTemplate)
        case children([XMLTemplate])
    }

    /// How attributes are written as members of a mapping.
    static let attributePrefix = "@"
    /// The member that is an element's text, where it has attributes, too.
    static let textMember = "#text"

    /// The whole document, in UTF-8.
    func document(with values: TextTemplate.Values) throws(AdapterError) -> [UInt8] {
        let root = try element(with: values) ?? "<\(name)/>"
        return Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root).utf8)
    }

    /// Nil when it held nothing but optional places without a value.
    private func element(with values: TextTemplate.Values) throws(AdapterError) -> String? {
        var text = "<\(name)"
        for attribute in attributes {
            guard let value = try attribute.value.filled(with: values) else { continue }
            text += " \(attribute.name)=\"\(try Self.escaped(value.text))\""
        }
        switch content {
        case .text(let template):
            guard let value = try template.filled(with: values) else { return nil }
            text += ">" + (try Self.escaped(value.text))
        case .children(let children):
            var inner = ""
            for child in children { inner += try child.element(with: values) ?? "" }
            if inner.isEmpty, !children.isEmpty { return nil }
            text += ">" + inner
        }
        return text + "</\(name)>"
    }

    /// Good in texts and in attributes: what a reader would fold or normalise is a reference.
    static func escaped(_ text: String) throws(AdapterError) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
                throw AdapterError(
                    code: .inquiry,
                    message: "a value contains a symbol that XML cannot carry",
                    cause: .ourRequest
                )
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
