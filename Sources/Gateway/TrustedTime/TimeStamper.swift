import Synchronization
import WireFormat

/// Gives the logs an outside time, and tells in them how the gateway is (evidence of normal
/// operation): one lane for each authority, and one for health.
final class TimeStamper: Sendable {
    private let lanes: [StampLane]
    private let health: HealthLane?
    private let committer: Committer

    init(_ parts: DeliveryGateway.Parts, gates: [String: IssuerGate], committer: Committer) {
        let plan = parts.timeStamps
        let lanes = plan.authorities.map { authority in
            StampLane(authority, interval: plan.interval, parts: parts, committer: committer)
        }
        self.lanes = lanes
        self.committer = committer
        health = plan.healthInterval.map { interval in
            HealthLane(
                interval: interval,
                build: plan.build,
                parts: parts,
                gates: gates,
                committer: committer,
                clock: { lanes.compactMap(\.standing.clock).max { $0.readAt < $1.readAt } }
            )
        }
    }

    /// Loops that sleep when there is nothing to do.
    var workerCount: Int { lanes.count + (health == nil ? 0 : 1) }

    func run() async {
        let claims = Task { [lanes, committer] in
            for await _ in committer.openedClaims {
                for lane in lanes { lane.claimOpened() }
            }
        }
        await withDiscardingTaskGroup { group in
            for lane in lanes { group.addTask { await lane.run() } }
            if let health { group.addTask { await health.run() } }
        }
        claims.cancel()
    }

    func stop() {
        for lane in lanes { lane.stop() }
        health?.stop()
    }

    /// How each authority stands, for the operator.
    var status: JSONValue {
        .array(
            lanes.map { lane in
                let standing = lane.standing
                let state =
                    standing.failureCount > 0
                    ? "failing" : standing.lastStampedAt == nil ? "idle" : "stamping"
                return [
                    "authority": .string(lane.name), "state": .string(state),
                    "last_stamp_at": JSONValue(text: standing.lastStampedAt?.rfc3339),
                    "failing_since": JSONValue(text: standing.failingSince?.rfc3339),
                    "failure": JSONValue(text: standing.failure),
                    "clock_offset_ms": standing.clock.map {
                        .integer($0.offset.wholeMilliseconds)
                    } ?? .null,
                    "clock_uncertainty_ms": standing.clock.map {
                        .integer($0.uncertainty.wholeMilliseconds)
                    } ?? .null,
                ]
            }
        )
    }
}
