/// A value of XML-RPC (http://xmlrpc.com/spec.md).
///
/// Numbers and times keep their lexeme: an issuer's `0010` is a code, not a number, and only the
/// adapter knows which digits of a time mean something.
public indirect enum XMLRPCValue: Sendable, Hashable {
    case string(String)
    /// `i4`, `int` or `i8`, as written.
    case integer(String)
    case boolean(Bool)
    /// As written.
    case double(String)
    /// `dateTime.iso8601`, as written.
    case dateTime(String)
    case base64([UInt8])
    case array([XMLRPCValue])
    case structure([Member])
    /// The `nil` extension.
    case null

    /// One member of a struct; names are unique.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: XMLRPCValue

        public init(_ name: String, _ value: XMLRPCValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member `name` of a struct; nil for any other value.
    public subscript(name: String) -> XMLRPCValue? {
        guard case .structure(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var arrayValue: [XMLRPCValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var booleanValue: Bool? {
        if case .boolean(let flag) = self { flag } else { nil }
    }

    /// The text of a scalar, as written.
    public var lexeme: String? {
        switch self {
        case .string(let text), .integer(let text), .double(let text), .dateTime(let text): text
        case .boolean(let flag): flag ? "1" : "0"
        case .base64, .array, .structure, .null: nil
        }
    }
}

/// What a server answers: a value, or a fault (which also comes with HTTP 200).
public enum XMLRPCResponse: Sendable, Hashable {
    case value(XMLRPCValue)
    /// The code as written.
    case fault(code: String, text: String)
}

/// Why bytes are not the XML-RPC we accept. Quotes nothing of them.
public struct XMLRPCError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable {
        case notUTF8 = "not_utf8"
        case notXML = "not_xml"
        /// A document type: entities of one's own, external files.
        case documentType = "document_type"
        case tooDeep = "too_deep"
        case tooLarge = "too_large"
        /// Well-formed XML that is no XML-RPC.
        case notXMLRPC = "not_xml_rpc"
        /// A text with symbols that XML 1.0 cannot carry.
        case unwritable
    }

    public var reason: Reason
    /// Where reading stopped.
    public var byteOffset: Int

    public init(_ reason: Reason, at byteOffset: Int = 0) {
        self.reason = reason
        self.byteOffset = byteOffset
    }

    public var description: String { "\(reason.rawValue) at byte \(byteOffset)" }
}
