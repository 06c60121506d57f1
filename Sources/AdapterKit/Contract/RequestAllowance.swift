public import WireFormat

/// What an issuer's rate limit headers said last.
public struct RequestAllowance: Sendable, Hashable {
    /// Requests it still takes before `resetsAt`.
    public var remaining: Int
    public var resetsAt: Instant

    public init(remaining: Int, resetsAt: Instant) {
        self.remaining = remaining
        self.resetsAt = resetsAt
    }
}

/// Which headers of an issuer's answers say how many requests it still takes.
public struct RateLimitHeaders: Sendable, Hashable {
    /// How the reset is written.
    public enum Reset: String, Sendable, Hashable, CaseIterable {
        case unixSeconds = "unix_seconds"
        case unixMilliseconds = "unix_milliseconds"
        /// Seconds from the answer.
        case seconds
        case rfc3339
    }

    /// In any case.
    public var remaining: String
    public var reset: String
    public var resetNotation: Reset

    public init(remaining: String, reset: String, resetNotation: Reset) {
        self.remaining = remaining
        self.reset = reset
        self.resetNotation = resetNotation
    }

    /// What the headers say; nil when one is absent or unreadable. A reset further away than
    /// `AdapterLimits.longestRetryAfter` is cut to that.
    public func allowance(
        in response: OutboundResponse,
        answeredAt: Instant
    ) -> RequestAllowance? {
        guard let remaining = response.header(remaining).flatMap({ Int($0) }), remaining >= 0,
            let reset = response.header(reset).flatMap({ instant($0, answeredAt) })
        else { return nil }
        let latest = answeredAt + AdapterLimits.longestRetryAfter
        return RequestAllowance(remaining: remaining, resetsAt: min(reset, latest))
    }

    private func instant(_ text: String, _ answeredAt: Instant) -> Instant? {
        if resetNotation == .rfc3339 { return Instant(rfc3339: text) }
        guard let number = Int64(text), (0...Self.largestNumber).contains(number)
        else { return nil }
        switch resetNotation {
        case .rfc3339: return nil
        case .unixSeconds:
            return number > Self.largestNumber / 1000 ? nil : Instant(secondsSinceEpoch: number)
        case .unixMilliseconds: return Instant(millisecondsSinceEpoch: number)
        case .seconds:
            return answeredAt + min(.seconds(number), AdapterLimits.longestRetryAfter)
        }
    }

    /// Year 9999 in milliseconds.
    private static let largestNumber: Int64 = 253_402_300_800_000
}
