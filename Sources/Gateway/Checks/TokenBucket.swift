import WireFormat

/// How many requests may go out now: a sustained rate with a burst. Pure; the clock is given.
struct TokenBucket: Sendable {
    let tokensPerSecond: Double
    let capacity: Double
    private var tokens: Double
    private var refilledAt: Instant?

    init(tokensPerSecond: Double, burst: Int) {
        self.tokensPerSecond = tokensPerSecond
        capacity = Double(max(1, burst))
        tokens = capacity
    }

    /// Takes up to `wanted` tokens.
    mutating func take(_ wanted: Int, at now: Instant) -> Int {
        refill(at: now)
        let taken = min(wanted, Int(tokens))
        tokens -= Double(taken)
        return taken
    }

    /// Gives back what was not used.
    mutating func giveBack(_ count: Int) {
        tokens = min(capacity, tokens + Double(count))
    }

    /// Takes all there are: what follows goes out at the sustained rate.
    mutating func empty() { tokens = 0 }

    /// As a bucket that was emptied at an earlier instant.
    mutating func empty(at instant: Instant) {
        tokens = 0
        refilledAt = instant
    }

    /// How long until one token is there.
    func wait(at now: Instant) -> Duration {
        var refilled = self
        refilled.refill(at: now)
        let missing = 1 - refilled.tokens
        return missing <= 0 ? .zero : .milliseconds(Int64(missing / tokensPerSecond * 1000) + 1)
    }

    private mutating func refill(at now: Instant) {
        defer { refilledAt = now }
        // A clock that jumped back gives nothing and takes nothing.
        guard let refilledAt, refilledAt < now else { return }
        let seconds = Double(now.duration(since: refilledAt).wholeMilliseconds) / 1000
        tokens = min(capacity, tokens + seconds * tokensPerSecond)
    }
}
