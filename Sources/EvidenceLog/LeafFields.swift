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
    /// The fields as one JSON object in their order, each value in its canonical form: what a
    /// private record keeps, and what the disclosures are cut from.
    public let text: [UInt8]
    /// Where in ``text`` each value stands.
    private let valueRanges: [Range<Int>]

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
        (text, valueRanges) = Self.written(members)
    }

    private static func written(_ members: [JSONObject.Member]) -> ([UInt8], [Range<Int>]) {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(1_024)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(members.count)
        for member in members {
            if !ranges.isEmpty { text.append(UInt8(ascii: ",")) }
            JSONText.appendString(member.name, to: &text)
            text.append(UInt8(ascii: ":"))
            let start = text.count
            CanonicalText.append(member.value, to: &text)
            ranges.append(start..<text.count)
        }
        text.append(UInt8(ascii: "}"))
        return (text, ranges)
    }

    /// The same from pairs.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`, naming the field.
    public init(_ fields: [(name: String, value: JSONValue)]) throws(EvidenceError) {
        try self.init(fields.map { JSONObject.Member(name: $0.name, value: $0.value) })
    }

    /// The disclosures of all fields, in order.
    public func disclosures(secret: RecordSecret) -> [Disclosure] {
        var writer = disclosureWriter(secret: secret)
        return members.indices.map { index in
            writer.write(index)
            return Disclosure(
                bytes: writer.bytes,
                name: members[index].name,
                value: members[index].value
            )
        }
    }

    /// The digests of ``disclosures(secret:)`` without these: what a leaf takes of them.
    func digests(secret: RecordSecret) -> [TreeHash] {
        var writer = disclosureWriter(secret: secret)
        return members.indices.map { index in
            writer.write(index)
            return .plain(writer.bytes)
        }
    }

    private func disclosureWriter(secret: RecordSecret) -> DisclosureWriter {
        DisclosureWriter(fields: self, salts: secret.salts(count: members.count))
    }

    /// Writes one disclosure after the other into the same two buffers.
    private struct DisclosureWriter {
        let fields: LeafFields
        let salts: [UInt8]
        private var array: [UInt8] = []
        /// The disclosure written last.
        private(set) var bytes: [UInt8] = []

        init(fields: LeafFields, salts: [UInt8]) {
            self.fields = fields
            self.salts = salts
        }

        mutating func write(_ index: Int) {
            let start = index * RecordSecret.saltByteCount
            array.removeAll(keepingCapacity: true)
            Disclosure.appendArray(
                salt: salts[start..<start + RecordSecret.saltByteCount],
                name: fields.members[index].name,
                value: fields.text[fields.valueRanges[index]],
                to: &array
            )
            bytes.removeAll(keepingCapacity: true)
            array.withUnsafeBytes { Base64.appendURL(raw: $0, to: &bytes) }
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
