import AdapterKit
import Logging
import Metrics
import Synchronization
import WireFormat

/// Leases and carries out the orders of one adapter that redeems, through its issuer's gate.
///
/// Apart from the lane of its checks, because an order is never given back once its intent is
/// written: it is carried on from what the store knows.
final class RedemptionLane: Sendable {
    /// A lease outlives the longest call by far; only a dead worker lets one run out.
    static let leaseDuration = Duration.seconds(300)

    let adapter: String
    private let limits: AdapterLimits
    private let store: any Store
    private let committer: Committer
    private let runner: RedemptionRunner
    private let waiters: VerdictWaiters
    private let time: any TimeSource
    private let logger: Logger
    private let eventsEnqueued: @Sendable () -> Void
    private let wakeUp: WakeUp
    private let gate: IssuerGate.Member
    private let isStopping = Mutex(false)

    init(
        adapter: String,
        limits: AdapterLimits,
        gate: IssuerGate,
        store: any Store,
        committer: Committer,
        runner: RedemptionRunner,
        waiters: VerdictWaiters,
        time: any TimeSource,
        logger: Logger,
        eventsEnqueued: @escaping @Sendable () -> Void
    ) {
        self.adapter = adapter
        self.limits = limits
        self.store = store
        self.committer = committer
        self.runner = runner
        self.waiters = waiters
        self.time = time
        self.logger = logger
        self.eventsEnqueued = eventsEnqueued
        let wakeUp = WakeUp()
        self.wakeUp = wakeUp
        self.gate = gate.member { wakeUp.raise() }
    }

    /// Looks for work now.
    func wake() { wakeUp.raise() }

    /// Takes no more work; what is under way is finished.
    func stop() {
        isStopping.withLock { $0 = true }
        wakeUp.raise()
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !isStopping.withLock({ $0 }), !Task.isCancelled {
                // Passes first: while the issuer is left alone nothing is leased.
                let passes = gate.enter(upTo: limits.concurrency)
                let leased = await lease(upTo: passes.count)
                for (order, pass) in zip(leased, passes) {
                    group.addTask {
                        await self.carryOut(order, pass)
                        self.wakeUp.raise()
                    }
                }
                gate.giveBack(passes.dropFirst(leased.count))
                if leased.isEmpty { await pause(hadPasses: !passes.isEmpty) }
            }
        }
    }

    private func lease(upTo allowed: Int) async -> [LeasedRedemption] {
        guard allowed > 0 else { return [] }
        let now = time.now()
        do {
            return try await store.leaseRedemptions(
                adapter: adapter,
                limit: allowed,
                now: now,
                until: now + Self.leaseDuration
            )
        } catch {
            logger.error(
                "no orders could be leased",
                metadata: ["adapter": "\(adapter)", "reason": "\(error)"]
            )
            try? await time.sleep(for: CheckLane.storePause)
            return []
        }
    }

    private func pause(hadPasses: Bool) async {
        var limit = CheckLane.longestSleep
        let wait = gate.wait
        if wait > .zero {
            limit = min(limit, wait)
        } else if hadPasses, let due = try? await store.nextRedemptionDue(adapter: adapter) {
            limit = min(limit, max(.milliseconds(1), due.duration(since: time.now())))
        }
        await wakeUp.sleep(upTo: limit, time: time)
    }

    private func carryOut(_ leased: LeasedRedemption, _ pass: IssuerGate.Pass) async {
        let committer = committer
        var signal = IssuerSignal.nothing
        defer { gate.leave(pass, signal) }
        do {
            let result = try await runner.carryOut(leased) { try await committer.submit($0) }
            signal = result.signal
            guard case .committed(let receipt) = result.outcome else { return }
            if let state = receipt.redemption?.state { Self.count(state, adapter: adapter) }
            if receipt.hasEvents { eventsEnqueued() }
            waiters.decided(leased.redemption.check)
        } catch {
            await giveBack(leased, because: error)
        }
    }

    /// An order is due again at once when it was interrupted before anything was sent, or when the
    /// store could not record what came; one whose adapter is not there waits for the end of its
    /// lease. In whatever state it is found again, nothing is sent twice.
    private func giveBack(_ leased: LeasedRedemption, because error: any Error) async {
        let failure = error as? RedemptionRunner.Failure
        if !(error is CancellationError), failure?.isPaused != true {
            let reason = failure?.reason ?? "\(type(of: error))"
            logger.error(
                "an order was not carried out",
                metadata: ["order": "\(leased.redemption.number.text)", "reason": "\(reason)"]
            )
        }
        switch error {
        case is CancellationError: break
        case is Committer.Failure: try? await time.sleep(for: CheckLane.storePause)
        default: return
        }
        try? await store.releaseRedemptions(
            [leased.redemption.number],
            leasedUntil: leased.leasedUntil
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
            // A lane that waits for another issuer comes back by its lease, not by being woken.
            gates: gates.mapValues { $0.member {} },
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
    ) -> [String: RedemptionLane] {
        parts.registry.readyIDs.reduce(into: [:]) { lanes, id in
            guard let adapter = parts.registry.adapter(id) as? any RedeemingAdapter,
                let gate = gates[id]
            else { return }
            lanes[id] = RedemptionLane(
                adapter: id,
                limits: adapter.descriptor.limits,
                gate: gate,
                store: parts.store,
                committer: committer,
                runner: runner,
                waiters: waiters,
                time: parts.time,
                logger: parts.logger,
                eventsEnqueued: { events.wake() }
            )
        }
    }
}
