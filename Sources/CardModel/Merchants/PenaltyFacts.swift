public import WireFormat

/// What is counted of one merchant since an instant.
public struct PenaltyFacts: Sendable, Hashable {
    public var merchant: String
    /// The start of the counted period.
    public var since: Instant
    public var claims: Int
    /// Claims answered within the limit; at most ``claims``.
    public var answeredInTime: Int
    /// Claims whose limit passed without any answer by a person.
    public var missedResponses: Int
    public var confirmedMismatches: Int
    /// ``RiskRule/merchantGone`` is hit.
    public var isAbscondingSuspected: Bool
    /// A person looked and confirmed it.
    public var isAbscondingConfirmed: Bool

    public init(
        merchant: String,
        since: Instant,
        claims: Int = 0,
        answeredInTime: Int = 0,
        missedResponses: Int = 0,
        confirmedMismatches: Int = 0,
        isAbscondingSuspected: Bool = false,
        isAbscondingConfirmed: Bool = false
    ) {
        self.merchant = merchant
        self.since = since
        self.claims = claims
        self.answeredInTime = answeredInTime
        self.missedResponses = missedResponses
        self.confirmedMismatches = confirmedMismatches
        self.isAbscondingSuspected = isAbscondingSuspected
        self.isAbscondingConfirmed = isAbscondingConfirmed
    }

    func value(of measure: PenaltyLadder.Measure) -> Int {
        switch measure {
        case .missedResponses: missedResponses
        case .lateShare:
            claims < PenaltyLadder.leastClaims
                ? 0 : PartsPerMillion(claims - answeredInTime, of: claims)?.value ?? 0
        case .confirmedMismatches: confirmedMismatches
        case .suspectedAbsconding: isAbscondingSuspected ? 1 : 0
        case .confirmedAbsconding: isAbscondingConfirmed ? 1 : 0
        }
    }
}
