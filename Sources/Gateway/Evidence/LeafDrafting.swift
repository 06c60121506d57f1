public import Crypto
public import EvidenceLog
public import WireFormat

/// Makes leaves and their sealed records out of one seed and the notice's data key.
///
/// Pure: the same seed, label and fields give the same bytes, so leaves can be built inside a
/// transaction, and a seed replays a run. Each label is used once for a seed.
public struct LeafDrafting: Sendable {
    /// Bytes of a seed: all a leaf's salts, decoys and nonce come from it.
    public static let seedByteCount = 32

    private let seed: SymmetricKey
    private let dataKey: SymmetricKey

    /// - Parameter seed: ``seedByteCount`` fresh random bytes.
    public init(seed: [UInt8], dataKey: SymmetricKey) {
        precondition(seed.count == Self.seedByteCount, "a seed has 32 bytes")
        self.seed = SymmetricKey(data: seed)
        self.dataKey = dataKey
    }

    /// A leaf over `fields`, to which the type is added.
    /// - Parameters:
    ///   - items: of a delivery of many items; the leaf commits to them in `items_root`.
    ///   - attachments: kept in the sealed record beside the fields; the leaf commits to them
    ///     only by the digests that a field holds.
    public func leaf(
        _ type: EvidenceType,
        _ fields: [JSONObject.Member],
        items: [[JSONObject.Member]] = [],
        attachments: JSONValue = [],
        at instant: Instant,
        label: String
    ) throws -> SealedLeaf {
        let (secretBytes, rest) = material(label: label)
        guard let secret = RecordSecret(bytes: secretBytes) else {
            throw EvidenceError(.malformedLeaf, at: "secret", "has the wrong length")
        }
        var members = Self.typed(type, fields)
        let itemFields = try items.map { try LeafFields($0) }
        if !items.isEmpty {
            let tree = try ItemTree(items: itemFields, secret: secret)
            members.append(
                JSONObject.Member(name: ItemsRoot.fieldName, value: tree.root.fieldValue)
            )
        }
        let leafFields = try LeafFields(members)
        let leaf = try EvidenceLeaf.sealed(
            leafFields,
            secret: secret,
            decoys: Array(rest.dropFirst(Sealing.nonceByteCount)),
            at: instant
        )
        return SealedLeaf(
            bytes: leaf.bytes,
            hash: leaf.hash,
            sealedRecord: try Sealing.seal(
                EvidenceRecord.bytes(
                    secret: secretBytes,
                    fields: leafFields,
                    items: itemFields,
                    attachments: attachments
                ),
                under: dataKey,
                nonce: rest.prefix(Sealing.nonceByteCount),
                context: leaf.hash.bytes
            )
        )
    }

    /// What opens one field of the leaf that is made of the same type, fields and label; nil when
    /// none of the fields has the name. Of a leaf without items.
    public func disclosure(
        _ name: String,
        of type: EvidenceType,
        _ fields: [JSONObject.Member],
        label: String
    ) throws -> Disclosure? {
        guard let secret = RecordSecret(bytes: material(label: label).secret) else { return nil }
        return try LeafFields(Self.typed(type, fields)).disclosures(secret: secret)
            .first { $0.name == name }
    }

    private static func typed(
        _ type: EvidenceType,
        _ fields: [JSONObject.Member]
    ) -> [JSONObject.Member] {
        [JSONObject.Member(name: "typ", value: .string(type.rawValue))] + fields
    }

    /// The secret of a leaf, and the random bytes of its nonce and decoys.
    private func material(label: String) -> (secret: [UInt8], rest: ArraySlice<UInt8>) {
        let bytes = keystream(
            "leaf \(label)",
            RecordSecret.byteCount + Sealing.nonceByteCount + EvidenceLeaf.decoyByteCount
        )
        return (
            Array(bytes.prefix(RecordSecret.byteCount)), bytes.dropFirst(RecordSecret.byteCount)
        )
    }

    /// An identifier that the transaction gives to something it makes.
    func identifier<Kind>(
        _ kind: Kind.Type,
        label: String,
        at instant: Instant
    ) -> Identifier<Kind> {
        Identifier(at: instant, random: keystream("identifier \(label)", 10))
    }

    /// Random bytes for something else that the transaction makes.
    func randomBytes(_ count: Int, label: String) -> [UInt8] { keystream(label, count) }

    /// The label decides the nonce.
    private func keystream(_ label: String, _ byteCount: Int) -> [UInt8] {
        Keystream.bytes(
            byteCount,
            key: seed,
            nonce: Array(
                SHA256.hash(data: Array(label.utf8)).prefix(Keystream.nonceByteCount))
        )
    }
}

/// The private side of a leaf: what its disclosures are made from.
struct EvidenceRecord {
    let secret: [UInt8]
    let fields: JSONObject
    let items: [JSONObject]
    let attachments: JSONValue

    /// The secret, then `{"fields":{…},"items":[…],"attachments":…}`, members in their order.
    static func bytes(
        secret: [UInt8],
        fields: LeafFields,
        items: [LeafFields],
        attachments: JSONValue
    ) -> [UInt8] {
        var bytes = secret
        bytes.reserveCapacity(secret.count + fields.text.count + 64)
        bytes.append(contentsOf: "{\"fields\":".utf8)
        bytes.append(contentsOf: fields.text)
        bytes.append(contentsOf: ",\"items\":[".utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: item.text)
        }
        bytes.append(contentsOf: "],\"attachments\":".utf8)
        attachments.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// What somebody said, which is kept beside the fields.
    var statement: String? { attachments["statement"]?.stringValue }

    /// Opens the record of a leaf with its notice's data key.
    /// - Throws: when the key is another one, or a byte of the record or of the leaf was changed.
    init(sealed: [UInt8], hash: TreeHash, dataKey: SymmetricKey) throws {
        let bytes = try Sealing.open(sealed, under: dataKey, context: hash.bytes)
        secret = Array(bytes.prefix(RecordSecret.byteCount))
        let value = try JSONValue.parse(bytes.dropFirst(RecordSecret.byteCount), limits: .record)
        guard let fields = value["fields"]?.objectValue, let items = value["items"]?.arrayValue
        else { throw JSONError(reason: .syntax, byteOffset: RecordSecret.byteCount, pointer: "") }
        self.fields = fields
        self.items = items.compactMap(\.objectValue)
        attachments = value["attachments"] ?? []
    }

    /// The disclosures of the leaf's fields, in order.
    func disclosures() throws -> [Disclosure] {
        guard let secret = RecordSecret(bytes: secret) else { return [] }
        return try LeafFields(fields.members).disclosures(secret: secret)
    }

    /// The items of a delivery of many, as the leaf's `items_root` commits to them; nil where the
    /// leaf has none.
    func itemTree() throws -> ItemTree? {
        guard !items.isEmpty, let secret = RecordSecret(bytes: secret) else { return nil }
        return try ItemTree(items: items.map { try LeafFields($0.members) }, secret: secret)
    }

    /// The disclosures of an item's fields, in order.
    func itemDisclosures(_ item: Int) throws -> [Disclosure] {
        guard let secret = RecordSecret(bytes: secret)?.itemSecret(item) else { return [] }
        return try LeafFields(items[item].members).disclosures(secret: secret)
    }
}

extension JSONLimits {
    /// A record holds a delivery of many items or the transcripts of a check: more than a body.
    static let record = JSONLimits(depth: 48, bytes: 16 << 20)
}
