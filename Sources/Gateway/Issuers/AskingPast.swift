public import WireFormat

/// What an earlier process of the same work left to respect: so a limit holds across its death.
public struct AskingPast: Sendable, Equatable {
    public var lastAskedAt: Instant?
    /// The issuer wants to be left alone until then.
    public var pausedUntil: Instant?

    public init(lastAskedAt: Instant? = nil, pausedUntil: Instant? = nil) {
        self.lastAskedAt = lastAskedAt
        self.pausedUntil = pausedUntil
    }
}
