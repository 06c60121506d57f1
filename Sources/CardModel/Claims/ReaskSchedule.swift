public import WireFormat

/// When an undecided code is asked again, and when asking ends.
///
/// After 1 min, 5 min, 30 min, 2 h and 12 h, then daily; until the untolled end of the window or
/// 30 days after the first ask, whichever is later. Then a person decides.
public struct ReaskSchedule: Sendable, Hashable {
    /// The pauses after the first asks; the last one repeats.
    public let pauses: [Duration]

    /// By what part of itself a pause may be longer, so that codes do not come back in step.
    public let jitterShare: Double

    /// - Parameter pauses: shortest first; at least one.
    public init?(pauses: [Duration], jitterShare: Double) {
        guard !pauses.isEmpty, pauses.allSatisfy({ $0 > .zero }), (0...1).contains(jitterShare)
        else { return nil }
        self.init(trusted: pauses, jitterShare: jitterShare)
    }

    private init(trusted pauses: [Duration], jitterShare: Double) {
        self.pauses = pauses
        self.jitterShare = jitterShare
    }

    public static let standard = ReaskSchedule(
        trusted: [
            .seconds(60), .seconds(300), .seconds(1_800), .seconds(7_200), .seconds(43_200),
            .seconds(86_400),
        ],
        jitterShare: 0.1
    )

    /// The least time for which a code is asked again.
    public static let leastSpan: Duration = .seconds(30 * 86_400)

    /// The longest wait an issuer's `Retry-After` can impose.
    public static let longestRetryAfter: Duration = .seconds(86_400)

    /// What comes after an ask that stayed undecided.
    public enum Next: Sendable, Hashable {
        case ask(at: Instant)
        /// Asking is over; a person decides.
        case person
    }

    /// The instant at which asking ends.
    public func limit(firstAskedAt: Instant, untolledEnd: Instant?) -> Instant {
        let least = firstAskedAt + Self.leastSpan
        return max(least, untolledEnd ?? least)
    }

    /// The next ask after `asksMade` asks, the last of them at `lastAskedAt`.
    ///
    /// - Parameters:
    ///   - retryAfter: what the issuer asked for; never shortens a pause.
    ///   - jitter: random, 0 to 1; given by the caller.
    public func next(
        asksMade: Int,
        lastAskedAt: Instant,
        firstAskedAt: Instant,
        untolledEnd: Instant?,
        retryAfter: Duration? = nil,
        jitter: Double
    ) -> Next {
        let index = min(max(asksMade, 1), pauses.count) - 1
        let share = jitter.isFinite ? min(max(jitter, 0), 1) * jitterShare : 0
        let pause = max(pauses[index], min(retryAfter ?? .zero, Self.longestRetryAfter))
        let next = lastAskedAt + pause * (1 + share)
        return next < limit(firstAskedAt: firstAskedAt, untolledEnd: untolledEnd)
            ? .ask(at: next) : .person
    }
}
