import AdapterKit
import EvidenceLog
import Logging
import WireFormat

/// Has each platform's newest checkpoint cosigned by the witnesses of the roster, every few
/// seconds while it grows. Nothing waits for it: neither a delivery, nor a commit, nor the end.
final class Cosigning: Sendable {
    let roster: WitnessRoster
    private let store: any Store
    private let targets = CosigningTargets()
    private let lanes: [WitnessLane]
    private let platforms: @Sendable () -> [Platform]
    private let time: any TimeSource
    private let loop = StoppableLoop()

    /// - Parameter positions: as the store has them.
    init(_ parts: DeliveryGateway.Parts, log: LogReader, positions: [WitnessPosition]) {
        let roster = parts.witnesses
        self.roster = roster
        store = parts.store
        time = parts.time
        platforms = { [directory = parts.directory] in directory.all }
        let targets = targets
        lanes = roster.members.compactMap { member in
            roster.quorum.map { quorum in
                WitnessLane(
                    client: WitnessClient(
                        member: member,
                        quorum: quorum,
                        timeLimit: roster.timeLimit,
                        store: parts.store,
                        reader: log,
                        transport: parts.transport
                    ),
                    positions: positions,
                    targets: targets,
                    time: parts.time,
                    random: parts.random,
                    logger: parts.logger,
                    platformName: { [directory = parts.directory] in
                        directory.platform($0)?.name ?? String($0.rawValue)
                    }
                )
            }
        }
    }

    /// Asks until ``stop()``, which breaks off what is under way.
    func run() async {
        guard !lanes.isEmpty else { return }
        await loop.run { await self.ask() }
    }

    func stop() { loop.stop() }

    private func ask() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes { group.addTask { await lane.run() } }
            while !Task.isCancelled {
                let hasMoved = await targets.move(of: platforms().map(\.number), in: store)
                if hasMoved { for lane in lanes { lane.wake() } }
                try? await time.sleep(for: roster.interval)
            }
        }
    }

    /// A row for each witness and log, for the operator: each platform's open log, and those that
    /// have ended without this witness's cosignature.
    func rows() -> [JSONValue] {
        let platforms = platforms()
        let ended = targets.all.map(\.log).filter { $0.end != nil }
        return lanes.flatMap { lane in
            let book = lane.standing
            return platforms.flatMap { platform in
                let own = ended.filter {
                    $0.platform == platform.number && book.standing(to: $0.name) != .cosigned
                }
                let open =
                    targets.target(of: platform.openLog)?.log
                    ?? (platform.openLog.ordinal == 1 ? platform.firstLog : nil)
                return (own + [open].compactMap(\.self)).map {
                    Self.row(lane.member, platform, $0, book)
                }
            }
        }
    }

    private static func row(
        _ member: WitnessRoster.Member,
        _ platform: Platform,
        _ log: LogRecord,
        _ book: WitnessBook
    ) -> JSONValue {
        let standing = book.standing(to: log.name)
        let position = book.position(of: log)
        return [
            "witness": .string(member.name), "platform": .string(platform.name),
            "log": .string(log.origin), "state": .string(standing.word),
            "size": position > 0 ? .integer(Int64(position)) : .null,
            "cosigned_at": JSONValue(text: book.cosignedAt(log)?.rfc3339),
            "detail": JSONValue(text: standing.detail),
        ]
    }
}
