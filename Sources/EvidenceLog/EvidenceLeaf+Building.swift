public import WireFormat

/// A leaf that is ready to be appended. What opens it: ``LeafFields/disclosures(secret:)``.
public struct PreparedLeaf: Sendable, Hashable {
    /// The entry's bytes.
    public let bytes: [UInt8]
    /// RFC 6962 leaf hash of ``bytes``.
    public let hash: TreeHash

    init(bytes: [UInt8]) {
        self.bytes = bytes
        hash = .leaf(of: bytes)
    }
}

extension EvidenceLeaf {
    /// Random bytes that a sealed leaf without fields would take for its decoys. Shorter buffers do
    /// when there are fields.
    public static let decoyByteCount = LeafFields.digestCount * TreeHash.byteCount

    /// Seals fields into a leaf of constant shape.
    ///
    /// - Parameters:
    ///   - secret: Fresh for this record.
    ///   - decoys: Random bytes, at least 32 for each digest that is not a field.
    ///   - time: Written to the second.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf` when the decoys are too few or repeat.
    public static func sealed(
        _ fields: LeafFields,
        secret: RecordSecret,
        decoys: [UInt8],
        at time: Instant
    ) throws(EvidenceError) -> PreparedLeaf {
        var digests = fields.digests(secret: secret)
        let missing = LeafFields.digestCount - digests.count
        guard decoys.count >= missing * TreeHash.byteCount else {
            throw EvidenceError(
                .malformedLeaf,
                at: "decoys",
                "\(decoys.count) bytes, \(missing) digests to fill"
            )
        }
        decoys.withUnsafeBytes { raw in
            for place in 0..<missing {
                digests.append(TreeHash(rawBytes: raw, at: place * TreeHash.byteCount))
            }
        }
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        bytes.reserveCapacity(Self.sealedByteCount)
        guard DigestList.append(digests, to: &bytes) else {
            throw EvidenceError(.malformedLeaf, at: "decoys", "two digests are the same")
        }
        bytes.append(contentsOf: ",\"t\":\"".utf8)
        bytes.append(contentsOf: time.rfc3339Seconds.utf8)
        bytes.append(contentsOf: "\",\"v\":1}".utf8)
        return PreparedLeaf(bytes: bytes)
    }

    /// A leaf that everybody can read. Its members must never name a code, an order or a person,
    /// nor hold free text: an entry is never deleted.
    ///
    /// - Parameter members: Strings, booleans, integers and arrays of them.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`, naming the member.
    public static func disclosed(
        _ type: PublicLeafType,
        members: [(name: String, value: JSONValue)],
        at time: Instant
    ) throws(EvidenceError) -> PreparedLeaf {
        let own = members.map { JSONObject.Member(name: $0.name, value: $0.value) }
        try PublicLeafType.check(own)
        let fixed: [JSONObject.Member] = [
            .init(name: "t", value: .string(time.rfc3339Seconds)),
            .init(name: "typ", value: .string(type.rawValue)),
            .init(name: "v", value: .integer(version)),
        ]
        var bytes: [UInt8] = []
        CanonicalText.append(.object(JSONObject(own + fixed)), to: &bytes)
        guard bytes.count <= EntryBundle.longestEntry else {
            throw EvidenceError(
                .malformedLeaf,
                at: "entry",
                "longer than \(EntryBundle.longestEntry) bytes"
            )
        }
        return PreparedLeaf(bytes: bytes)
    }

    /// A sealed leaf has this many bytes in every year from 0 to 9999.
    static let sealedByteCount = 798
}
