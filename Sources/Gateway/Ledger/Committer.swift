public import Logging
import Synchronization
import WireFormat

/// Gathers concurrent changes into batches (group commit), one batch at a time.
///
/// A caller waits until its batch is durable; one that goes away costs the others nothing,
/// because the batch belongs to the committer's own task. After ``StoreError/broken(_:)``
/// nothing is accepted any more and ``failure`` tells why, so that the process can end.
public final class Committer: Sendable {
    /// Changes of one batch: bounds the time a batch takes, and so the p99 of those behind it.
    public static let batchLimit = 256
    /// Changes that may wait; more are answered 503, so that memory and latency stay bounded.
    public static let queueLimit = 4_096

    /// Why a change was not even tried.
    public enum Failure: Error, Sendable, Equatable {
        /// The queue is full: come again.
        case overloaded
        case closing
        case store(StoreError)
    }

    private struct Waiting {
        let change: Change
        let resume: CheckedContinuation<Result<CommitOutcome, Failure>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isCommitting = false
        var refusal: Failure?
    }

    private let store: any Store
    private let logger: Logger
    private let state = Mutex(State())
    private let brokenSignal: AsyncStream<StoreError>.Continuation
    private let claimSignal: AsyncStream<Void>.Continuation
    private let recallSignal: AsyncStream<Void>.Continuation
    /// Yields when a claim was opened; several at once count as one. For one reader.
    let openedClaims: AsyncStream<Void>
    /// Yields when a batch was recalled; several at once count as one. For one reader.
    let recalls: AsyncStream<Void>
    /// Yields once when the store is broken and the process must end.
    public let failure: AsyncStream<StoreError>

    public init(store: any Store, logger: Logger) {
        self.store = store
        self.logger = logger
        (failure, brokenSignal) = AsyncStream.makeStream()
        (openedClaims, claimSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (recalls, recallSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Returns when the change is durable, or says why it is not.
    public func submit(_ change: Change) async throws(Failure) -> CommitOutcome {
        let result = await withCheckedContinuation { continuation in
            let waiting = Waiting(change: change, resume: continuation)
            let (refusal, starts) = state.withLock { state -> (Failure?, Bool) in
                if let refusal = state.refusal { return (refusal, false) }
                if state.waiting.count >= Self.queueLimit { return (.overloaded, false) }
                state.waiting.append(waiting)
                defer { state.isCommitting = true }
                return (nil, !state.isCommitting)
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
            // Its own task: the cancellation of the caller that started it does not reach it.
            if starts { Task.detached { await self.commitWaiting() } }
        }
        return try result.get()
    }

    /// Changes that wait for the next batch.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Accepts nothing more; what was accepted is still committed.
    public func close() {
        state.withLock { $0.refusal = $0.refusal ?? .closing }
    }

    private func commitWaiting() async {
        while let batch = nextBatch() {
            do {
                let outcomes = try await store.commit(batch.map(\.change))
                for (waiting, outcome) in zip(batch, outcomes) {
                    waiting.resume.resume(returning: .success(outcome))
                }
                if outcomes.contains(where: \.opensClaim) { claimSignal.yield() }
                if outcomes.contains(where: \.recallsBatch) { recallSignal.yield() }
            } catch {
                fail(batch, with: error)
            }
        }
    }

    /// The longest waiting changes; nil (and idle) when there are none.
    private func nextBatch() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isCommitting = false
                return nil
            }
            let batch = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func fail(_ batch: [Waiting], with error: StoreError) {
        logger.error("a batch was not written", metadata: ["reason": "\(error)"])
        if case .broken = error {
            let rest = state.withLock { state in
                state.refusal = .store(error)
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiting in rest { waiting.resume.resume(returning: .failure(.store(error))) }
            brokenSignal.yield(error)
        }
        for waiting in batch { waiting.resume.resume(returning: .failure(.store(error))) }
    }
}
