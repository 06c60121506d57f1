/// How hard an issuer may be asked, and how much of an answer is read.
///
/// The gateway holds all its workers to `concurrency`, `requestsPerSecond` and `burst`; the
/// adapter puts `timeout` and `responseBytes` on every request.
public struct AdapterLimits: Sendable, Hashable {
    /// Requests in flight at one time.
    public var concurrency: Int
    /// Sustained rate over all workers.
    public var requestsPerSecond: Double
    /// Requests that may go out at once after a pause.
    public var burst: Int
    /// Deadline of one request, name lookup to last byte.
    public var timeout: Duration
    /// Bytes of an answer's body that are read before it is refused.
    public var responseBytes: Int
    /// Difference between the issuer's clock and ours that decides nothing.
    public var skewMarginSeconds: Int
    /// Where the issuer says how many requests it still takes; nil when it does not.
    public var rateLimitHeaders: RateLimitHeaders?

    public init(
        concurrency: Int = 4,
        requestsPerSecond: Double = 5,
        burst: Int = 10,
        timeout: Duration = .seconds(10),
        responseBytes: Int = 256 << 10,
        skewMarginSeconds: Int = 120,
        rateLimitHeaders: RateLimitHeaders? = nil
    ) {
        self.concurrency = concurrency
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
        self.timeout = timeout
        self.responseBytes = responseBytes
        self.skewMarginSeconds = skewMarginSeconds
        self.rateLimitHeaders = rateLimitHeaders
    }

    /// Deadline of one question with all its requests and repeats: two full timeouts, so that one
    /// slow request may be repeated, and never so long that a worker's lease runs out.
    public var questionTimeout: Duration { min(timeout * 2, Self.longestQuestion) }

    /// What a manifest gets when it says nothing.
    public static let `default` = AdapterLimits()

    /// No issuer is asked more often than this, whatever a manifest says.
    public static let highestRequestsPerSecond: Double = 1000
    /// Bounds of `concurrency` and `burst`.
    public static let concurrencyRange = 1...1000
    /// A worker never hangs on one request longer than this.
    public static let longestTimeoutSeconds = 120
    /// No question takes longer than this, whatever the timeouts of its requests.
    public static let longestQuestion: Duration = .seconds(240)
    /// Bounds of `responseBytes`: 1 KiB to 4 MiB.
    public static let responseBytesRange = 1024...(4 << 20)
    /// Beyond a day a clock is wrong, not skewed.
    public static let skewMarginRange = 0...86_400
    /// A wait that an issuer asks for is honoured up to a week.
    public static let longestRetryAfter: Duration = .seconds(7 * 86_400)
}

/// What an operator changes about an adapter's limits: his contract with the issuer may say more
/// or less than the manifest. Nil leaves the manifest's value.
public struct LimitOverrides: Sendable, Hashable {
    public var concurrency: Int?
    public var requestsPerSecond: Double?
    public var burst: Int?
    public var timeout: Duration?

    public init(
        concurrency: Int? = nil,
        requestsPerSecond: Double? = nil,
        burst: Int? = nil,
        timeout: Duration? = nil
    ) {
        self.concurrency = concurrency
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
        self.timeout = timeout
    }

    /// Why these cannot be limits; empty when they can.
    var objections: [String] {
        var objections: [String] = []
        let range = AdapterLimits.concurrencyRange
        for (name, value) in [("concurrency", concurrency), ("burst", burst)] {
            if let value, !range.contains(value) {
                objections.append(
                    "`\(name)` must be from \(range.lowerBound) to \(range.upperBound)"
                )
            }
        }
        if let rate = requestsPerSecond,
            !(rate > 0 && rate <= AdapterLimits.highestRequestsPerSecond)
        {
            objections.append(
                "`requests_per_second` must be above 0 and at most "
                    + "\(AdapterLimits.highestRequestsPerSecond)"
            )
        }
        if let timeout,
            timeout <= .zero || timeout > .seconds(AdapterLimits.longestTimeoutSeconds)
        {
            objections.append(
                "the timeout must be above 0 and at most \(AdapterLimits.longestTimeoutSeconds) s"
            )
        }
        return objections
    }
}

extension AdapterLimits {
    /// These limits with the operator's changes.
    func overridden(by overrides: LimitOverrides) -> AdapterLimits {
        var limits = self
        limits.concurrency = overrides.concurrency ?? concurrency
        limits.requestsPerSecond = overrides.requestsPerSecond ?? requestsPerSecond
        limits.burst = overrides.burst ?? burst
        limits.timeout = overrides.timeout ?? timeout
        return limits
    }
}
