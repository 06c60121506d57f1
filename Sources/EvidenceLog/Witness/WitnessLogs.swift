public import WireFormat

/// The logs that a witness cosigns, and the keys it believes for each.
///
/// Read from the `log` lines of a tlog-policy; its other lines say nothing to a witness. Two lines
/// with one name are one log with two keys, as while a log changes its key.
/// Source: https://c2sp.org/tlog-policy.
public struct WitnessLogs: Sendable {
    /// By the bytes of the origin: names that differ only in Unicode normalisation are two logs.
    private let keys: [[UInt8]: [NoteVerifierKey]]

    /// - Throws: ``EvidenceError``: `malformedPolicy` when it names no log, `unsupportedKey` for a
    ///   log whose signatures could never be verified here.
    public init(_ policy: LogPolicy) throws(EvidenceError) {
        guard !policy.logs.isEmpty else {
            throw EvidenceError(.malformedPolicy, "names no log")
        }
        var keys: [[UInt8]: [NoteVerifierKey]] = [:]
        for log in policy.logs {
            guard log.key.type == .ed25519 else {
                throw EvidenceError(
                    .unsupportedKey,
                    at: log.key.name,
                    "a log signs with an Ed25519 key (type 1), this one is \(log.key.type)"
                )
            }
            keys[Array(log.key.name.utf8), default: []].append(log.key)
        }
        self.keys = keys
    }

    /// Number of logs; a log with two keys counts once.
    public var count: Int { keys.count }

    /// The origins, in the order of their bytes.
    public var origins: [String] {
        keys.keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// Reads a request and finds out whether a log that the witness knows has signed it. Needs no
    /// memory of the log, so that strangers cost the witness no transaction.
    /// - Throws: ``WitnessRefusal``: `malformed`, `unknownOrigin` or `notSigned`.
    public func candidate(_ request: [UInt8]) throws(WitnessRefusal) -> WitnessCandidate {
        let parsed: AddCheckpointRequest
        do throws(EvidenceError) {
            parsed = try AddCheckpointRequest(bytes: request)
        } catch {
            throw .malformed(error)
        }
        guard let trusted = keys[Array(parsed.claim.origin.utf8)] else { throw .unknownOrigin }
        do throws(EvidenceError) {
            _ = try parsed.note.verified(by: trusted)
            let signatures = parsed.note.signatures.filter { signature in
                trusted.contains { $0.isNamed(by: signature) }
            }
            let vouched = try SignedNote(text: parsed.note.text, signatures: signatures)
            return WitnessCandidate(request: parsed, note: vouched)
        } catch {
            throw .notSigned(error)
        }
    }
}

/// A checkpoint that a known log has signed and that the witness may cosign, if it continues what
/// the witness cosigned before.
public struct WitnessCandidate: Sendable {
    private let request: AddCheckpointRequest
    /// The checkpoint with the known log's signatures and no stranger's: should it not continue
    /// what was cosigned before, the words of the log itself.
    public let note: SignedNote

    /// Made after the signatures were verified, and only then.
    fileprivate init(request: AddCheckpointRequest, note: SignedNote) {
        self.request = request
        self.note = note
    }

    public var origin: String { request.claim.origin }
    public var size: UInt64 { request.claim.size }

    /// The checkpoint to cosign, with the known log's signatures alone.
    ///
    /// - Parameters:
    ///   - last: what the witness cosigned last of this origin; nil when it never did. Read in the
    ///     transaction that writes what comes back, so that no two answers rest on one head.
    ///   - now: the time of the cosignature.
    /// - Throws: ``WitnessRefusal``, in the order in which https://c2sp.org/tlog-witness has the
    ///   checks: `oldSizeBeyondCheckpoint`, `otherSize`, `inconsistent`; then `clockBehind`.
    public func accepted(
        after last: WitnessedHead?,
        at now: Instant
    ) throws(WitnessRefusal) -> SignedCheckpoint {
        guard request.oldSize <= size else { throw .oldSizeBeyondCheckpoint }
        let lastSize = last?.size ?? 0
        guard request.oldSize == lastSize else { throw .otherSize(cosigned: lastSize) }
        let checkpoint: SignedCheckpoint
        do throws(EvidenceError) {
            checkpoint = try SignedCheckpoint(bytes: note.serialized)
            try ConsistencyProof(oldSize: request.oldSize, newSize: size, path: request.proof)
                .verify(oldRoot: last?.root ?? .emptyTree, newRoot: request.claim.root)
        } catch {
            throw .inconsistent(error)
        }
        // Cosignatures are dated in seconds.
        if let last, now.wholeSeconds < last.cosignedAt.wholeSeconds {
            throw .clockBehind(last.cosignedAt)
        }
        return checkpoint
    }
}

extension Instant {
    fileprivate var wholeSeconds: Int64 { secondsAndMilliseconds.seconds }
}

/// What a witness cosigned last of one log: all that it has to remember.
public struct WitnessedHead: Sendable, Hashable {
    public let size: UInt64
    public let root: TreeHash
    public let cosignedAt: Instant

    public init(size: UInt64, root: TreeHash, cosignedAt: Instant) {
        self.size = size
        self.root = root
        self.cosignedAt = cosignedAt
    }
}
