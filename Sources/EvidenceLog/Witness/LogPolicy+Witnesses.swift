extension LogPolicy {
    /// The name of the group that a policy made here counts: no witness may have it.
    public static let witnessGroup = "witnesses"

    /// A policy that asks for the cosignatures of `threshold` of these witnesses, or for none when
    /// there are none. URLs are left out: whoever verifies offline needs none.
    /// - Throws: ``EvidenceError`` with code `malformedPolicy`, naming the line, for a name or key
    ///   that stands twice, a name with white space, a key that does not cosign, or a threshold
    ///   that is not 1 to the number of witnesses.
    public init(
        logs: [NoteVerifierKey],
        witnesses: [(name: String, key: NoteVerifierKey)],
        threshold: Int
    ) throws(EvidenceError) {
        var lines = logs.map { "log \($0.vkey)" }
        lines += witnesses.map { "witness \($0.name) \($0.key.vkey)" }
        if witnesses.isEmpty {
            lines.append("quorum none")
        } else {
            let names = witnesses.map(\.name).joined(separator: " ")
            lines.append("group \(Self.witnessGroup) \(threshold) \(names)")
            lines.append("quorum \(Self.witnessGroup)")
        }
        try self.init(bytes: Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
