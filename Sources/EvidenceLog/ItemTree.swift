public import WireFormat

/// The items of one delivery under one field: a small RFC 6962 tree over salted records, so that
/// a delivery of a thousand codes is still one leaf of 16 digests, and each buyer can open his own
/// code alone.
public struct ItemTree: Sendable {
    public let records: [SaltedItem]
    private let batch: TreeBatch

    /// - Parameters:
    ///   - items: At least one, in the order of the delivery.
    ///   - secret: Of the delivery's record; item i is salted from ``RecordSecret/itemSecret(_:)``.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` when there is no item.
    public init(items: [LeafFields], secret: RecordSecret) throws(EvidenceError) {
        guard !items.isEmpty else {
            throw EvidenceError(.malformedLeaf, at: "items", "there is none")
        }
        records = items.enumerated().map {
            SaltedItem($0.element, secret: secret.itemSecret($0.offset))
        }
        batch = TreeBatch(before: CompactRange(), leaves: records.map(\.hash))
    }

    /// What the leaf commits to in its field `items_root`.
    public var root: ItemsRoot { ItemsRoot(count: UInt64(records.count), root: batch.root) }

    /// The inner path of an item, counted from 0.
    /// - Precondition: There is such an item.
    public func inclusionProof(forItem index: Int) -> InclusionProof {
        batch.inclusionProof(forIndex: UInt64(index))
    }
}

/// The value of a leaf's field `items_root`: how many items, and the root over them.
public struct ItemsRoot: Sendable, Hashable {
    public let count: UInt64
    public let root: TreeHash

    /// The name of the field.
    public static let fieldName = "items_root"

    public init(count: UInt64, root: TreeHash) {
        self.count = count
        self.root = root
    }

    /// Reads the opened field; nil when it is not of the form of ``fieldValue``.
    public init?(fieldValue: JSONValue) {
        guard let object = fieldValue.objectValue, object.members.count == 2,
            let count = object["count"]?.integerValue, count > 0,
            let text = object["root"]?.stringValue, let root = TreeHash(base64: text)
        else { return nil }
        self.init(count: UInt64(count), root: root)
    }

    /// `{"count":3,"root":"<base64>"}`.
    public var fieldValue: JSONValue {
        ["count": .integer(Int64(clamping: count)), "root": .string(root.base64)]
    }

    /// Checks that a record is the item at `index`.
    /// - Throws: ``EvidenceError``: `indexOutOfRange`, `malformedProof` or `wrongRoot`.
    public func verify(
        _ record: SaltedItem,
        at index: UInt64,
        path: [TreeHash]
    ) throws(EvidenceError) {
        let proof = InclusionProof(index: index, treeSize: count, path: path)
        try proof.verify(leaf: record.hash, root: root)
    }
}

/// One item's record: `{"_sd":[…],"_sd_alg":"sha-256"}` with a digest a field. It never stands in
/// the log itself, so it needs no decoys.
public struct SaltedItem: Sendable, Hashable {
    public let bytes: [UInt8]
    private let digests: Set<TreeHash>

    /// - Parameter secret: of this item: ``RecordSecret/itemSecret(_:)``.
    public init(_ fields: LeafFields, secret: RecordSecret) {
        let digests = fields.digests(secret: secret)
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        // Salts differ by position, so no two digests are the same short of a SHA-256 collision.
        _ = DigestList.append(digests, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        self.bytes = bytes
        self.digests = Set(digests)
    }

    /// Reads a record.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= EntryBundle.longestEntry,
            let object = (try? JSONValue.parse(bytes))?.objectValue
        else { throw EvidenceError(.malformedLeaf, at: "item", "not a JSON object") }
        let digests = try DigestList.parse(object["_sd"])
        var canonical: [UInt8] = [UInt8(ascii: "{")]
        let isOrdered = DigestList.append(digests, to: &canonical)
        canonical.append(UInt8(ascii: "}"))
        guard isOrdered, canonical == bytes, digests.count <= LeafFields.digestCount else {
            throw EvidenceError(.malformedLeaf, at: "item", "not a record of digests alone")
        }
        self.bytes = bytes
        self.digests = Set(digests)
    }

    /// Its leaf hash in the tree of items.
    public var hash: TreeHash { .leaf(of: bytes) }

    /// The fields that the disclosures open.
    /// - Throws: ``EvidenceError``: `disclosureNotInLeaf` or `malformedDisclosure`.
    public func open(_ disclosures: [Disclosure]) throws(EvidenceError) -> [JSONObject.Member] {
        try DisclosedFields.open(disclosures, in: digests)
    }
}
