public import EvidenceLog
public import Logging
import Synchronization

/// A witness of other people's logs: cosigns a checkpoint when it continues the one that it
/// cosigned before, and remembers it before it answers.
///
/// Source: https://c2sp.org/tlog-witness.
public final class Witness: Sendable {
    /// An HTTP answer.
    public struct Answer: Sendable {
        public let status: Int
        public let mediaType: String
        public let body: [UInt8]
    }

    public let verifierKey: NoteVerifierKey
    private let signer: CosignatureSigner
    private let logs: WitnessLogs
    private let store: any WitnessStore
    private let time: any TimeSource
    private let logger: Logger
    private let isBroken = Mutex(false)
    private let brokenSignal: AsyncStream<StoreError>.Continuation
    /// Yields once when the memory cannot be trusted any more and the process must end.
    public let failure: AsyncStream<StoreError>

    public init(
        signer: CosignatureSigner,
        logs: WitnessLogs,
        store: any WitnessStore,
        time: any TimeSource,
        logger: Logger
    ) {
        self.signer = signer
        verifierKey = signer.verifierKey
        self.logs = logs
        self.store = store
        self.time = time
        self.logger = logger
        (failure, brokenSignal) = AsyncStream.makeStream()
    }

    /// Answers a request to `add-checkpoint`.
    /// - Parameter body: at most `AddCheckpointRequest.largestByteCount` bytes.
    /// - Throws: ``StoreError`` when nothing could be kept, and so nothing is cosigned;
    ///   `EvidenceError` when the library cannot sign.
    public func addCheckpoint(_ body: [UInt8]) async throws -> Answer {
        guard !isBroken.withLock({ $0 }) else { throw StoreError.broken("the witness ends") }
        do {
            return try await cosign(logs.candidate(body))
        } catch let refusal as WitnessRefusal {
            return Answer(
                status: refusal.status,
                mediaType: refusal.mediaType,
                body: Array(refusal.body.utf8)
            )
        } catch let error as StoreError {
            if case .broken = error {
                isBroken.withLock { $0 = true }
                brokenSignal.yield(error)
            }
            throw error
        }
    }

    private func cosign(_ candidate: WitnessCandidate) async throws -> Answer {
        let kept: WitnessedCheckpoint
        do {
            kept = try await store.advance(origin: candidate.origin) { [self] last in
                try cosigned(candidate, after: last)
            }
        } catch let WitnessRefusal.inconsistent(reason) {
            // May be proof of the log's misbehaviour, and may be somebody's bad proof for a good
            // checkpoint: whoever reads it has both checkpoints to compare.
            logger.error(
                "alarm: a log's checkpoint was not shown to continue what was cosigned",
                metadata: [
                    "origin": "\(candidate.origin)", "size": "\(candidate.size)",
                    "reason": "\(reason)",
                    "checkpoint": "\(String(decoding: candidate.note.serialized, as: UTF8.self))",
                ]
            )
            throw WitnessRefusal.inconsistent(reason)
        }
        let log = candidate.note.serialized
        return Answer(
            status: 200,
            mediaType: "text/plain; charset=utf-8",
            body: Array(kept.note.dropFirst(log.count))
        )
    }

    /// Runs inside the store's transaction: signing is local, and a cosignature that is made in a
    /// transaction that fails is never shown to anyone.
    private func cosigned(
        _ candidate: WitnessCandidate,
        after last: WitnessedHead?
    ) throws -> WitnessedCheckpoint {
        let now = time.now()
        var accepted = try candidate.accepted(after: last, at: now)
        try accepted.append([signer.cosign(accepted.note.text, at: now)])
        return WitnessedCheckpoint(
            head: WitnessedHead(
                size: accepted.checkpoint.size,
                root: accepted.checkpoint.root,
                cosignedAt: now
            ),
            note: accepted.serialized
        )
    }

    /// The last cosigned checkpoint of the log whose origin has this SHA-256; nil when there is
    /// none.
    public func checkpoint(originHash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        try await store.checkpoint(originHash: originHash)
    }
}
