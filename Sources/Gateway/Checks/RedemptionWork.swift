import AdapterKit
import Logging
import Metrics
import WireFormat

/// The orders of one adapter that redeems, in one phase or in both.
///
/// In a lane apart from that of its checks, because an order is never given back once its intent is
/// written: it is carried on from what the store knows. In whatever state it is found again,
/// nothing is sent twice.
struct RedemptionWork: LaneWork {
    static let name = "orders"

    let adapter: String
    /// Nil when whoever is told to redeem is also asked what became of it.
    let phase: RedemptionPhase?
    let parts: DeliveryGateway.Parts
    let committer: Committer
    let runner: RedemptionRunner
    let waiters: VerdictWaiters
    let eventsEnqueued: @Sendable () -> Void
    /// What was heard may have made an order of the other phase due.
    let movedOn: @Sendable () -> Void

    func lease(
        upTo limit: Int,
        at now: Instant,
        until: Instant
    ) async throws -> [LeasedRedemption] {
        try await parts.store.leaseRedemptions(
            adapter: adapter,
            in: phase,
            limit: limit,
            now: now,
            until: until
        )
    }

    func nextDue() async throws -> Instant? {
        try await parts.store.nextRedemptionDue(adapter: adapter, in: phase)
    }

    func carryOut(_ leased: LeasedRedemption, _ signal: inout IssuerSignal) async throws {
        let committer = committer
        let result = try await runner.carryOut(leased) { try await committer.submit($0) }
        signal = result.signal
        if phase != nil { movedOn() }
        guard case .committed(let receipt) = result.outcome else { return }
        if let state = receipt.redemption?.state { Self.count(state, adapter: adapter) }
        if receipt.hasEvents { eventsEnqueued() }
        waiters.decided(leased.redemption.check)
    }

    func release(_ leased: LeasedRedemption) async throws {
        try await parts.store.releaseRedemptions(
            [leased.redemption.number],
            leasedUntil: leased.leasedUntil
        )
    }

    func report(_ error: any Error, about leased: LeasedRedemption) {
        let failure = error as? RedemptionRunner.Failure
        if failure?.isPaused == true { return }
        let reason = failure?.reason ?? "\(type(of: error))"
        parts.logger.error(
            "an order was not carried out",
            metadata: ["order": "\(leased.redemption.number.text)", "reason": "\(reason)"]
        )
    }

    static func count(_ state: RedemptionRecord.State, adapter: String) {
        Counter(
            label: "cardproof_redemptions_total",
            dimensions: [("adapter", adapter), ("state", state.rawValue)]
        ).increment()
    }
}
