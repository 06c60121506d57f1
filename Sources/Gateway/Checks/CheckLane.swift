import AdapterKit
import CardModel
import Logging
import Metrics
import Synchronization
import WireFormat

/// Leases and carries out the checks of one adapter, through its issuer's gate.
///
/// One lane an adapter: an issuer that is slow or down holds up nobody else's checks.
final class CheckLane: Sendable {
    /// A lease outlives the longest question by far; only a dead worker lets one run out.
    static let leaseDuration = Duration.seconds(300)
    /// How long the lane sleeps when it knows of nothing to do.
    static let longestSleep = Duration.seconds(30)
    /// Pause after the store could not give or take work.
    static let storePause = Duration.seconds(1)
    /// How often the open re-asks are counted, when there is time: it reads an index.
    static let backlogInterval = Duration.seconds(15)

    let adapter: String
    private let limits: AdapterLimits
    private let store: any Store
    private let committer: Committer
    private let runner: CheckRunner
    private let trust: AdapterTrust
    private let waiters: VerdictWaiters
    private let time: any TimeSource
    private let logger: Logger
    private let eventsEnqueued: @Sendable () -> Void
    private let wakeUp: WakeUp
    private let gate: IssuerGate.Member
    private let isStopping = Mutex(false)
    private let backlogCountedAt = Mutex<Instant?>(nil)
    private let metrics: CheckLaneMetrics

    init(
        adapter: String,
        limits: AdapterLimits,
        gate: IssuerGate,
        trust: AdapterTrust,
        store: any Store,
        committer: Committer,
        runner: CheckRunner,
        waiters: VerdictWaiters,
        time: any TimeSource,
        logger: Logger,
        eventsEnqueued: @escaping @Sendable () -> Void
    ) {
        self.adapter = adapter
        self.limits = limits
        self.trust = trust
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
        metrics = CheckLaneMetrics(adapter: adapter)
    }

    /// Looks for work now.
    func wake() { wakeUp.raise() }

    /// Takes no more work; what is under way is finished or, when cancelled, given back.
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
                for (check, pass) in zip(leased, passes) {
                    group.addTask {
                        await self.carryOut(check, pass)
                        self.wakeUp.raise()
                    }
                }
                gate.giveBack(passes.dropFirst(leased.count))
                if leased.isEmpty { await pause(hadPasses: !passes.isEmpty) }
            }
        }
    }

    private func lease(upTo allowed: Int) async -> [LeasedCheck] {
        guard allowed > 0 else { return [] }
        let now = time.now()
        do {
            return try await store.leaseChecks(
                adapter: adapter,
                limit: allowed,
                now: now,
                until: now + Self.leaseDuration
            )
        } catch {
            logger.error(
                "no checks could be leased",
                metadata: ["adapter": "\(adapter)", "reason": "\(error)"]
            )
            try? await time.sleep(for: Self.storePause)
            return []
        }
    }

    private func pause(hadPasses: Bool) async {
        await countBacklog()
        var limit = Self.longestSleep
        let wait = gate.wait
        if wait > .zero {
            limit = min(limit, wait)
        } else if hadPasses, let due = try? await store.nextCheckDue(adapter: adapter) {
            limit = min(limit, max(.milliseconds(1), due.duration(since: time.now())))
        }
        await wakeUp.sleep(upTo: limit, time: time)
    }

    private func countBacklog() async {
        let now = time.now()
        let isDue = backlogCountedAt.withLock { last in
            if let last, last <= now, now.duration(since: last) < Self.backlogInterval {
                return false
            }
            last = now
            return true
        }
        guard isDue, let count = try? await store.reaskCount(adapter: adapter) else { return }
        metrics.note(reasks: count)
    }

    private func carryOut(_ leased: LeasedCheck, _ pass: IssuerGate.Pass) async {
        var signal = IssuerSignal.nothing
        defer { gate.leave(pass, signal) }
        do {
            let askedAt = time.now()
            metrics.note(queued: askedAt.duration(since: leased.dueAt))
            let answer = try await runner.ask(leased)
            signal = answer.signal
            metrics.note(asked: time.now().duration(since: askedAt))
            let outcome = try runner.outcome(of: answer, isTrusted: trust.isTrusted(adapter))
            let committed = try await committer.submit(.recordCheck(outcome))
            Self.count(outcome.verdict.state, adapter: adapter)
            if case .committed(let receipt) = committed, receipt.hasEvents { eventsEnqueued() }
            waiters.decided(leased.check.id)
        } catch {
            await giveBack(leased, because: error)
        }
    }

    /// A check that was interrupted, or that the store could not record, is due again at once. One
    /// that cannot be carried out (erased key, unknown policy) waits for the end of its lease, so
    /// that it never keeps its lane busy. The reason never holds a code.
    private func giveBack(_ leased: LeasedCheck, because error: any Error) async {
        if !(error is CancellationError) {
            let reason = (error as? CheckRunner.Failure)?.reason ?? "\(type(of: error))"
            logger.error(
                "a check was not carried out",
                metadata: ["check": "\(leased.check.id)", "reason": "\(reason)"]
            )
        }
        switch error {
        case is CancellationError: break
        case is Committer.Failure: try? await time.sleep(for: Self.storePause)
        default: return
        }
        try? await store.releaseChecks([leased.check.id], leasedUntil: leased.leasedUntil)
    }

    static func count(_ state: VerdictState, adapter: String) {
        Counter(
            label: "cardproof_checks_total",
            dimensions: [("adapter", adapter), ("state", state.rawValue)]
        ).increment()
    }
}

/// What an operator sees of one lane. docs/metrics.md says what each series means.
private struct CheckLaneMetrics: Sendable {
    private let queue: Metrics.Timer
    private let ask: Metrics.Timer
    private let reasks: Meter

    init(adapter: String) {
        let dimensions = [("adapter", adapter)]
        queue = Metrics.Timer(label: "cardproof_check_queue", dimensions: dimensions)
        ask = Metrics.Timer(label: "cardproof_check_ask", dimensions: dimensions)
        reasks = Meter(label: "cardproof_checks_reask_pending", dimensions: dimensions)
    }

    func note(queued wait: Duration) { queue.record(max(.zero, wait)) }
    func note(asked duration: Duration) { ask.record(max(.zero, duration)) }
    func note(reasks count: Int) { reasks.set(count) }
}

extension Metrics.Timer {
    /// To the millisecond, which is what instants have.
    fileprivate func record(_ duration: Duration) { recordMilliseconds(duration.wholeMilliseconds) }
}
