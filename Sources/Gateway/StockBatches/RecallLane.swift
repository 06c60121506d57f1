import Crypto
import Logging
import WireFormat

/// Tells the holders of recalled batches, a round at a time, so that no transaction grows with a
/// batch. What a crash left untold is told at the next start.
final class RecallLane: Sendable {
    /// Before a round that the store did not take is tried again.
    static let pauseAfterFailure = Duration.seconds(2)

    private let parts: DeliveryGateway.Parts
    private let committer: Committer
    private let events: EventSender
    private let loop = StoppableLoop()

    init(_ parts: DeliveryGateway.Parts, committer: Committer, events: EventSender) {
        self.parts = parts
        self.committer = committer
        self.events = events
    }

    func run() async {
        await loop.run { [self] in
            await tellAll()
            for await _ in committer.recalls { await tellAll() }
        }
    }

    func stop() { loop.stop() }

    private func tellAll() async {
        while !Task.isCancelled {
            do {
                let batches = try await parts.store.recallsUnderWay()
                guard !batches.isEmpty else { return }
                for batch in batches where !Task.isCancelled { try await tell(batch) }
            } catch {
                parts.logger.error("holders are not told", metadata: ["reason": "\(error)"])
                try? await parts.time.sleep(for: Self.pauseAfterFailure)
            }
        }
    }

    private func tell(_ batch: StockBatchRecord) async throws {
        if batch.toldThrough == -1 {
            parts.logger.warning(
                "a batch of stock is recalled",
                metadata: [
                    "batch": .string(batch.id.text), "bad": "\(batch.standing.badCount)",
                    "codes": "\(batch.standing.goodCount)",
                ]
            )
        }
        let round = RecallRound(
            batch: batch.id,
            at: parts.time.now(),
            drafting: LeafDrafting(
                seed: parts.random.bytes(LeafDrafting.seedByteCount),
                dataKey: SymmetricKey(size: .bits256)
            )
        )
        let outcome = try await committer.submit(.stock(.tellHolders(round)))
        guard case .committed(let receipt) = outcome else {
            throw StoreError.unavailable("a round was refused")
        }
        if receipt.hasEvents { events.wake() }
    }
}
