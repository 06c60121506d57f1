import WireFormat

/// When an event is sent again: over days, as Standard Webhooks 1.0 recommends.
public struct EventSchedule: Sendable {
    /// Pauses after the first attempt, the second, and so on; after the last the event is given
    /// up and stays readable.
    public let pauses: [Duration]

    public init(pauses: [Duration]) {
        self.pauses = pauses
    }

    public static let standard = EventSchedule(
        pauses: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map {
            .seconds($0)
        }
    )

    /// A share of a pause that is added at random, so that receivers are not hit in step.
    static let jitterShare = 0.2

    /// What a receiver may postpone us by at most.
    static let longestRetryAfter = Duration.seconds(86_400)

    /// - Parameters:
    ///   - attempts: made so far, at least one.
    ///   - jitter: 0 to 1.
    /// - Returns: nil when the event is given up.
    func next(
        attempts: Int,
        at now: Instant,
        retryAfter: Duration?,
        jitter: Double
    ) -> Instant? {
        guard attempts <= pauses.count else { return nil }
        let pause = pauses[attempts - 1] * (1 + Self.jitterShare * jitter)
        return now + max(pause, min(retryAfter ?? .zero, Self.longestRetryAfter))
    }
}
