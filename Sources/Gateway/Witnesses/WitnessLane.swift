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
                $0.isDue(target.platform, size: target.checkpoint.checkpoint.size, at: now)
            }
        }.map(\.platform)
        for first in stride(from: 0, to: due.count, by: Self.concurrency) {
            let some = due[first..<min(first + Self.concurrency, due.count)]
            await withDiscardingTaskGroup { group in
                for platform in some { group.addTask { await self.show(platform) } }
            }
            if Task.isCancelled { return }
        }
    }

    private func show(_ platform: PlatformNumber) async {
        // Taken now and not with the list, so that a slow witness is shown what the others are.
        guard let checkpoint = targets.target(of: platform) else { return }
        let (isAway, position) = book.withLock {
            ($0.isAway(at: time.now()), $0.position(of: platform))
        }
        guard !isAway else { return }
        let outcome = await client.show(checkpoint, of: platform, position: position)
        let jitter = Double(random.bytes(1)[0]) / 255
        let (notice, entry, count) = book.withLock { book in
            let notice = book.note(outcome, of: platform, at: time.now(), jitter: jitter)
            return (notice, book.entries[platform], book.unreachableCount)
        }
        if case .unreachable(let reason) = outcome, count == 1 {
            logger.warning(
                "a witness does not answer",
                metadata: ["witness": "\(member.name)", "reason": "\(reason)"]
            )
        }
        if let notice { tell(notice, of: platform) }
        note(entry ?? WitnessBook.Entry(), of: platform, target: checkpoint.checkpoint.size)
    }

    private func tell(_ notice: WitnessBook.Notice, of platform: PlatformNumber) {
        var metadata: Logger.Metadata = [
            "witness": "\(member.name)", "platform": "\(platformName(platform))",
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

    private func note(_ entry: WitnessBook.Entry, of platform: PlatformNumber, target: UInt64) {
        let dimensions = [("witness", member.name), ("platform", platformName(platform))]
        Meter(label: "cardproof_witness_alarm", dimensions: dimensions)
            .set(entry.standing.alarm == nil ? 0 : 1)
        let cosigned = min(entry.confirmed ?? entry.position ?? 0, target)
        Meter(label: "cardproof_witness_behind_entries", dimensions: dimensions)
            .set(Double(target - cosigned))
    }
}
