public import WireFormat

/// What a `key_change` leaf says: which log comes after this one, or came before it.
///
/// A log has one key for all its life, so another key is another log. The last leaf of the old one
/// names the new key, under the old key's last signature; the first leaf of the new one names the
/// old log as it ended.
public enum KeyChange: Sendable, Hashable {
    /// The last leaf: `next_origin`, `next_vkey`.
    case next(origin: String, vkey: String)
    /// The first leaf: `prev_origin`, `prev_size`, `prev_root`, `prev_vkey`.
    case previous(origin: String, size: UInt64, root: TreeHash, vkey: String)

    /// Nil for a leaf of another type or form.
    public init?(_ leaf: EvidenceLeaf) {
        guard case .disclosed(.keyChange, let members) = leaf.content else { return nil }
        if let origin = members["next_origin"]?.stringValue,
            let vkey = members["next_vkey"]?.stringValue
        {
            self = .next(origin: origin, vkey: vkey)
            return
        }
        guard let origin = members["prev_origin"]?.stringValue,
            let size = members["prev_size"]?.integerValue.flatMap({ UInt64(exactly: $0) }),
            let root = members["prev_root"]?.stringValue.flatMap({ TreeHash(base64: $0) }),
            let vkey = members["prev_vkey"]?.stringValue
        else { return nil }
        self = .previous(origin: origin, size: size, root: root, vkey: vkey)
    }
}

extension EvidenceLeaf {
    /// The last leaf of a log.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` when it is longer than an entry may
    ///   be.
    public static func keyChange(
        toOrigin origin: String,
        vkey: String,
        at time: Instant
    ) throws(EvidenceError) -> PreparedLeaf {
        try disclosed(
            .keyChange,
            members: [("next_origin", .string(origin)), ("next_vkey", .string(vkey))],
            at: time
        )
    }

    /// The first leaf of a log that follows another.
    /// - Parameters:
    ///   - size: Entries of the log before it, when it ended.
    ///   - root: Of its last checkpoint.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` when it is longer than an entry may
    ///   be.
    public static func keyChange(
        fromOrigin origin: String,
        size: UInt64,
        root: TreeHash,
        vkey: String,
        at time: Instant
    ) throws(EvidenceError) -> PreparedLeaf {
        try disclosed(
            .keyChange,
            members: [
                ("prev_origin", .string(origin)), ("prev_size", .integer(Int64(clamping: size))),
                ("prev_root", .string(root.base64)), ("prev_vkey", .string(vkey)),
            ],
            at: time
        )
    }
}
