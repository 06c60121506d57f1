import WireFormat

extension BundleVerification {
    /// Stamped checkpoints against the head, stamps against them, and every entry's own time
    /// against the bracket that stamps give it.
    mutating func checkTime(_ pinned: TimeStampTrust?) async {
        checkStampedCheckpoints()
        let anchors = anchors()
        requireStamps(of: anchors)
        let findings = report.findings.count
        let stamps = await verifiedStamps(pinned, anchors)
        guard !stamps.isEmpty else {
            report.omit(.trustedTime)
            // Whoever pins an authority asks for its stamp; one that is wrong was told above.
            if pinned != nil, report.findings.count == findings { fail("time", Self.noneOfPinned) }
            return
        }
        report.checks.append(.timeStamps(count: stamps.count, isPinned: pinned != nil))
        bracket(by: stamps)
    }

    private static let noneOfPinned = EvidenceError(
        .untrustedChain,
        "no time stamp in the bundle is by an authority that you gave"
    )

    /// A stamp that holds, and where its anchor leaf lies, if it is in the bundle.
    struct BundledStamp {
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
            guard signed.checkpoint.size == size, size > 0 else {
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

    private mutating func verifiedStamps(
        _ pinned: TimeStampTrust?,
        _ anchors: [Anchor: [UInt64]]
    ) async -> [BundledStamp] {
        let responses = bundle.paths.compactMap { path -> (UInt64, String)? in
            guard case .stamped(let size, .response(let name)) = path else { return nil }
            return (size, name)
        }
        guard !responses.isEmpty, let own = ownAuthorities() else { return [] }
        var stamps: [BundledStamp] = []
        for (size, name) in responses {
            let path = BundlePath.stamped(size: size, .response(authority: name))
            do throws(EvidenceError) {
                var stamp = try await verifiedStamp(size: size, name, under: own)
                if let pinned {
                    guard let known = try? await verifiedStamp(size: size, name, under: pinned)
                    else {
                        report.omit(.timeStamp(path: path.path))
                        continue
                    }
                    stamp = known
                }
                if !stamp.accuracyIsStated { report.omit(.statedAccuracy(path: path.path)) }
                let anchor = anchors[anchor(size: size, path)]?.min()
                stamps.append(BundledStamp(size: size, stamp: stamp, anchor: anchor))
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
            _ = try Self.blocks(PEMText.certificate, in: bytes)
            return try .ofBundles(roots: String(decoding: bytes, as: UTF8.self))
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
            try Self.blocks(label, in: bundle[.stamped(size: size, file)] ?? [])
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

    /// In a bundle PEM has one spelling: nothing lies between its blocks.
    private static func blocks(
        _ label: String,
        in bytes: [UInt8]
    ) throws(EvidenceError) -> [[UInt8]] {
        let blocks = try PEMText.blocks(label, in: String(decoding: bytes, as: UTF8.self))
        guard Array(PEMText.text(label, blocks).utf8) == bytes else {
            throw EvidenceError(.malformedCertificate, "is not PEM in its one spelling")
        }
        return blocks
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
}
