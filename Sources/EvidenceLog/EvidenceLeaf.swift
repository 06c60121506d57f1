public import WireFormat

/// An entry of the log, read.
///
/// The bytes are canonical JSON (RFC 8785). A sealed leaf holds 16 digests, some of them decoys,
/// and the time to the second; everything else about the event is in its disclosures. A public
/// leaf is of the few types that concern the log itself and is readable.
/// Source: RFC 9901 (`_sd`, `_sd_alg`).
public struct EvidenceLeaf: Sendable, Hashable {
    /// The version written in `v`.
    public static let version: Int64 = 1

    public enum Content: Sendable, Hashable {
        /// Digests in the order of the leaf.
        case sealed(digests: [TreeHash])
        /// The members beside `t`, `typ` and `v`.
        case disclosed(PublicLeafType, members: JSONObject)
    }

    /// The exact bytes that are hashed.
    public let bytes: [UInt8]
    /// What the log's own clock said, to the second.
    public let time: Instant
    public let content: Content

    /// Reads an entry.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`, naming the member; also when the
    ///   bytes are another spelling of the same JSON.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= EntryBundle.longestEntry else {
            throw Self.malformed("entry", "longer than \(EntryBundle.longestEntry) bytes")
        }
        let object = try Self.canonicalObject(bytes)
        guard object["v"] == .integer(Self.version) else {
            throw Self.malformed("v", "not \(Self.version)")
        }
        guard let text = object["t"]?.stringValue, let time = Instant(rfc3339: text),
            time.rfc3339Seconds == text
        else { throw Self.malformed("t", "not a time like 2026-11-20T08:00:00Z") }
        self.bytes = bytes
        self.time = time
        content =
            object["_sd"] == nil
            ? try Self.disclosedContent(object) : try Self.sealedContent(object)
    }

    /// RFC 6962 leaf hash.
    public var hash: TreeHash { .leaf(of: bytes) }

    /// The fields that the disclosures open.
    /// - Throws: ``EvidenceError``: `disclosureNotInLeaf` for one that belongs to another leaf,
    ///   `malformedDisclosure` when two open the same name.
    public func open(_ disclosures: [Disclosure]) throws(EvidenceError) -> [JSONObject.Member] {
        let digests: Set<TreeHash> =
            switch content {
            case .sealed(let digests): Set(digests)
            case .disclosed: []
            }
        return try DisclosedFields.open(disclosures, in: digests)
    }

    private static func canonicalObject(_ bytes: [UInt8]) throws(EvidenceError) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            throw malformed("byte \(error.byteOffset)", error.reason.rawValue)
        }
        guard case .object(let object) = value else {
            throw malformed("entry", "not a JSON object")
        }
        var canonical: [UInt8] = []
        CanonicalText.append(value, to: &canonical)
        guard CanonicalText.isWritable(value), canonical == bytes else {
            throw malformed("entry", "not in its canonical form (RFC 8785)")
        }
        return object
    }

    private static func sealedContent(_ object: JSONObject) throws(EvidenceError) -> Content {
        guard object.members.map(\.name) == ["_sd", "_sd_alg", "t", "v"] else {
            throw malformed("entry", "a sealed leaf has the members _sd, _sd_alg, t and v alone")
        }
        guard object["_sd_alg"] == "sha-256" else { throw malformed("_sd_alg", "not sha-256") }
        let digests = try DigestList.parse(object["_sd"])
        guard digests.count == LeafFields.digestCount else {
            throw malformed("_sd", "\(digests.count) digests instead of \(LeafFields.digestCount)")
        }
        return .sealed(digests: digests)
    }

    private static func disclosedContent(_ object: JSONObject) throws(EvidenceError) -> Content {
        guard let word = object["typ"]?.stringValue, let type = PublicLeafType(rawValue: word)
        else {
            throw malformed("typ", "neither sealed nor of a public type")
        }
        let members = object.members.filter { !["t", "typ", "v"].contains($0.name) }
        try PublicLeafType.check(members)
        return .disclosed(type, members: JSONObject(members))
    }

    private static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedLeaf, at: location, detail)
    }
}

extension DigestList {
    /// Reads an `_sd` array.
    /// - Throws: ``EvidenceError`` with code `malformedLeaf`.
    static func parse(_ value: JSONValue?) throws(EvidenceError) -> [TreeHash] {
        var digests: [TreeHash] = []
        var previous: String?
        for element in value?.arrayValue ?? [] {
            guard let text = element.stringValue, let bytes = Base64.decodeURL(text),
                let digest = TreeHash(bytes: bytes)
            else {
                throw EvidenceError(
                    .malformedLeaf,
                    at: "_sd/\(digests.count)",
                    "not base64url of 32 bytes"
                )
            }
            if let previous, !previous.utf8.lexicographicallyPrecedes(text.utf8) {
                throw EvidenceError(
                    .malformedLeaf,
                    at: "_sd/\(digests.count)",
                    "not in ascending order"
                )
            }
            digests.append(digest)
            previous = text
        }
        return digests
    }
}

/// Opening disclosures against a list of digests: of a leaf, or of an item's record.
enum DisclosedFields {
    static func open(
        _ disclosures: [Disclosure],
        in digests: Set<TreeHash>
    ) throws(EvidenceError) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        for (index, disclosure) in disclosures.enumerated() {
            guard digests.contains(disclosure.digest) else {
                throw EvidenceError(
                    .disclosureNotInLeaf,
                    at: "disclosure \(index + 1)",
                    "its digest is not among those of the leaf"
                )
            }
            guard !members.contains(where: { $0.name == disclosure.name }) else {
                throw EvidenceError(
                    .malformedDisclosure,
                    at: "disclosure \(index + 1)",
                    "opens a field a second time"
                )
            }
            members.append(.init(name: disclosure.name, value: disclosure.value))
        }
        return members
    }
}
