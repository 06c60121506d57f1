import WireFormat

/// The types of leaf that are readable in the log, because they concern the log and no delivery.
public enum PublicLeafType: String, Sendable, CaseIterable {
    /// An outside time stamp over an earlier checkpoint: everything after this leaf is younger.
    case anchor
    /// The state of the gateway: clock offset, error rates, build.
    case health
    /// Another key signs from here on.
    case keyChange = "key_change"
    /// Private records were erased: a digest of the request and a count, no list.
    case erasure
    /// An outage that stops the clock of warranties was declared, or is over.
    case incident

    /// Names of members, and strings in them, that every leaf of these types may hold.
    static func check(_ members: [JSONObject.Member]) throws(EvidenceError) {
        for (index, member) in members.enumerated() {
            guard LeafFields.isName(member.name), !["t", "typ", "v"].contains(member.name) else {
                throw EvidenceError(
                    .malformedLeaf,
                    at: "member \(index)",
                    "the name is taken or not like `size`"
                )
            }
            guard !members[..<index].contains(where: { $0.name == member.name }) else {
                throw EvidenceError(.malformedLeaf, at: member.name, "occurs twice")
            }
            guard isPlain(member.value) else {
                throw EvidenceError(
                    .malformedLeaf,
                    at: member.name,
                    "not a string, boolean, exact integer or an array of them"
                )
            }
        }
    }

    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .string, .bool: true
        case .integer: CanonicalText.isWritable(value)
        case .array(let elements): elements.allSatisfy(isPlain)
        case .null, .decimal, .object: false
        }
    }
}
