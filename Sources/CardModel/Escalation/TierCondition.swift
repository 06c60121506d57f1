/// What a row of the table asks of a case: all of it; what is `nil` is not asked.
public struct TierCondition: Sendable, Hashable {
    /// The tier that was chosen; only rows of channels ask for it.
    public var tiers: Set<EscalationTier>?
    public var problems: Set<ProblemClass>?
    public var responsiveness: Set<Responsiveness>?
    public var amounts: Set<AmountClass>?
    public var next: Set<NextTier>?
    public var hasProgress: Bool?
    public var disputes: Set<PaymentDispute>?
    public var isSystemic: Bool?
    public var isFraud: Bool?
    public var liable: Set<LiableParty>?

    public init(
        tiers: Set<EscalationTier>? = nil,
        problems: Set<ProblemClass>? = nil,
        responsiveness: Set<Responsiveness>? = nil,
        amounts: Set<AmountClass>? = nil,
        next: Set<NextTier>? = nil,
        hasProgress: Bool? = nil,
        disputes: Set<PaymentDispute>? = nil,
        isSystemic: Bool? = nil,
        isFraud: Bool? = nil,
        liable: Set<LiableParty>? = nil
    ) {
        self.tiers = tiers
        self.problems = problems
        self.responsiveness = responsiveness
        self.amounts = amounts
        self.next = next
        self.hasProgress = hasProgress
        self.disputes = disputes
        self.isSystemic = isSystemic
        self.isFraud = isFraud
        self.liable = liable
    }

    /// The condition of a list's last row.
    static let always = TierCondition()

    /// - Parameter tier: the tier that was chosen; `nil` while it is being chosen.
    func holds(for situation: TierSituation, tier: EscalationTier? = nil) -> Bool {
        guard hasProgress ?? situation.hasProgress == situation.hasProgress,
            isSystemic ?? situation.isSystemic == situation.isSystemic,
            isFraud ?? situation.isFraud == situation.isFraud
        else { return false }
        return admits(next, situation.next) && admits(disputes, situation.dispute)
            && admits(amounts, situation.amount) && admits(problems, situation.problem)
            && admits(responsiveness, situation.responsiveness)
            && admits(liable, situation.liable)
            && (tiers.map { tiers in tier.map(tiers.contains) ?? false } ?? true)
    }

    private func admits<Value>(_ asked: Set<Value>?, _ value: Value) -> Bool {
        asked?.contains(value) ?? true
    }
}
