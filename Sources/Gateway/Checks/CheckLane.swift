import AdapterKit
import CardModel
import Logging
import Metrics
import Synchronization
import WireFormat

/// Leases and carries out the checks of one adapter, within its concurrency and its rate.
///
/// One lane an adapter: an issuer that is slow or down holds up nobody else's checks.
final class CheckLane: Sendable {
    /// A lease outlives the longest inquiry by far; only a dead worker lets one run out.
    static let leaseDuration = Duration.seconds(300)
    /// How long the lane sleeps when it knows of nothing to do.
    static let longestSleep = Duration.seconds(30)
    /// Pause after the store could not give or take work.
    static let storePause = Duration.seconds(1)

    let adapter: String
    private let limits: AdapterLimits
    private let store: any Store
    private let committer: Committer
    private let runner: CheckRunner
    private let waiters: VerdictWaiters
    private let time: any TimeSource
    private let logger: Logger
    private let eventsEnqueued: @Sendable () -> Void
    private let wakeUp = WakeUp()
    private let isStopping = Mutex(false)
    private let bucket: Mutex<TokenBucket>
    /// Checks under way.
    private let running = Mutex(0)

    init(
        adapter: String,
        limits: AdapterLimits,
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
        self.store = store
        self.committer = committer
        self.runner = runner
        self.waiters = waiters
        self.time = time
        self.logger = logger
        self.eventsEnqueued = eventsEnqueued
        bucket = Mutex(
            TokenBucket(tokensPerSecond: limits.requestsPerSecond, burst: limits.burst)
        )
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
                let free = limits.concurrency - running.withLock { $0 }
                let leased = await lease(upTo: free)
                for check in leased {
                    running.withLock { $0 += 1 }
                    group.addTask {
                        await self.carryOut(check)
                        self.running.withLock { $0 -= 1 }
                        self.wakeUp.raise()
                    }
                }
                if leased.isEmpty { await pause(hasFreePlaces: free > 0) }
            }
        }
    }

    private func lease(upTo free: Int) async -> [LeasedCheck] {
        let now = time.now()
        let allowed = bucket.withLock { $0.take(max(0, free), at: now) }
        guard allowed > 0 else { return [] }
        do {
            let leased = try await store.leaseChecks(
                adapter: adapter,
                limit: allowed,
                now: now,
                until: now + Self.leaseDuration
            )
            bucket.withLock { $0.giveBack(allowed - leased.count) }
            return leased
        } catch {
            bucket.withLock { $0.giveBack(allowed) }
            logger.error(
                "no checks could be leased",
                metadata: ["adapter": "\(adapter)", "reason": "\(error)"]
            )
            try? await time.sleep(for: Self.storePause)
            return []
        }
    }

    private func pause(hasFreePlaces: Bool) async {
        let now = time.now()
        var limit = Self.longestSleep
        if hasFreePlaces {
            let wait = bucket.withLock { $0.wait(at: now) }
            if wait > .zero {
                limit = min(limit, wait)
            } else if let due = try? await store.nextCheckDue(adapter: adapter) {
                limit = min(limit, max(.milliseconds(1), due.duration(since: now)))
            }
        }
        await wakeUp.sleep(upTo: limit, time: time)
    }

    private func carryOut(_ leased: LeasedCheck) async {
        do {
            let outcome = try await runner.outcome(of: leased)
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
