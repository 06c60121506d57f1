/// Who stamps the logs, and how often.
public struct TimeStampPlan: Sendable {
    /// Often enough that an entry's bracket is narrow, seldom enough for an authority that is paid
    /// by the stamp.
    public static let defaultInterval = Duration.seconds(600)
    public static let defaultHealthInterval = Duration.seconds(3_600)

    public var authorities: [any TimestampAuthority]
    public var interval: Duration
    /// Nil writes no health leaves.
    public var healthInterval: Duration?
    /// The version of the program, as health leaves say it.
    public var build: String

    public init(
        authorities: [any TimestampAuthority],
        interval: Duration = Self.defaultInterval,
        healthInterval: Duration? = Self.defaultHealthInterval,
        build: String
    ) {
        self.authorities = authorities
        self.interval = interval
        self.healthInterval = healthInterval
        self.build = build
    }

    /// Nobody stamps, and no health is written: an embedded gateway, a test of something else.
    public static let none = TimeStampPlan(authorities: [], healthInterval: nil, build: "")

    /// A claim waits this long for others that come with it, then its log is stamped.
    static let delayAfterClaim = Duration.seconds(10)
    /// Between two stamps of one authority, however many claims are opened.
    static let shortestPause = Duration.seconds(60)
    /// By what part of itself a pause may be longer, so that gateways do not ask in step.
    static let jitterShare = 0.1
}
