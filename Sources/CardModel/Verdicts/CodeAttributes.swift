public import WireFormat

/// What is said of a code beside its value and its days: region, server, edition (商品属性).
///
/// Bounded, because issuers and platforms fill it: names are words such as `region`, values are
/// short texts in the issuer's own words.
public struct CodeAttributes: Sendable, Hashable {
    /// By name; never more than ``most``, each within its limits.
    public private(set) var values: [String: String]

    public static let none = CodeAttributes()

    /// Attributes of one code: a checklist that a person can still read.
    public static let most = 16
    /// Symbols of a name.
    public static let longestName = 32
    /// Characters of a value.
    public static let longestValue = 128

    private init() {
        values = [:]
    }

    /// `nil` where a name or a value is beyond the limits, or there are too many.
    public init?(_ values: [String: String]) {
        guard values.count <= Self.most,
            values.allSatisfy({ Self.isName($0.key) && Self.isValue($0.value) })
        else { return nil }
        self.values = values
    }

    /// What an issuer told, without what does not fit: a value that was cut would differ from the
    /// one that was promised.
    public init(told pairs: some Sequence<(name: String, value: String)>) {
        values = [:]
        for (name, value) in pairs
        where values.count < Self.most && Self.isName(name) && Self.isValue(value) {
            values[name] = value
        }
    }

    /// Those of `later` that have no value here, in the order of their names, as far as there is
    /// room.
    public func completed(by later: CodeAttributes) -> CodeAttributes {
        var attributes = self
        for (name, value) in later.sorted
        where attributes.values[name] == nil && attributes.values.count < Self.most {
            attributes.values[name] = value
        }
        return attributes
    }

    public var isEmpty: Bool { values.isEmpty }

    public subscript(name: String) -> String? { values[name] }

    /// By name, so that the same attributes are always written the same.
    public var sorted: [(name: String, value: String)] {
        values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// A lower-case letter, then lower-case letters, digits and `_`.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= longestName else { return false }
        return (0x61...0x7A).contains(first)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }

    /// Something to see, without control characters.
    public static func isValue(_ text: String) -> Bool {
        text.utf8.count <= longestValue * 4 && text.unicodeScalars.count <= longestValue
            && text.contains { !$0.isWhitespace }
            && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
}

extension CodeAttributes {
    /// An object of texts by name.
    public var jsonValue: JSONValue {
        .object(JSONObject(sorted.map { .init(name: $0.name, value: .string($0.value)) }))
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else.
    public init?(jsonValue: JSONValue) {
        guard let members = jsonValue.objectValue?.members, members.count <= Self.most else {
            return nil
        }
        var values: [String: String] = [:]
        for member in members {
            guard let text = member.value.stringValue, values[member.name] == nil else {
                return nil
            }
            values[member.name] = text
        }
        self.init(values)
    }
}
