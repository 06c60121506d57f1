extension VerificationReport {
    /// Checks who signed a checkpoint and writes the result down.
    ///
    /// - Parameters:
    ///   - logKey: The one key that must have signed; nil leaves it to the policy's logs.
    ///   - source: Whether the policy came with the evidence.
    ///   - part: How findings name the checkpoint.
    ///   - remark: What to add when the quorum was not reached.
    /// - Returns: Whether the log's signature is good.
    @discardableResult
    mutating func checkSignatures(
        of signed: SignedCheckpoint,
        logKey: (key: NoteVerifierKey, source: KeySource)?,
        policy: LogPolicy?,
        from source: PolicySource = .pinned,
        part: EvidencePart,
        remark: String = ""
    ) -> Bool {
        let candidates = logKey.map { [$0.key] } ?? policy?.logs.map(\.key) ?? []
        if policy == nil { omit(.witnesses) } else { policySource = source }
        guard !candidates.isEmpty else {
            omit(.logSignature)
            return false
        }
        let origin = signed.checkpoint.origin
        let logKeys = candidates.filter { $0.name.hasSameBytes(as: origin) }
        guard !logKeys.isEmpty else {
            let known = candidates.map(\.name).joined(separator: ", ")
            add(part, EvidenceError(.wrongOrigin, "is of \(origin), the key is of \(known)"))
            return false
        }
        let witnesses = policy?.witnesses ?? []
        do throws(EvidenceError) {
            let keys = logKeys + witnesses.map(\.key)
            let verified = try signed.note.verified(by: keys)
            guard let log = verified.first(where: { logKeys.contains($0.key) }) else {
                throw EvidenceError(.noKnownSignature, "the log itself has not signed")
            }
            accept(log.key, source: logKey?.source ?? .policy)
            cosignatures = verified.filter { !logKeys.contains($0.key) }
            self.witnesses = witnesses.map { witness in
                WitnessStanding(
                    name: "\(witness.name)",
                    key: witness.key,
                    cosignedAt: cosignatures.first { $0.key == witness.key }?.time
                )
            }
            checkPolicy(policy, log: log.key, part: part, remark: remark)
            return true
        } catch {
            add(part, error)
            return false
        }
    }

    private mutating func accept(_ key: NoteVerifierKey, source: KeySource) {
        logKey = key
        keySource = source
        checks.append(.logSignature(key: key, source: source))
    }

    private mutating func checkPolicy(
        _ policy: LogPolicy?,
        log: NoteVerifierKey,
        part: EvidencePart,
        remark: String
    ) {
        guard let policy else { return }
        guard policy.logs.isEmpty || policy.logs.contains(where: { $0.key == log }) else {
            add(.policy, EvidenceError(.wrongOrigin, "does not name the log \(log.name)"))
            return
        }
        let keys = Set(cosignatures.map(\.key))
        let names = policy.witnesses.filter { keys.contains($0.key) }.map(\.name)
        guard policy.isSatisfied(byWitnesses: Set(names)) else {
            let whose = policySource == .evidence ? "beside it" : "that you gave"
            let detail =
                "\(names.count) of \(policy.witnesses.count) witnesses have cosigned, fewer than "
                + "the quorum of the policy \(whose)\(remark)"
            add(part, EvidenceError(.quorumNotReached, detail))
            return
        }
        switch policy.quorum {
        case .none: omit(.witnessesNotAsked)
        case .member: checks.append(.witnessQuorum(cosignatures: names.count))
        }
    }
}
