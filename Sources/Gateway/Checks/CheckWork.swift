import AdapterKit
import CardModel
import Logging
import Metrics
import Synchronization
import WireFormat

/// The checks of one adapter.
final class CheckWork: LaneWork {
    static let name = "checks"
    /// How often the open re-asks are counted, when there is time: it reads an index.
    private static let backlogInterval = Duration.seconds(15)

    private let adapter: String
    private let parts: DeliveryGateway.Parts
    private let committer: Committer
    private let runner: CheckRunner
    private let trust: AdapterTrust
    private let waiters: VerdictWaiters
    private let eventsEnqueued: @Sendable () -> Void
    private let backlogCountedAt = Mutex<Instant?>(nil)
    private let metrics: CheckMetrics

    init(
        adapter: String,
        parts: DeliveryGateway.Parts,
        committer: Committer,
        runner: CheckRunner,
        trust: AdapterTrust,
        waiters: VerdictWaiters,
        eventsEnqueued: @escaping @Sendable () -> Void
    ) {
        self.adapter = adapter
        self.parts = parts
        self.committer = committer
        self.runner = runner
        self.trust = trust
        self.waiters = waiters
        self.eventsEnqueued = eventsEnqueued
        metrics = CheckMetrics(adapter: adapter)
    }

    func lease(upTo limit: Int, at now: Instant, until: Instant) async throws -> [LeasedCheck] {
        try await parts.store.leaseChecks(adapter: adapter, limit: limit, now: now, until: until)
    }

    func nextDue() async throws -> Instant? {
        try await parts.store.nextCheckDue(adapter: adapter)
    }

    func carryOut(_ leased: LeasedCheck, _ signal: inout IssuerSignal) async throws {
        let askedAt = parts.time.now()
        metrics.note(queued: askedAt.duration(since: leased.dueAt))
        let answer = try await runner.ask(leased)
        signal = answer.signal
        metrics.note(asked: parts.time.now().duration(since: askedAt))
        let outcome = try runner.outcome(of: answer, isTrusted: trust.isTrusted(adapter))
        let committed = try await committer.submit(.recordCheck(outcome))
        if outcome.verdict.cause == .adapterDegraded, trust.isTrusted(adapter) {
            // It recovered while the answer was on its way, which would wait for hours.
            let now = parts.time.now()
            _ = try await committer.submit(.makeReasksDue(adapter: adapter, at: now))
        }
        Self.count(outcome.verdict.state, adapter: adapter)
        if case .committed(let receipt) = committed, receipt.hasEvents { eventsEnqueued() }
        waiters.decided(leased.check.id)
    }

    func release(_ leased: LeasedCheck) async throws {
        try await parts.store.releaseChecks([leased.check.id], leasedUntil: leased.leasedUntil)
    }

    func report(_ error: any Error, about leased: LeasedCheck) {
        let reason = (error as? CheckRunner.Failure)?.reason ?? "\(type(of: error))"
        parts.logger.error(
            "a check was not carried out",
            metadata: ["check": "\(leased.check.id)", "reason": "\(reason)"]
        )
    }

    /// Counts the backlog.
    func rest() async {
        let now = parts.time.now()
        let isDue = backlogCountedAt.withLock { last in
            if let last, last <= now, now.duration(since: last) < Self.backlogInterval {
                return false
            }
            last = now
            return true
        }
        guard isDue, let count = try? await parts.store.reaskCount(adapter: adapter) else { return }
        metrics.note(reasks: count)
    }

    static func count(_ state: VerdictState, adapter: String) {
        Counter(
            label: "cardproof_checks_total",
            dimensions: [("adapter", adapter), ("state", state.rawValue)]
        ).increment()
    }
}

/// What an operator sees of the checks of one adapter. docs/metrics.md says what each series means.
private struct CheckMetrics: Sendable {
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
