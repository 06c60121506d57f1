/// How the other side answers (M4-10).
public enum Responsiveness: String, Sendable, Hashable, CaseIterable {
    case responsive
    /// Automatic replies count as no answer (M2-02).
    case autoRepliesOnly = "auto_replies_only"
    case silent
    case refused
}

/// How the order was paid.
public enum PaymentMethod: String, Sendable, Hashable, CaseIterable {
    /// 担保交易: a third party holds the money until receipt is confirmed (M4-35).
    case guaranteed
    case wechat
    case alipay
    case bankCard = "bank_card"
    /// Straight to the seller: no firm stands between that could take a dispute (M0-29).
    case directTransfer = "direct_transfer"
    case unknown

    /// Where a dispute can go; every firm where it is not known which one carried the payment.
    public var channels: [EscalationChannel] {
        switch self {
        case .wechat: [.paymentWechat]
        case .alipay: [.paymentAlipay]
        case .bankCard: [.paymentBank]
        case .guaranteed, .unknown: [.paymentAlipay, .paymentWechat, .paymentBank]
        case .directTransfer: []
        }
    }
}

/// All that the tier table looks at.
public struct EscalationFacts: Sendable, Hashable {
    public var problem: ProblemClass
    /// What the buyer asks back; `nil` when nobody said what he paid.
    public var amount: Money?
    public var responsiveness: Responsiveness
    /// The tiers that ended without a remedy.
    public var exhausted: Set<EscalationTier>
    /// False once the no-progress timer of the policy rang: three working days without an act of
    /// a person or an issuer (M4-17).
    public var hasProgress: Bool
    public var paymentMethod: PaymentMethod
    /// Whether the payment's own number is recorded (M1-14).
    public var isPaymentReferenceKnown: Bool
    /// Bad codes of the same batch or merchant within the window (``CollectiveCase``), this one
    /// included.
    public var badCodesOfOneSource: Int
    /// A person or a detector suspects fraud.
    public var isFraudFlagged: Bool
    public var liable: LiableParty

    public init(
        problem: ProblemClass,
        amount: Money?,
        responsiveness: Responsiveness = .responsive,
        exhausted: Set<EscalationTier> = [],
        hasProgress: Bool = true,
        paymentMethod: PaymentMethod = .unknown,
        isPaymentReferenceKnown: Bool = false,
        badCodesOfOneSource: Int = 1,
        isFraudFlagged: Bool = false,
        liable: LiableParty = .merchant
    ) {
        self.problem = problem
        self.amount = amount
        self.responsiveness = responsiveness
        self.exhausted = exhausted
        self.hasProgress = hasProgress
        self.paymentMethod = paymentMethod
        self.isPaymentReferenceKnown = isPaymentReferenceKnown
        self.badCodesOfOneSource = badCodesOfOneSource
        self.isFraudFlagged = isFraudFlagged
        self.liable = liable
    }
}
