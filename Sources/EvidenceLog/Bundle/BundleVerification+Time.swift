import WireFormat

extension BundleVerification {
    /// Stamped checkpoints against the head.
    mutating func checkTime() {
        for path in bundle.paths {
            guard case .stamped(let size, let file) = path else { continue }
            switch file {
            case .checkpoint: checkStampedCheckpoint(size: size)
            default:
                if bundle[.stamped(size: size, .checkpoint)] == nil {
                    fail(
                        path, EvidenceError(.unexpectedFile, "nothing of size \(size) was stamped"))
                }
            }
        }
        report.omit(.trustedTime)
    }

    /// It is a checkpoint of this log, and the head's log continues it.
    private mutating func checkStampedCheckpoint(size: UInt64) {
        let path = BundlePath.stamped(size: size, .checkpoint)
        guard let head = head?.checkpoint else { return }
        do throws(EvidenceError) {
            let signed = try SignedCheckpoint(bytes: bundle[path] ?? [])
            guard signed.checkpoint.origin.hasSameBytes(as: head.origin) else {
                throw EvidenceError(.wrongOrigin, "is of \(signed.checkpoint.origin)")
            }
            if let key = report.logKey { _ = try signed.note.verified(by: [key]) }
            guard signed.checkpoint.size == size else {
                throw EvidenceError(.malformedCheckpoint, "is of size \(signed.checkpoint.size)")
            }
            let file = BundlePath.stamped(size: size, .consistency)
            let proof = ConsistencyProof(
                oldSize: size,
                newSize: head.size,
                path: try Self.hashes(bundle[file] ?? [], named: file.path)
            )
            try proof.verify(oldRoot: signed.checkpoint.root, newRoot: head.root)
        } catch {
            fail(path, error)
        }
    }
}
