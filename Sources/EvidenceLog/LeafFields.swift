public import WireFormat

/// The facts of one event, in order: what a leaf commits to and disclosures open one by one.
///
/// The position of a field decides its salt, so the same fields in the same order with the same
/// ``RecordSecret`` give the same digests; nothing else need be kept to disclose them later.
public struct LeafFields: Sendable, Hashable {
    /// Digests of a leaf, real and decoys together; so also the most fields one leaf can hold.
    public static let digestCount = 16
    /// Symbols of a field's name.
    public static let longestName = 64

    public let members: [JSONObject.Member]

    /// - Parameter members: At most 16; names of lower-case ASCII letters, digits and `_`,
    ///   beginning with a letter, each once; values that RFC 8785 can write exactly.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`, naming the field.
    public init(_ members: [JSONObject.Member]) throws(EvidenceError) {
        guard members.count <= Self.digestCount else {
            throw EvidenceError(
                .malformedLeaf,
                at: "fields",
                "\(members.count), at most \(Self.digestCount)"
            )
        }
        for (index, member) in members.enumerated() {
            guard Self.isName(member.name) else {
                throw EvidenceError(
                    .malformedLeaf,
                    at: "field \(index)",
                    "the name is not like `face_value`"
                )
            }
            guard !members[..<index].contains(where: { $0.name == member.name }) else {
                throw EvidenceError(.malformedLeaf, at: member.name, "occurs twice")
            }
            guard CanonicalText.isWritable(member.value) else {
                throw EvidenceError(
                    .malformedLeaf,
                    at: member.name,
                    "a number that has no exact canonical form"
                )
            }
        }
        self.members = members
    }

    /// The same from pairs.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`, naming the field.
    public init(_ fields: [(name: String, value: JSONValue)]) throws(EvidenceError) {
        try self.init(fields.map { JSONObject.Member(name: $0.name, value: $0.value) })
    }

    /// The disclosures of all fields, in order.
    public func disclosures(secret: RecordSecret) -> [Disclosure] {
        let salts = secret.salts(count: members.count)
        return members.enumerated().map { index, member in
            let start = index * RecordSecret.saltByteCount
            return Disclosure(
                salt: salts[start..<start + RecordSecret.saltByteCount],
                name: member.name,
                value: member.value
            )
        }
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= longestName else { return false }
        return (0x61...0x7A).contains(first)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}
