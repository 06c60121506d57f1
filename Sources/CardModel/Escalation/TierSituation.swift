/// The facts of a case as the conditions of a table read them: every value is one of a few.
struct TierSituation: Sendable, Hashable {
    var problem: ProblemClass
    var responsiveness: Responsiveness
    var amount: AmountClass
    var next: NextTier
    var hasProgress: Bool
    var dispute: PaymentDispute
    var isSystemic: Bool
    var isFraud: Bool
    var liable: LiableParty
}

extension TierSituation {
    init(_ facts: EscalationFacts, under parameters: TierParameters) {
        problem = facts.problem
        responsiveness = facts.responsiveness
        amount = AmountClass(facts.amount, under: parameters)
        next = NextTier(after: facts.exhausted)
        hasProgress = facts.hasProgress
        dispute = PaymentDispute(facts)
        isSystemic = facts.badCodesOfOneSource >= parameters.collectiveCount
        isFraud = facts.isFraudFlagged || facts.problem.isFraud
        liable = facts.liable
    }
}

/// Where the numbers of a table draw their lines.
public struct TierParameters: Sendable, Hashable {
    /// Below it a single case never goes to law: tens of yuan do not carry the cost (M1-29). The
    /// figure itself is a guess.
    public var smallAmount: Money

    /// From it on tier 4 is proposed to a person (M0-26, M1-27).
    public var lawAmount: Money

    /// So many bad codes of one source within the window are one collective case (M1-30). Both
    /// figures are guesses.
    public var collectiveCount: Int
    public var collectiveDays: Int

    public init(
        smallAmount: Money,
        lawAmount: Money,
        collectiveCount: Int,
        collectiveDays: Int
    ) {
        self.smallAmount = smallAmount
        self.lawAmount = lawAmount
        self.collectiveCount = collectiveCount
        self.collectiveDays = collectiveDays
    }
}

/// How an amount stands to the lines of the table.
public enum AmountClass: String, Sendable, Hashable, CaseIterable {
    case small
    case ordinary
    /// At or above the line of tier 4.
    case large
    /// Another currency, or none known: the amount says nothing, and a person looks at it.
    case notComparable = "not_comparable"

    init(_ amount: Money?, under parameters: TierParameters) {
        guard let amount else {
            self = .notComparable
            return
        }
        switch (
            amount.compared(to: parameters.smallAmount), amount.compared(to: parameters.lawAmount)
        ) {
        case (.notComparable, _), (_, .notComparable): self = .notComparable
        case (_, .equal), (_, .greater): self = .large
        case (.less, .less): self = .small
        case (.equal, .less), (.greater, .less): self = .ordinary
        }
    }
}

/// The lowest tier that is not exhausted.
public enum NextTier: String, Sendable, Hashable, CaseIterable {
    case platform
    case consumerBodies = "consumer_bodies"
    case paymentDispute = "payment_dispute"
    case law
    /// Every tier is exhausted.
    case none

    init(after exhausted: Set<EscalationTier>) {
        switch EscalationTier.allCases.first(where: { !exhausted.contains($0) }) {
        case .platform: self = .platform
        case .consumerBodies: self = .consumerBodies
        case .paymentDispute: self = .paymentDispute
        case .law: self = .law
        case nil: self = .none
        }
    }

    /// Whether going to `tier` leaves out a tier in between (M4-32).
    func isSkipped(by tier: EscalationTier) -> Bool {
        switch self {
        case .platform: tier > .platform
        case .consumerBodies: tier > .consumerBodies
        case .paymentDispute: tier > .paymentDispute
        case .law, .none: false
        }
    }
}

/// Whether the payment can be disputed at all.
public enum PaymentDispute: String, Sendable, Hashable, CaseIterable {
    case available
    /// It can be once the payment's number is known.
    case needsReference = "needs_reference"
    /// Direct transfer: tier 3 does not exist for this order (M0-29).
    case closed

    init(_ facts: EscalationFacts) {
        if facts.paymentMethod == .directTransfer {
            self = .closed
        } else {
            self = facts.isPaymentReferenceKnown ? .available : .needsReference
        }
    }
}
