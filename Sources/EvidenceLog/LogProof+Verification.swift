extension LogProof {
    /// Verifies the proof offline: signatures, inclusion of the leaf, and the leaf's form.
    ///
    /// - Parameters:
    ///   - logKey: The key pinned for the log. Nil takes the logs of `policy`; with neither, the
    ///     report says that the signature was not checked and is not authenticated.
    ///   - policy: Witnesses that must have cosigned; nil asks for none.
    ///   - entry: The entry's bytes, for proofs that carry no `extra`.
    public func verify(
        logKey: NoteVerifierKey?,
        policy: LogPolicy? = nil,
        entry: [UInt8]? = nil
    ) -> VerificationReport {
        var report = VerificationReport(subject: .proof)
        report.checkpoint = checkpoint.checkpoint
        report.checkSignatures(
            of: checkpoint,
            logKey: logKey.map { ($0, .pinned) },
            policy: policy,
            part: .checkpoint
        )
        checkInclusion(of: entry ?? extra, in: &report)
        report.omit(.trustedTime)
        report.omit(.olderCheckpoints)
        report.omit(.content)
        return report
    }

    private func checkInclusion(of entry: [UInt8]?, in report: inout VerificationReport) {
        guard let entry else {
            report.add(.leaf, EvidenceError(.malformedProof, "the proof does not carry its leaf"))
            return
        }
        do throws(EvidenceError) {
            try inclusionProof.verify(leaf: .leaf(of: entry), root: checkpoint.checkpoint.root)
            report.checks.append(.inclusion(index: index, size: checkpoint.checkpoint.size))
        } catch {
            report.add(.proof, error)
        }
        do throws(EvidenceError) {
            report.leaf = try EvidenceLeaf(bytes: entry)
            report.checks.append(.leafFormat)
        } catch {
            report.add(.leaf, error)
        }
    }
}

extension SignedCheckpoint {
    /// Verifies a checkpoint alone: who signed it, and that older checkpoints of the same size
    /// have the same root. Other sizes cannot be compared without the log's tiles.
    public func verify(
        logKey: NoteVerifierKey?,
        policy: LogPolicy? = nil,
        older: [(name: String, bytes: [UInt8])] = []
    ) -> VerificationReport {
        var report = VerificationReport(subject: .checkpoint)
        report.checkpoint = checkpoint
        report.checkSignatures(
            of: self,
            logKey: logKey.map { ($0, .pinned) },
            policy: policy,
            part: .checkpoint
        )
        for old in older {
            guard let oldCheckpoint = report.openOlder(old, newer: checkpoint) else { continue }
            guard oldCheckpoint.size == checkpoint.size else {
                report.omit(.consistency(name: old.name))
                continue
            }
            report.compare(oldCheckpoint, name: old.name, with: checkpoint, path: [])
        }
        if older.isEmpty { report.omit(.olderCheckpoints) }
        report.omit(.trustedTime)
        report.omit(.content)
        return report
    }
}

extension VerificationReport {
    /// Reads an older checkpoint and checks that the same log signed it and that it is not larger.
    mutating func openOlder(
        _ old: (name: String, bytes: [UInt8]),
        newer: Checkpoint
    ) -> Checkpoint? {
        let part = EvidencePart.oldCheckpoint(name: old.name)
        do throws(EvidenceError) {
            let signed = try SignedCheckpoint(bytes: old.bytes)
            guard signed.checkpoint.origin.hasSameBytes(as: newer.origin) else {
                throw EvidenceError(.wrongOrigin, "is of \(signed.checkpoint.origin)")
            }
            if let logKey { _ = try signed.note.verified(by: [logKey]) }
            guard signed.checkpoint.size <= newer.size else {
                throw EvidenceError(
                    .inconsistentCheckpoints,
                    "had \(signed.checkpoint.size) entries, now there are \(newer.size)"
                )
            }
            return signed.checkpoint
        } catch {
            add(part, error)
            return nil
        }
    }

    mutating func compare(
        _ old: Checkpoint,
        name: String,
        with new: Checkpoint,
        path: [TreeHash]
    ) {
        let proof = ConsistencyProof(oldSize: old.size, newSize: new.size, path: path)
        do throws(EvidenceError) {
            try proof.verify(oldRoot: old.root, newRoot: new.root)
            checks.append(.consistency(name: name, oldSize: old.size, newSize: new.size))
        } catch {
            add(
                .oldCheckpoint(name: name),
                EvidenceError(
                    .inconsistentCheckpoints,
                    at: error.location,
                    "the log of \(new.size) entries does not continue it: history was rewritten"
                )
            )
        }
    }
}
