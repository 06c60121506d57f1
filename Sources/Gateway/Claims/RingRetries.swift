import CardModel
import WireFormat

/// Clocks of claims that did not ring though their time was over, and when each is tried again: one
/// claim that cannot move costs the others neither their turn nor a log that can be read.
///
/// Decides, and does nothing else. Nothing of it is kept: after a restart everything due is tried.
struct RingRetries: Sendable {
    static let pauses = PauseLadder.failingClock

    private struct Failure {
        var count: Int
        var wait: Closure
    }

    private var failures: [ClaimRing: Failure] = [:]
    /// Looks in a row that the store did not answer.
    private var failedLooks = 0

    /// How many due clocks to ask the store for, so that those of `count` claims are among them
    /// whichever wait: no claim has more clocks than there are timers.
    func limit(for count: Int) -> Int { count + failures.count * ClaimTimer.allCases.count }

    /// The first due clock of each claim, but for those that wait: one after another for a claim,
    /// since the first may end what the second waits for.
    ///
    /// - Parameters:
    ///   - due: all that are due, in the order in which they were.
    ///   - limit: claims that are tried at once.
    mutating func take(from due: [ClaimRing], at now: Instant, limit: Int) -> [ClaimRing] {
        failedLooks = 0
        // Who is due no more rang for somebody else, or went with its claim.
        let standing = Set(due)
        failures = failures.filter { standing.contains($0.key) }
        var claims: Set<ClaimID> = []
        let first = due.filter { claims.insert($0.claim).inserted }
        return Array(first.filter { failures[$0]?.wait.holds(at: now) != true }.prefix(limit))
    }

    /// - Parameter jitter: random, 0 to 1.
    /// - Returns: how often it has failed in a row, and until when it waits.
    mutating func note(
        failureOf ring: ClaimRing,
        at now: Instant,
        jitter: Double
    ) -> (count: Int, until: Instant) {
        let earlier = failures[ring]?.count ?? 0
        let until = now + Self.pauses.pause(after: earlier, jitter: jitter)
        failures[ring] = Failure(count: earlier + 1, wait: Closure(since: now, until: until))
        return (earlier + 1, until)
    }

    /// The store did not say who is due.
    /// - Parameter jitter: random, 0 to 1.
    /// - Returns: how long until it is asked again.
    mutating func noteFailedLook(jitter: Double) -> Duration {
        defer { failedLooks += 1 }
        return Self.pauses.pause(after: failedLooks, jitter: jitter)
    }
}
