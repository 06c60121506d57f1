public import WireFormat

/// What an `anchor` leaf says: which checkpoint was stamped, and by which token.
///
/// The leaf holds the response's hash, so it and every later leaf are younger than the stamp; the
/// stamp covers the checkpoint, so every entry below ``size`` is older.
public struct AnchorStatement: Sendable, Hashable {
    /// Entries of the stamped checkpoint.
    public let size: UInt64
    /// SHA-256 over the checkpoint file as it was stamped.
    public let checkpointSHA256: TreeHash
    /// SHA-256 over the response that grants the token (``TimeStampToken/response(granting:)``):
    /// the file that verifiers hold, so that `sha256sum` checks it.
    public let responseSHA256: TreeHash
    /// The policy of the authority, a dotted object identifier.
    public let policy: String
    /// Of a stamp over several logs.
    public let place: StampPlace?

    /// Says that `token` stamps a checkpoint file, alone or at a place in a list.
    public init(
        size: UInt64,
        checkpoint: [UInt8],
        token: [UInt8],
        policy: String,
        place: StampPlace?
    ) {
        self.size = size
        checkpointSHA256 = TreeHash.plain(checkpoint)
        responseSHA256 = TreeHash.plain(TimeStampToken.response(granting: token))
        self.policy = policy
        self.place = place
    }

    /// Reads a leaf.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` for a leaf of another type, naming the
    ///   member that is missing or of another form.
    public init(_ leaf: EvidenceLeaf) throws(EvidenceError) {
        guard case .disclosed(.anchor, let members) = leaf.content else {
            throw EvidenceError(.malformedLeaf, at: "typ", "not an anchor")
        }
        size = try Self.number("size", members)
        checkpointSHA256 = try Self.digest("ckpt_sha256", members)
        responseSHA256 = try Self.digest("tsr_sha256", members)
        guard let policy = members["tsa"]?.stringValue else { throw Self.malformed("tsa") }
        self.policy = policy
        guard members["stamp_index"] != nil else {
            place = nil
            return
        }
        guard let elements = members["stamp_path"]?.arrayValue else {
            throw Self.malformed("stamp_path")
        }
        let path = elements.compactMap { $0.stringValue.flatMap { TreeHash(base64: $0) } }
        guard path.count == elements.count else { throw Self.malformed("stamp_path") }
        place = StampPlace(
            index: try Self.number("stamp_index", members),
            count: try Self.number("stamp_count", members),
            path: path
        )
    }

    /// Checks that the leaf is about this file and this token.
    /// - Throws: ``EvidenceError`` with code `wrongImprint`, naming the member.
    public func check(checkpoint: [UInt8], token: [UInt8]) throws(EvidenceError) {
        for (name, digest, bytes) in [
            ("ckpt_sha256", checkpointSHA256, checkpoint),
            ("tsr_sha256", responseSHA256, TimeStampToken.response(granting: token)),
        ] where TreeHash.plain(bytes) != digest {
            throw EvidenceError(.wrongImprint, at: name, "is the hash of other bytes")
        }
    }

    private static func number(
        _ name: String,
        _ members: JSONObject
    ) throws(EvidenceError) -> UInt64 {
        guard case .integer(let number) = members[name], number >= 0 else { throw malformed(name) }
        return UInt64(number)
    }

    private static func digest(
        _ name: String,
        _ members: JSONObject
    ) throws(EvidenceError) -> TreeHash {
        guard let text = members[name]?.stringValue, text == text.lowercased(),
            let hash = Hexadecimal.decode(text).flatMap({ TreeHash(bytes: $0) })
        else { throw malformed(name) }
        return hash
    }

    private static func malformed(_ name: String) -> EvidenceError {
        EvidenceError(.malformedLeaf, at: name, "missing, or not of an anchor's form")
    }
}

extension EvidenceLeaf {
    /// An `anchor` leaf: the outside stamp over the checkpoint of an earlier size.
    ///
    /// - Parameter origin: Of the stamped log, where it is not the one that the leaf stands in: it
    ///   had ended.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` for a size that JSON cannot hold.
    public static func anchor(
        _ statement: AnchorStatement,
        ofLog origin: String? = nil,
        at time: Instant
    ) throws(EvidenceError) -> PreparedLeaf {
        var members: [(name: String, value: JSONValue)] = [
            ("size", .integer(Int64(clamping: statement.size))),
            ("ckpt_sha256", .string(Hexadecimal.encode(statement.checkpointSHA256.bytes))),
            ("tsr_sha256", .string(Hexadecimal.encode(statement.responseSHA256.bytes))),
            ("tsa", .string(statement.policy)),
        ]
        if let origin { members.append(("origin", .string(origin))) }
        if let place = statement.place {
            members += [
                ("stamp_index", .integer(Int64(clamping: place.index))),
                ("stamp_count", .integer(Int64(clamping: place.count))),
                ("stamp_path", .array(place.path.map { .string($0.base64) })),
            ]
        }
        return try disclosed(.anchor, members: members, at: time)
    }
}
