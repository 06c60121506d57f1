import CardModel
import Logging
import WireFormat

/// Lets the clocks of claims ring: each round once, in the order in which they were due, also after
/// a week in which nobody was there.
///
/// Whether a clock rings is decided in the transaction (``Ledger``); this only looks who is due. So
/// two of them at work do no harm, and a wall clock that jumps is noticed within ``tick``. A clock
/// that does not ring is tried again ever later (``RingRetries``); what it tells of when it was due
/// stays as it was.
final class ClaimLane: Sendable {
    /// Between two looks: what is due rings within a tick of it (M2-22).
    static let tick = Duration.seconds(1)
    /// Claims of which a clock rings in one look.
    static let roundLimit = 200

    private let parts: DeliveryGateway.Parts
    private let committer: Committer
    private let drafting: ClaimDrafting
    private let events: EventSender
    private let loop = StoppableLoop()

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
        await loop.run { [self] in
            var retries = RingRetries()
            while !Task.isCancelled {
                guard let pause = await ringDue(&retries) else { continue }
                try? await parts.time.sleep(for: pause)
            }
        }
    }

    func stop() { loop.stop() }

    /// - Returns: how long until the next look; nil when more may be due at once.
    private func ringDue(_ retries: inout RingRetries) async -> Duration? {
        let now = parts.time.now()
        do {
            let due = try await parts.store.dueRings(
                now: now, limit: retries.limit(for: Self.roundLimit))
            let ready = retries.take(from: due, at: now, limit: Self.roundLimit)
            let failures = await ring(ready)
            for failure in failures { note(failure, &retries) }
            guard failures.count < ready.count else { return Self.tick }
            events.wake()
            return nil
        } catch {
            let pause = retries.noteFailedLook(jitter: jitter)
            parts.logger.error(
                "clocks do not ring",
                metadata: ["reason": "\(error)", "next": .string((now + pause).rfc3339)])
            return pause
        }
    }

    /// Lets these ring, all at once.
    /// - Returns: those that did not.
    private func ring(_ ready: [ClaimRing]) async -> [Failure] {
        await withTaskGroup(of: Failure?.self) { group in
            for ring in ready { group.addTask { await self.ring(ring) } }
            return await group.reduce(into: []) { if let failure = $1 { $0.append(failure) } }
        }
    }

    /// A clock that did not ring.
    private struct Failure: Sendable {
        let ring: ClaimRing
        let reason: String
        /// The claim may have moved since it was looked at: then another clock of it is due.
        var mayHaveMoved = false
    }

    /// - Returns: nil when it rang now.
    private func ring(_ ring: ClaimRing) async -> Failure? {
        do {
            guard let advance = try await advance(for: ring) else {
                return Failure(ring: ring, reason: "its claim is gone", mayHaveMoved: true)
            }
            switch try await committer.submit(.advanceClaim(advance)) {
            case .committed: return nil
            case .repeated: return Failure(ring: ring, reason: "repeated", mayHaveMoved: true)
            case .refused(let refusal):
                return Failure(ring: ring, reason: "\(refusal)", mayHaveMoved: true)
            }
        } catch {
            return Failure(ring: ring, reason: "\(error)")
        }
    }

    private func note(_ failure: Failure, _ retries: inout RingRetries) {
        let ring = failure.ring
        let (count, until) = retries.note(
            failureOf: ring, at: parts.time.now(), jitter: jitter)
        parts.logger.log(
            level: failure.mayHaveMoved && count == 1 ? .debug : .error,
            "a clock did not ring",
            metadata: [
                "claim": .string(ring.claim.text), "timer": .string(ring.timer.rawValue),
                "reason": .string(failure.reason), "next": .string(until.rfc3339),
            ])
    }

    private var jitter: Double { Double(parts.random.bytes(1)[0]) / 255 }

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
