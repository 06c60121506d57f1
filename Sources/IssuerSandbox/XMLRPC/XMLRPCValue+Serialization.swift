extension XMLRPCValue {
    /// A whole `methodResponse` with this one value.
    var response: [UInt8] {
        document("<params><param>\(xml)</param></params>")
    }

    /// A whole `methodResponse` with a fault.
    static func fault(_ code: Int, _ text: String) -> [UInt8] {
        var structure = XMLRPCStructure()
        structure.append("faultCode", .integer(code))
        structure.append("faultString", .string(text))
        return document("<fault>\(XMLRPCValue.structure(structure).xml)</fault>")
    }

    /// The `value` element.
    var xml: String {
        switch self {
        case .integer(let number): "<value><i4>\(number)</i4></value>"
        case .boolean(let flag): "<value><boolean>\(flag ? 1 : 0)</boolean></value>"
        case .string(let text): "<value><string>\(Self.escaped(text))</string></value>"
        case .dateTime(let text):
            "<value><dateTime.iso8601>\(Self.escaped(text))</dateTime.iso8601></value>"
        case .other(let name): "<value><\(name)/></value>"
        case .array(let elements):
            "<value><array><data>\(elements.map(\.xml).joined())</data></array></value>"
        case .structure(let structure):
            "<value><struct>\(structure.members.map(Self.xml).joined())</struct></value>"
        }
    }

    private static func xml(_ member: XMLRPCStructure.Member) -> String {
        "<member><name>\(escaped(member.name))</name>\(member.value.xml)</member>"
    }

    private func document(_ body: String) -> [UInt8] { Self.document(body) }

    private static func document(_ body: String) -> [UInt8] {
        Array(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>\(body)</methodResponse>\n"
                .utf8
        )
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
