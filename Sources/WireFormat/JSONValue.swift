/// The bottom of the house: encodings that the outside world fixes, and nothing else.
///
/// Strict JSON (RFC 8259) with its canonical form (JCS, RFC 8785), RFC 3339 instants, calendar
/// dates, base64 (RFC 4648) and hexadecimal. No I/O, no clock, no Foundation.
///
/// A JSON value that keeps what Foundation's decoders lose: the order of members, the exact
/// lexeme of a number, and the right to refuse a duplicate name.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// The lexeme of any other number, verbatim: issuers' amounts are never rounded on the way.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object, in the order they were written; names are unique.
public struct JSONObject: Sendable, Hashable {
    /// One name and its value.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public var members: [Member]

    /// The caller promises that no name occurs twice.
    public init(_ members: [Member] = []) {
        self.members = members
    }

    /// The value under `name`. Setting keeps the place of an existing member, appends a new one,
    /// and removes the member when set to nil.
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONValue {
    /// A string, or null for none.
    public init(text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// The member `name` of an object; nil for any other value.
    public subscript(name: String) -> JSONValue? {
        objectValue?[name]
    }

    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var integerValue: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    public var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// A scalar as text: strings as they are, numbers as written, `true` and `false`.
    /// Nil for null, arrays and objects.
    public var lexeme: String? {
        switch self {
        case .string(let text), .decimal(let text): text
        case .integer(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// The value at an RFC 6901 pointer (`""` is the whole value); nil when nothing is there.
    public func value(atPointer pointer: String) -> JSONValue? {
        guard !pointer.isEmpty else { return self }
        guard pointer.first == "/" else { return nil }
        var current = self
        for token in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            switch current {
            case .object(let object):
                guard let next = object[JSONPointer.unescape(token)] else { return nil }
                current = next
            case .array(let elements):
                guard let index = Int(token), elements.indices.contains(index),
                    String(index) == token
                else { return nil }
                current = elements[index]
            case .null, .bool, .integer, .decimal, .string:
                return nil
            }
        }
        return current
    }
}

/// Reference tokens of JSON pointers (RFC 6901).
public enum JSONPointer {
    /// `~` and `/` written as `~0` and `~1`.
    public static func escape(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") })
        else { return name }
        var escaped = ""
        for character in name {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// The name that ``escape(_:)`` wrote.
    public static func unescape(_ token: Substring) -> String {
        guard token.utf8.contains(UInt8(ascii: "~")) else { return String(token) }
        var name = ""
        var rest = token
        while let character = rest.popFirst() {
            if character == "~", let next = rest.first, next == "0" || next == "1" {
                rest.removeFirst()
                name.append(next == "0" ? "~" : "/")
            } else {
                name.append(character)
            }
        }
        return name
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(
            JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) })
        )
    }
}
