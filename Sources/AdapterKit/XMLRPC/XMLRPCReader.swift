import WireFormat

/// Reads a server's answer, strictly: what is not XML-RPC is refused, not repaired.
public enum XMLRPCReader {
    /// - Throws: `XMLRPCError`; the bytes are bounded by `XMLElementReader`'s limits.
    public static func response(_ bytes: [UInt8]) throws(XMLRPCError) -> XMLRPCResponse {
        let root = try XMLElementReader.read(bytes)
        guard root.name == "methodResponse" else { throw XMLRPCError(.notXMLRPC) }
        if let fault = root.onlyChild("fault")?.onlyChild("value") {
            return try self.fault(value(fault))
        }
        guard let result = root.onlyChild("params")?.onlyChild("param")?.onlyChild("value")
        else { throw XMLRPCError(.notXMLRPC) }
        return .value(try value(result))
    }

    private static func fault(_ value: XMLRPCValue) throws(XMLRPCError) -> XMLRPCResponse {
        guard case .integer(let code) = value["faultCode"] else { throw XMLRPCError(.notXMLRPC) }
        return .fault(code: code, text: value["faultString"]?.lexeme ?? "")
    }

    private static func value(_ element: XMLElement) throws(XMLRPCError) -> XMLRPCValue {
        // A value without a type is a string.
        if element.children.isEmpty { return .string(element.text) }
        guard element.children.count == 1, element.hasOnlyChildren else {
            throw XMLRPCError(.notXMLRPC)
        }
        let typed = element.children[0]
        switch typed.name {
        case "array": return try array(typed)
        case "struct": return try structure(typed)
        default: return try scalar(typed)
        }
    }

    private static func scalar(_ element: XMLElement) throws(XMLRPCError) -> XMLRPCValue {
        guard element.children.isEmpty else { throw XMLRPCError(.notXMLRPC) }
        let trimmed = trimmed(element.text)
        switch element.name {
        case "string": return .string(element.text)
        case "i4", "int", "i8":
            guard Int64(trimmed) != nil else { throw XMLRPCError(.notXMLRPC) }
            return .integer(trimmed)
        case "boolean":
            guard trimmed == "0" || trimmed == "1" else { throw XMLRPCError(.notXMLRPC) }
            return .boolean(trimmed == "1")
        case "double":
            guard let number = Double(trimmed), number.isFinite else {
                throw XMLRPCError(.notXMLRPC)
            }
            return .double(trimmed)
        case "dateTime.iso8601": return .dateTime(trimmed)
        case "base64":
            let symbols = element.text.filter { !$0.isWhitespace }
            guard let bytes = Base64.decode(symbols) else { throw XMLRPCError(.notXMLRPC) }
            return .base64(bytes)
        case "nil": return .null
        default: throw XMLRPCError(.notXMLRPC)
        }
    }

    private static func array(_ element: XMLElement) throws(XMLRPCError) -> XMLRPCValue {
        guard let data = element.onlyChild("data"), data.hasOnlyChildren else {
            throw XMLRPCError(.notXMLRPC)
        }
        var elements: [XMLRPCValue] = []
        for child in data.children {
            guard child.name == "value" else { throw XMLRPCError(.notXMLRPC) }
            elements.append(try value(child))
        }
        return .array(elements)
    }

    private static func structure(_ element: XMLElement) throws(XMLRPCError) -> XMLRPCValue {
        guard element.hasOnlyChildren else { throw XMLRPCError(.notXMLRPC) }
        var members: [XMLRPCValue.Member] = []
        var names: Set<String> = []
        for child in element.children {
            guard child.name == "member", child.hasOnlyChildren, child.children.count == 2,
                child.children[0].name == "name", child.children[0].children.isEmpty,
                child.children[1].name == "value",
                names.insert(child.children[0].text).inserted
            else { throw XMLRPCError(.notXMLRPC) }
            members.append(
                XMLRPCValue.Member(child.children[0].text, try value(child.children[1]))
            )
        }
        return .structure(members)
    }

    private static func trimmed(_ text: String) -> String {
        let blank: (Character) -> Bool = { $0.isWhitespace }
        return String(
            String(text.drop(while: blank).reversed()).drop(while: blank).reversed()
        )
    }
}
