import AdapterKit
import Logging
import Synchronization
import WireFormat

/// What a lane leases from the store and carries out.
protocol LaneWork: Sendable {
    associatedtype Leased: Sendable

    /// What the operator calls several of them.
    static var name: String { get }

    /// Up to `limit` that are due now, each of them nobody else's until `until`.
    func lease(upTo limit: Int, at now: Instant, until: Instant) async throws -> [Leased]
    /// When the next one is due; nil when none waits.
    func nextDue() async throws -> Instant?
    /// - Parameter signal: what the ask showed of the issuer, from the moment that it is known.
    /// - Throws: `Committer.Failure` or `CancellationError` when it is due again at once; anything
    ///   else makes it wait for the end of its lease, so that it never keeps its lane busy.
    func carryOut(_ leased: Leased, _ signal: inout IssuerSignal) async throws
    func release(_ leased: Leased) async throws
    /// Tells the operator what went wrong, and never a code.
    func report(_ error: any Error, about leased: Leased)
    /// When the lane has nothing to do for now.
    func rest() async
}

extension LaneWork {
    func rest() async {}
}

/// Leases and carries out one kind of work of one adapter, through its issuer's gate.
///
/// One lane an adapter and kind: an issuer that is slow or down holds up nobody else's work.
final class IssuerLane<Work: LaneWork>: Sendable {
    private let adapter: String
    private let concurrency: Int
    private let work: Work
    private let time: any TimeSource
    private let logger: Logger
    private let wakeUp: WakeUp
    private let gate: IssuerGate.Member
    private let isStopping = Mutex(false)

    init(
        adapter: String,
        concurrency: Int,
        gate: IssuerGate,
        work: Work,
        time: any TimeSource,
        logger: Logger
    ) {
        self.adapter = adapter
        self.concurrency = concurrency
        self.work = work
        self.time = time
        self.logger = logger
        let wakeUp = WakeUp()
        self.wakeUp = wakeUp
        self.gate = gate.member { wakeUp.raise() }
    }

    /// Looks for work now.
    func wake() { wakeUp.raise() }

    /// Takes no more work; what is under way is finished or, when cancelled, given back if nothing
    /// was sent that may not be sent twice.
    func stop() {
        isStopping.withLock { $0 = true }
        wakeUp.raise()
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !isStopping.withLock({ $0 }), !Task.isCancelled {
                // Passes first: while the issuer is left alone nothing is leased.
                let passes = gate.enter(upTo: concurrency)
                let leased = await lease(upTo: passes.count)
                for (one, pass) in zip(leased, passes) {
                    group.addTask {
                        await self.carryOut(one, pass)
                        self.wakeUp.raise()
                    }
                }
                gate.giveBack(passes.dropFirst(leased.count))
                if leased.isEmpty { await pause(hadPasses: !passes.isEmpty) }
            }
        }
    }

    private func lease(upTo allowed: Int) async -> [Work.Leased] {
        guard allowed > 0 else { return [] }
        let now = time.now()
        do {
            return try await work.lease(
                upTo: allowed,
                at: now,
                until: now + LaneTiming.leaseDuration
            )
        } catch {
            logger.error(
                "no \(Work.name) could be leased",
                metadata: ["adapter": "\(adapter)", "reason": "\(error)"]
            )
            try? await time.sleep(for: LaneTiming.storePause)
            return []
        }
    }

    private func pause(hadPasses: Bool) async {
        await work.rest()
        var limit = LaneTiming.longestSleep
        let wait = gate.wait
        if wait > .zero {
            limit = min(limit, wait)
        } else if hadPasses, let due = try? await work.nextDue() {
            limit = min(limit, max(.milliseconds(1), due.duration(since: time.now())))
        }
        await wakeUp.sleep(upTo: limit, time: time)
    }

    private func carryOut(_ leased: Work.Leased, _ pass: IssuerGate.Pass) async {
        var signal = IssuerSignal.nothing
        // Who had nobody asked gives the place back, and what it took of the issuer's rate.
        defer { if signal == .nothing { gate.giveBack([pass]) } else { gate.leave(pass, signal) } }
        do {
            try await work.carryOut(leased, &signal)
        } catch is CancellationError {
            try? await work.release(leased)
        } catch {
            work.report(error, about: leased)
            guard error is Committer.Failure else { return }
            try? await time.sleep(for: LaneTiming.storePause)
            try? await work.release(leased)
        }
    }
}

/// How long lanes hold and wait.
enum LaneTiming {
    /// A lease outlives the longest question or call by far; only a dead worker lets one run out.
    static let leaseDuration = Duration.seconds(300)
    /// How long a lane sleeps when it knows of nothing to do.
    static let longestSleep = Duration.seconds(30)
    /// Pause after the store could not give or take work.
    static let storePause = Duration.seconds(1)
}
