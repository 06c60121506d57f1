import CardModel
import Logging
import Synchronization
import WireFormat

/// Lets the clocks of claims ring: each round once, in the order in which they were due, also after
/// a week in which nobody was there.
///
/// Whether a clock rings is decided in the transaction (``Ledger``); this only looks who is due. So
/// two of them at work do no harm, and a wall clock that jumps is noticed within ``tick``.
final class ClaimLane: Sendable {
    /// Between two looks: what is due rings within a tick of it (M2-22).
    static let tick = Duration.seconds(1)
    /// Clocks of one look; of each claim the first one that is due.
    static let roundLimit = 200

    private let parts: DeliveryGateway.Parts
    private let committer: Committer
    private let drafting: ClaimDrafting
    private let events: EventSender
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var loop: Task<Void, Never>?
    }

    init(
        _ parts: DeliveryGateway.Parts,
        committer: Committer,
        drafting: ClaimDrafting,
        events: EventSender
    ) {
        self.parts = parts
        self.committer = committer
        self.drafting = drafting
        self.events = events
    }

    func run() async {
        let loop = Task {
            while !Task.isCancelled {
                let isMore = await ringDue()
                if !isMore { try? await parts.time.sleep(for: Self.tick) }
            }
        }
        let isStopped = state.withLock { state in
            state.loop = loop
            return state.isStopped
        }
        if isStopped { loop.cancel() }
        await withTaskCancellationHandler {
            await loop.value
        } onCancel: {
            loop.cancel()
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.loop?.cancel()
        }
    }

    /// - Returns: whether more may be due at once.
    private func ringDue() async -> Bool {
        do {
            let due = try await parts.store.dueRings(
                now: parts.time.now(), limit: Self.roundLimit)
            // One after another for a claim: the first may end what the second waits for.
            var claims: Set<ClaimID> = []
            let first = due.filter { claims.insert($0.claim).inserted }
            let rung = await withTaskGroup(of: Bool.self) { group in
                for ring in first { group.addTask { await self.ring(ring) } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            if rung > 0 { events.wake() }
            return rung > 0
        } catch {
            parts.logger.error("clocks do not ring", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// - Returns: whether it rang now.
    private func ring(_ ring: ClaimRing) async -> Bool {
        do {
            guard let advance = try await advance(for: ring) else { return false }
            switch try await committer.submit(.advanceClaim(advance)) {
            case .committed: return true
            case .repeated, .refused: return false
            }
        } catch {
            parts.logger.error(
                "a clock did not ring",
                metadata: [
                    "claim": .string(ring.claim.text), "timer": .string(ring.timer.rawValue),
                    "reason": "\(error)",
                ])
            return false
        }
    }

    private func advance(for ring: ClaimRing) async throws -> ClaimAdvance? {
        guard let record = try await parts.store.claim(ring.claim) else { return nil }
        return try await drafting.advance(
            record, move: .event(.timerRung(ring.timer)), name: "timer.rung",
            detail: [
                "timer": .string(ring.timer.rawValue), "round": .integer(Int64(ring.round)),
                "due_at": .string(ring.dueAt.rfc3339),
            ],
            by: .system)
    }
}
