import AdapterKit
import Logging
import Metrics
import WireFormat

/// The orders of one adapter that redeems.
///
/// In a lane apart from that of its checks, because an order is never given back once its intent is
/// written: it is carried on from what the store knows. In whatever state it is found again,
/// nothing is sent twice.
struct RedemptionWork: LaneWork {
    static let name = "orders"

    let adapter: String
    let parts: DeliveryGateway.Parts
    let committer: Committer
    let runner: RedemptionRunner
    let waiters: VerdictWaiters
    let eventsEnqueued: @Sendable () -> Void

    func lease(
        upTo limit: Int,
        at now: Instant,
        until: Instant
    ) async throws -> [LeasedRedemption] {
        try await parts.store.leaseRedemptions(
            adapter: adapter,
            limit: limit,
            now: now,
            until: until
        )
    }

    func nextDue() async throws -> Instant? {
        try await parts.store.nextRedemptionDue(adapter: adapter)
    }

    func carryOut(_ leased: LeasedRedemption, _ signal: inout IssuerSignal) async throws {
        let committer = committer
        let result = try await runner.carryOut(leased) { try await committer.submit($0) }
        signal = result.signal
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

extension RedemptionRunner {
    init(
        _ parts: DeliveryGateway.Parts,
        policies: PolicyLibrary,
        gates: [String: IssuerGate],
        trust: AdapterTrust
    ) {
        self.init(
            directory: parts.directory,
            registry: parts.registry,
            catalogue: parts.catalogue,
            policies: policies,
            transport: parts.transport,
            time: parts.time,
            random: parts.random,
            schedule: .redemptions,
            retries: parts.reask,
            publicURL: parts.publicURL,
            gates: gates,
            trust: trust
        )
    }
}

extension DeliveryGateway {
    /// A lane for each adapter that redeems.
    static func redemptionLanes(
        _ parts: Parts,
        gates: [String: IssuerGate],
        committer: Committer,
        runner: RedemptionRunner,
        waiters: VerdictWaiters,
        events: EventSender
    ) -> [String: IssuerLane<RedemptionWork>] {
        parts.registry.readyIDs.reduce(into: [:]) { lanes, id in
            guard let adapter = parts.registry.adapter(id) as? any RedeemingAdapter,
                let gate = gates[id]
            else { return }
            lanes[id] = IssuerLane(
                adapter: id,
                concurrency: adapter.descriptor.limits.concurrency,
                gate: gate,
                work: RedemptionWork(
                    adapter: id,
                    parts: parts,
                    committer: committer,
                    runner: runner,
                    waiters: waiters,
                    eventsEnqueued: { events.wake() }
                ),
                time: parts.time,
                logger: parts.logger
            )
        }
    }
}
