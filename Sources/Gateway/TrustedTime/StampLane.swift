import EvidenceLog
import Logging
import Metrics
import Synchronization
import WireFormat

/// Stamps the logs with one authority, round by round, for as long as the gateway runs.
///
/// An authority that is down is asked again after growing pauses and holds nobody up: intake
/// does not wait for it, another authority has its own lane, and a shutdown ends its question.
final class StampLane: Sendable {
    /// How the authority stands.
    struct Standing: Sendable, Hashable {
        var lastStampedAt: Instant?
        var failingSince: Instant?
        /// Why its last round failed; nil after one that did not.
        var failure: String?
        /// Rounds that failed in a row.
        var failureCount = 0
        var clock: ClockReading?
    }

    private struct State {
        var standing = Standing()
        var roundStartedAt: Instant?
        var nextAt: Instant?
        var claimAt: Instant?
    }

    private let round: StampRound
    private let directory: PlatformDirectory
    private let interval: Duration
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let loop = StoppableLoop()
    private let wakeUp = WakeUp()
    private let state = Mutex(State())
    private let metrics: StampMetrics

    init(
        _ authority: any TimestampAuthority,
        interval: Duration,
        parts: DeliveryGateway.Parts,
        committer: Committer
    ) {
        round = StampRound(
            authority: authority,
            store: parts.store,
            committer: committer,
            time: parts.time
        )
        directory = parts.directory
        self.interval = interval
        time = parts.time
        random = parts.random
        logger = parts.logger
        metrics = StampMetrics(authority: authority.name)
    }

    var name: String { round.authority.name }
    var standing: Standing { state.withLock { $0.standing } }

    /// A claim was opened: its log is stamped soon, unless the authority is failing.
    func claimOpened() {
        let now = time.now()
        state.withLock { state in
            let earliest = state.roundStartedAt.map { $0 + TimeStampPlan.shortestPause } ?? now
            state.claimAt = state.claimAt ?? max(earliest, now + TimeStampPlan.delayAfterClaim)
        }
        wakeUp.raise()
    }

    /// Breaks off the question that is on its way, too.
    func stop() { loop.stop() }

    func run() async { await loop.run { await self.repeatRounds() } }

    private func repeatRounds() async {
        while !Task.isCancelled {
            let startedAt = time.now()
            state.withLock { state in
                state.roundStartedAt = startedAt
                state.claimAt = nil
            }
            do {
                let issued = try await round.run(over: directory.all.map(\.number))
                note(issued)
            } catch {
                guard !Task.isCancelled else { return }
                note(error)
            }
            await sleepUntilDue()
        }
    }

    private func note(_ issued: IssuedTimeStamp?) {
        let next = time.now() + jittered(interval)
        let hadFailed = state.withLock { state in
            state.nextAt = next
            let hadFailed = state.standing.failureCount > 0
            // Without a new stamp there was nothing to stamp, and so nothing fails.
            state.standing = Standing(
                lastStampedAt: issued?.stamp.genTime ?? state.standing.lastStampedAt,
                clock: issued.map { ClockReading($0) } ?? state.standing.clock
            )
            return hadFailed
        }
        guard let issued else { return }
        metrics.note(.stamped)
        metrics.note(issued)
        if hadFailed {
            logger.notice("an authority stamps again", metadata: ["authority": "\(name)"])
        }
        if let note = issued.revocationNote {
            logger.warning(
                "a stamp is kept without a revocation list",
                metadata: ["authority": "\(name)", "reason": "\(note)"]
            )
        }
    }

    private func note(_ error: any Error) {
        let now = time.now()
        let failure = error as? StampingFailure
        let reason = failure.map(\.description) ?? "our own store: \(type(of: error))"
        let jitter = Double(random.bytes(1)[0]) / 255
        let next = state.withLock { state in
            let pause = PauseLadder.failingAuthority.pause(
                after: state.standing.failureCount,
                jitter: jitter
            )
            state.standing.failureCount += 1
            state.standing.failingSince = state.standing.failingSince ?? now
            state.standing.failure = reason
            state.nextAt = now + pause
            return now + pause
        }
        metrics.note(failure?.cause.result ?? .notKept)
        logger.warning(
            "no time stamp: entries are proven by the log alone until there is one",
            metadata: [
                "authority": "\(name)", "reason": "\(reason)", "next": "\(next.rfc3339)",
            ]
        )
    }

    /// When the next round begins: a claim puts it forward, but not while the authority fails.
    private var dueAt: Instant {
        let now = time.now()
        return state.withLock { state in
            let next = state.nextAt ?? now
            guard state.standing.failureCount == 0, let claim = state.claimAt else { return next }
            return min(next, claim)
        }
    }

    private func sleepUntilDue() async {
        let longest = max(interval, .seconds(600)) * 2
        while !Task.isCancelled {
            let left = dueAt.duration(since: time.now())
            // A clock that was set back must not put the round off.
            guard left > .zero, left <= longest else { return }
            await wakeUp.sleep(upTo: left, time: time)
        }
    }

    private func jittered(_ pause: Duration) -> Duration {
        pause * (1 + TimeStampPlan.jitterShare * Double(random.bytes(1)[0]) / 255)
    }
}
