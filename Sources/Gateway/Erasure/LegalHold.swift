public import CardModel
public import WireFormat

/// How long the record of a completed transaction is kept, whoever wants it gone.
public struct RetentionRule: Sendable, Hashable {
    /// Three years, a leap day and thirty days after completion: 电子商务法 (E-Commerce Law of the
    /// PRC, 2019) article 31 has platforms keep what they know of a transaction for at least three
    /// years, and so long a right may be sued for (M4-33). No claim is known of after completion,
    /// so evidence outlives its limitation by the thirty days at least.
    public static let standard = RetentionRule(period: .seconds(1_126 * 86_400))

    /// From completion on; zero keeps nothing for the sake of keeping it.
    public var period: Duration

    public init(period: Duration) {
        self.period = period
    }
}

/// Why a delivery must be kept although somebody asks for its erasure. While a hold stands it is
/// stored and protected, and no more is done with it (个人信息保护法, PIPL, article 47).
public struct LegalHold: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Whoever claims, and whoever is claimed from, needs the evidence.
        case openClaim = "open_claim"
        /// An issuer may have been told to spend the code: what became of it must be found out.
        case openRedemption = "open_redemption"
        /// The statutory period since completion is not over.
        case retention

        /// Whether a stated reason may pass over it. What became of somebody's money is found out
        /// first, always.
        public var canBeOverridden: Bool {
            switch self {
            case .openClaim, .retention: true
            case .openRedemption: false
            }
        }
    }

    public let reasons: [Reason]
    /// When the hold ends by itself; nil while a claim or an order is open, whose end nobody
    /// knows.
    public let endsAt: Instant?

    /// Nil when nothing stands against an erasure.
    ///
    /// - Parameter completedAt: the last thing that happened in the transaction.
    public init?(
        claims: [Claim],
        redemptions: [RedemptionRecord.State],
        completedAt: Instant,
        rule: RetentionRule,
        now: Instant
    ) {
        var reasons: [Reason] = []
        if claims.contains(where: { !$0.state.isClosed }) { reasons.append(.openClaim) }
        if redemptions.contains(where: { $0.isOpen || $0 == .person }) {
            reasons.append(.openRedemption)
        }
        let end = completedAt + rule.period
        if now < end { reasons.append(.retention) }
        guard !reasons.isEmpty else { return nil }
        self.reasons = reasons
        endsAt = reasons == [.retention] ? end : nil
    }

    /// What no stated reason passes over.
    public var insurmountable: [Reason] { reasons.filter { !$0.canBeOverridden } }
}
