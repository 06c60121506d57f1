import WireFormat

extension BundleVerification {
    /// Stamped checkpoints against the head, stamps against them, and every entry's own time
    /// against the bracket that stamps give it.
    mutating func checkTime(_ pinned: TimeStampTrust?) async {
        checkStampedCheckpoints()
        requireStampsOfAnchors()
        let stamps = await verifiedStamps(pinned)
        guard !stamps.isEmpty else { return report.omit(.trustedTime) }
        report.checks.append(.timeStamps(count: stamps.count, isPinned: pinned != nil))
        bracket(by: stamps)
    }

    /// A stamp that holds, and where its anchor leaf lies, if it is in the bundle.
    private struct BundledStamp {
        let size: UInt64
        let stamp: VerifiedTimeStamp
        let anchor: UInt64?
    }

    // MARK: Checkpoints

    private mutating func checkStampedCheckpoints() {
        for path in bundle.paths {
            guard case .stamped(let size, let file) = path else { continue }
            switch file {
            case .checkpoint: checkStampedCheckpoint(size: size)
            case .consistency, .response: requireOwner(of: path, .stamped(size: size, .checkpoint))
            case .stampedText(let name), .certificates(let name), .revocationLists(let name):
                requireOwner(of: path, .stamped(size: size, .response(authority: name)))
            case .place(let name):
                requireOwner(of: path, .stamped(size: size, .stampedText(authority: name)))
            }
        }
    }

    private mutating func requireOwner(of path: BundlePath, _ owner: BundlePath) {
        guard bundle[owner] == nil else { return }
        fail(path, EvidenceError(.unexpectedFile, "\(owner.path) is not there"))
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

    // MARK: Stamps

    private mutating func verifiedStamps(_ pinned: TimeStampTrust?) async -> [BundledStamp] {
        let responses = bundle.paths.compactMap { path -> (UInt64, String)? in
            guard case .stamped(let size, .response(let name)) = path else { return nil }
            return (size, name)
        }
        guard !responses.isEmpty, let trust = pinned ?? ownAuthorities() else { return [] }
        var stamps: [BundledStamp] = []
        for (size, name) in responses {
            let path = BundlePath.stamped(size: size, .response(authority: name))
            do throws(EvidenceError) {
                let stamp = try await verifiedStamp(size: size, name, under: trust)
                stamps.append(
                    BundledStamp(size: size, stamp: stamp, anchor: anchor(of: path, size: size))
                )
            } catch  where error.code == .untrustedChain && pinned != nil {
                report.omit(.timeStamp(path: path.path))
            } catch {
                fail(path, error)
            }
        }
        return stamps
    }

    private mutating func ownAuthorities() -> TimeStampTrust? {
        guard let bytes = bundle[.authorities] else {
            missing(.authorities)
            return nil
        }
        do throws(EvidenceError) {
            return try TimeStampTrust(roots: String(decoding: bytes, as: UTF8.self))
        } catch {
            fail(.authorities, error)
            return nil
        }
    }

    private func verifiedStamp(
        size: UInt64,
        _ name: String,
        under trust: TimeStampTrust
    ) async throws(EvidenceError) -> VerifiedTimeStamp {
        func pem(_ file: BundlePath.StampFile, _ label: String) throws(EvidenceError) -> [[UInt8]] {
            let bytes = bundle[.stamped(size: size, file)] ?? []
            return try PEMText.blocks(label, in: String(decoding: bytes, as: UTF8.self))
        }
        let response = bundle[.stamped(size: size, .response(authority: name))] ?? []
        let token = try TimeStampResponse(der: response).token
        // One spelling of the response, so that no byte of the file goes unchecked.
        guard token.response == response else {
            throw EvidenceError(.malformedTimeStamp, "holds more than the granted token")
        }
        return try await trust.verify(
            token,
            over: try stampedBytes(size: size, name),
            certificates: try pem(.certificates(authority: name), PEMText.certificate),
            revocationLists: try pem(.revocationLists(authority: name), PEMText.revocationList)
        )
    }

    /// What was stamped: the checkpoint's file, or a text over several logs that holds it.
    private func stampedBytes(
        size: UInt64,
        _ name: String
    ) throws(EvidenceError) -> [UInt8] {
        let checkpoint = bundle[.stamped(size: size, .checkpoint)] ?? []
        guard let text = bundle[.stamped(size: size, .stampedText(authority: name))] else {
            return checkpoint
        }
        let file = BundlePath.stamped(size: size, .place(authority: name))
        do throws(EvidenceError) {
            try StampPlace(bytes: bundle[file] ?? []).check(checkpoint: checkpoint, in: text)
        } catch {
            throw EvidenceError(error.code, at: file.path, error.located)
        }
        return text
    }

    // MARK: Anchors and brackets

    /// The anchor leaf that says that all later entries are younger than a stamp.
    private func anchor(of path: BundlePath, size: UInt64) -> UInt64? {
        let digest = Hexadecimal.encode(TreeHash.plain(bundle[path] ?? []).bytes)
        return report.entries.first {
            $0.anchored?["tsr_sha256"]?.stringValue == digest
                && $0.anchored?["size"]?.integerValue == Int64(clamping: size)
        }?.index
    }

    /// An anchor whose stamp is not there would say nothing, and look as if it did.
    private mutating func requireStampsOfAnchors() {
        var anchored: Set<UInt64> = []
        for path in bundle.paths {
            guard case .stamped(let size, .response) = path else { continue }
            if let index = anchor(of: path, size: size) { anchored.insert(index) }
        }
        for entry in report.entries
        where entry.anchored != nil && !anchored.contains(entry.index) {
            fail(
                .entry(entry.folder, index: entry.index, .proof),
                EvidenceError(.missingFile, "the stamp that it anchors is not there")
            )
        }
    }

    private mutating func bracket(by stamps: [BundledStamp]) {
        for (place, entry) in report.entries.enumerated() {
            let before = stamps.filter { $0.anchor.map { $0 < entry.index } ?? false }
            let after = stamps.filter { $0.size > entry.index }
            let bracket = TimeBracket(
                notBefore: before.map(\.stamp.earliest).max(),
                notAfter: after.map(\.stamp.latest).min()
            )
            report.entries[place].bracket = bracket
            guard !bracket.allows(entry.leaf.time) else { continue }
            fail(
                .entry(entry.folder, index: entry.index, .proof),
                EvidenceError(
                    .timeOutsideBracket,
                    "says \(entry.leaf.time.rfc3339Seconds), the stamps around it say otherwise"
                )
            )
        }
    }
}

extension BundledEntry {
    /// The members of an anchor leaf.
    fileprivate var anchored: JSONObject? {
        if case .disclosed(.anchor, let members) = leaf.content { members } else { nil }
    }
}
