/// A value of XML-RPC (http://xmlrpc.com/spec.md).
indirect enum XMLRPCValue: Sendable, Equatable {
    case integer(Int)
    case boolean(Bool)
    case string(String)
    /// Verbatim, `20271231T00:00:00+0800` here.
    case dateTime(String)
    /// Kinds that no voucher server asks for, by their element's name.
    case other(String)
    case array([XMLRPCValue])
    case structure(XMLRPCStructure)
}

/// Named members in the order they were written.
struct XMLRPCStructure: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        var name: String
        var value: XMLRPCValue
    }

    var members: [Member] = []

    subscript(name: String) -> XMLRPCValue? {
        members.first { $0.name == name }?.value
    }

    mutating func append(_ name: String, _ value: XMLRPCValue) {
        members.append(Member(name: name, value: value))
    }
}

/// A parsed `methodCall`.
struct XMLRPCCall: Sendable, Equatable {
    var methodName: String
    var parameters: [XMLRPCValue]
}

/// The document is XML but no method call.
struct XMLRPCError: Error, Sendable, Equatable {
    let detail: String
}

extension XMLRPCCall {
    init(_ root: XMLElement) throws(XMLRPCError) {
        guard root.name == "methodCall", let method = root.children.first,
            method.name == "methodName", !method.text.isEmpty
        else { throw XMLRPCError(detail: "no methodCall with a methodName") }
        methodName = method.text
        parameters = []
        guard let list = root.children.dropFirst().first else { return }
        guard list.name == "params", root.children.count == 2 else {
            throw XMLRPCError(detail: "params expected after methodName")
        }
        for parameter in list.children {
            guard parameter.name == "param", parameter.children.count == 1 else {
                throw XMLRPCError(detail: "a param holds one value")
            }
            parameters.append(try XMLRPCValue(parameter.children[0]))
        }
    }
}

extension XMLRPCValue {
    /// Reads a `value` element; without a type element inside it is a string.
    init(_ element: XMLElement) throws(XMLRPCError) {
        guard element.name == "value", element.children.count <= 1 else {
            throw XMLRPCError(detail: "a value is expected")
        }
        guard let typed = element.children.first else {
            self = .string(element.text)
            return
        }
        switch typed.name {
        case "string": self = .string(typed.text)
        case "i4", "int":
            guard let number = Int(typed.text), Int(Int32(truncatingIfNeeded: number)) == number
            else { throw XMLRPCError(detail: "an int that is none") }
            self = .integer(number)
        case "boolean":
            guard typed.text == "0" || typed.text == "1" else {
                throw XMLRPCError(detail: "a boolean is 0 or 1")
            }
            self = .boolean(typed.text == "1")
        case "dateTime.iso8601": self = .dateTime(typed.text)
        case "array": self = .array(try Self.elements(of: typed))
        case "struct": self = .structure(try Self.structure(of: typed))
        case "double", "base64", "nil": self = .other(typed.name)
        default: throw XMLRPCError(detail: "an unknown type of value")
        }
    }

    private static func elements(of array: XMLElement) throws(XMLRPCError) -> [XMLRPCValue] {
        guard array.children.count == 1, array.children[0].name == "data" else {
            throw XMLRPCError(detail: "an array holds data")
        }
        var elements: [XMLRPCValue] = []
        for value in array.children[0].children { elements.append(try XMLRPCValue(value)) }
        return elements
    }

    private static func structure(of element: XMLElement) throws(XMLRPCError) -> XMLRPCStructure {
        var structure = XMLRPCStructure()
        for member in element.children {
            guard member.name == "member", member.children.count == 2,
                member.children[0].name == "name"
            else { throw XMLRPCError(detail: "a member holds a name and a value") }
            let name = member.children[0].text
            guard structure[name] == nil else {
                throw XMLRPCError(detail: "a member stands twice")
            }
            structure.append(name, try XMLRPCValue(member.children[1]))
        }
        return structure
    }
}
