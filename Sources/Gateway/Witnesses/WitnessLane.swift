import AdapterKit
import EvidenceLog
import Logging
import Metrics
import Synchronization
import WireFormat

/// Shows one witness the targets, in a loop of its own: a witness that is slow or away keeps
/// nobody else waiting, neither another witness nor a delivery.
final class WitnessLane: Sendable {
    /// Logs that are shown at one time, so that a far witness keeps up with many platforms.
    static let concurrency = 8
    /// The longest sleep: a clock that was set back must not put a retry off for ever.
    private static let longestSleep = Duration.seconds(60)

    private let client: WitnessClient
    private let targets: CosigningTargets
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let platformName: @Sendable (PlatformNumber) -> String
    private let wakeUp = WakeUp()
    private let book: Mutex<WitnessBook>

    init(
        client: WitnessClient,
        positions: [WitnessPosition],
        targets: CosigningTargets,
        time: any TimeSource,
        random: any RandomSource,
        logger: Logger,
        platformName: @escaping @Sendable (PlatformNumber) -> String
    ) {
        self.client = client
        self.targets = targets
        self.time = time
        self.random = random
        self.logger = logger
        self.platformName = platformName
        let vkey = client.member.key.vkey
        book = Mutex(WitnessBook(positions: positions.filter { $0.witness == vkey }))
    }

    var member: WitnessRoster.Member { client.member }

    var standing: WitnessBook { book.withLock { $0 } }

    func wake() { wakeUp.raise() }

    /// Runs until its task is cancelled: a request under way is broken off, since a witness loses
    /// nothing by that.
    func run() async {
        while !Task.isCancelled {
            let now = time.now()
            await showTargets(at: now)
            await wakeUp.sleep(upTo: pause(after: now), time: time)
        }
    }

    private func pause(after round: Instant) -> Duration {
        guard let next = book.withLock({ $0.nextTime(after: round) }) else {
            return Self.longestSleep
        }
        let left = next.duration(since: time.now())
        return min(max(left, .milliseconds(1)), Self.longestSleep)
    }

    private func showTargets(at now: Instant) async {
        let due = targets.all.filter { target in
            book.withLock {
                $0.isDue(target.log.name, size: target.size, at: now)
            }
        }.map(\.log.name)
        for first in stride(from: 0, to: due.count, by: Self.concurrency) {
            let some = due[first..<min(first + Self.concurrency, due.count)]
            await withDiscardingTaskGroup { group in
                for log in some { group.addTask { await self.show(log) } }
            }
            if Task.isCancelled { return }
        }
    }

    private func show(_ name: LogName) async {
        // Taken now and not with the list, so that a slow witness is shown what the others are.
        guard let target = targets.target(of: name) else { return }
        let (isAway, position) = book.withLock {
            ($0.isAway(at: time.now()), $0.position(of: target.log))
        }
        guard !isAway else { return }
        let outcome = await client.show(
            target.checkpoint, of: target.log, position: position)
        let jitter = Double(random.bytes(1)[0]) / 255
        let (notice, entry, count) = book.withLock { book in
            let notice = book.note(outcome, of: name, at: time.now(), jitter: jitter)
            return (notice, book.entries[name], book.unreachableCount)
        }
        if case .unreachable(let reason) = outcome, count == 1 {
            logger.warning(
                "a witness does not answer",
                metadata: ["witness": "\(member.name)", "reason": "\(reason)"]
            )
        }
        if let notice { tell(notice, of: target.log) }
        note(entry ?? WitnessBook.Entry(), of: target)
    }

    private func tell(_ notice: WitnessBook.Notice, of log: LogRecord) {
        var metadata: Logger.Metadata = [
            "witness": "\(member.name)", "platform": "\(platformName(log.platform))",
            "log": "\(log.origin)",
        ]
        switch notice {
        case .alarm(let alarm):
            metadata["reason"] = "\(alarm)"
            logger.error(
                "alarm: a witness has seen another history of this log (docs/witnesses.md)",
                metadata: metadata
            )
        case .alarmIsOver:
            logger.notice("a witness cosigns this log again", metadata: metadata)
        case .refused(let status):
            metadata["status"] = "\(status)"
            logger.warning("a witness does not take this log", metadata: metadata)
        case .unusable(let reason):
            metadata["reason"] = "\(reason)"
            logger.warning("a witness gave no cosignature", metadata: metadata)
        }
    }

    /// Of a platform's open log: one that has ended stands in the operator's list.
    private func note(_ entry: WitnessBook.Entry, of target: CosigningTarget) {
        guard target.log.end == nil else { return }
        let dimensions = [
            ("witness", member.name), ("platform", platformName(target.log.platform)),
        ]
        Meter(label: "cardproof_witness_alarm", dimensions: dimensions)
            .set(entry.standing.alarm == nil ? 0 : 1)
        let cosigned = min(entry.confirmed ?? entry.position ?? 0, target.size)
        Meter(label: "cardproof_witness_behind_entries", dimensions: dimensions)
            .set(Double(target.size - cosigned))
    }
}
