/// A pattern that a person should look at (风险规则, M1-40 to M1-42, M0-38, M1-02). The raw values
/// are published and never translated.
public enum RiskRule: String, Sendable, Hashable, CaseIterable {
    /// One buyer, several complaints (M1-40).
    case repeatComplainant = "repeat_complainant"
    /// Many refund requests in a short time (M1-41).
    case refundBurst = "refund_burst"
    /// More bad codes in a batch than chance explains.
    case deadBatch = "dead_batch"
    /// More bad codes of a merchant than chance explains (M1-02).
    case merchantDeadRate = "merchant_dead_rate"
    /// 恶意跑路: no answers, no deliveries, and the balance leaves (D-22).
    case merchantGone = "merchant_gone"
    /// 虚假宣传: what is delivered is not what was promised.
    case promiseMismatch = "promise_mismatch"
    /// Far cheaper than the market (M4-09).
    case belowMarketPrice = "below_market_price"

    /// What waits until a person has looked.
    public var holds: Set<RiskHold> {
        switch self {
        case .repeatComplainant, .refundBurst: [.automaticRemedies]
        case .deadBatch, .merchantDeadRate, .merchantGone, .promiseMismatch, .belowMarketPrice:
            [.automaticRemedies, .depositRelease]
        }
    }

    /// The tier that the person is shown first; nil for the usual order (M4-09).
    public var suggestedTier: Int? {
        switch self {
        case .merchantGone: 4
        case .repeatComplainant, .refundBurst, .deadBatch, .merchantDeadRate, .promiseMismatch,
            .belowMarketPrice:
            nil
        }
    }
}

/// The whole of what a hit can do, besides queueing for a person. There is no way to write down a
/// rejection: a score alone rejects no claim (M1-42).
public enum RiskHold: String, Sendable, Hashable, CaseIterable {
    /// Remedies that no person pressed.
    case automaticRemedies = "automatic_remedies"
    /// Money that goes back to the merchant.
    case depositRelease = "deposit_release"
}

/// What a rule looks at. The references are the platform's own, and never published.
public enum RiskSubject: Sendable, Hashable {
    case buyer(String)
    case merchant(String)
    case product(String)
    case batch(String)

    public var reference: String {
        switch self {
        case .buyer(let text), .merchant(let text), .product(let text), .batch(let text): text
        }
    }

    public var kind: Kind {
        switch self {
        case .buyer: .buyer
        case .merchant: .merchant
        case .product: .product
        case .batch: .batch
        }
    }

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case buyer
        case merchant
        case product
        case batch
    }
}
