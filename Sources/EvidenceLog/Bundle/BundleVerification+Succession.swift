import WireFormat

extension BundleVerification {
    /// The key that signs the bundle: the log's own, or that of a log that follows it.
    ///
    /// The private key of a log that has ended is destroyed. Its last leaf names the next key,
    /// under the old key's last signature; so each file of the succession leads from one key to the
    /// next.
    /// Nil, and a finding, when one of them does not.
    mutating func signingKey(after logKey: NoteVerifierKey) -> NoteVerifierKey? {
        let numbers = bundle.paths.compactMap { path in
            if case .succession(let number) = path { number } else { nil }
        }.sorted()
        var key = logKey
        for (place, number) in numbers.enumerated() {
            let path = BundlePath.succession(number)
            do throws(EvidenceError) {
                guard number == place + 1 else {
                    throw EvidenceError(.unexpectedFile, "number \(place + 1) is not there")
                }
                key = try nextKey(
                    LogProof(bytes: bundle[path] ?? []), after: key, isFirst: place == 0)
            } catch {
                fail(path, error)
                return nil
            }
        }
        if !numbers.isEmpty { report.checks.append(.succession(key: key)) }
        return key
    }

    private func nextKey(
        _ proof: LogProof,
        after key: NoteVerifierKey,
        isFirst: Bool
    ) throws(EvidenceError) -> NoteVerifierKey {
        let checkpoint = proof.checkpoint.checkpoint
        if isFirst, proof.checkpoint.serialized != head?.serialized {
            throw EvidenceError(.malformedProof, "does not end in the bundle's checkpoint")
        }
        guard checkpoint.origin.hasSameBytes(as: key.name) else {
            throw EvidenceError(
                .wrongOrigin, "is of \(checkpoint.origin), the key is of \(key.name)")
        }
        _ = try proof.checkpoint.note.verified(by: [key])
        guard proof.index + 1 == checkpoint.size else {
            throw EvidenceError(.malformedProof, "is not of the log's last entry")
        }
        guard let entry = proof.extra else {
            throw EvidenceError(.malformedProof, "does not carry its leaf")
        }
        try proof.inclusionProof.verify(leaf: .leaf(of: entry), root: checkpoint.root)
        guard case .next(let origin, let vkey) = KeyChange(try EvidenceLeaf(bytes: entry)) else {
            throw EvidenceError(.malformedLeaf, "does not name the next key")
        }
        let next = try NoteVerifierKey(vkey: vkey)
        guard next.name.hasSameBytes(as: origin), next.type == .ed25519 else {
            throw EvidenceError(.malformedLeaf, "its key is not that of the log that it names")
        }
        return next
    }
}
