/// What can be wrong with a clause of a shop's terms: 不公平格式条款 and 模糊条款.
///
/// The raw value is the id that reports and pipelines know a rule by; it never changes.
public enum ClauseRule: String, Sendable, Hashable, CaseIterable {
    case blanketNoRefund = "blanket_no_refund"
    case unspecifiedGoodsExcluded = "unspecified_goods_excluded"
    case undefinedQualityProblem = "undefined_quality_problem"
    case noReasonReturnExcluded = "no_reason_return_excluded"
    case shortComplaintPeriod = "short_complaint_period"
    case unknowablePeriodStart = "unknowable_period_start"
    case expiryExcuse = "expiry_excuse"
    case oneTimeRuleUndisclosed = "one_time_rule_undisclosed"
    case buyerBlamedByDefault = "buyer_blamed_by_default"
    case proofDemanded = "proof_demanded"
    case merchantSoleJudge = "merchant_sole_judge"
    case deemedConsent = "deemed_consent"
    case deemedAcceptance = "deemed_acceptance"
    case liabilityExcluded = "liability_excluded"
    case fitnessNotPromised = "fitness_not_promised"
    case remedyWaived = "remedy_waived"
    case complaintPenalised = "complaint_penalised"
    case goodReviewDemanded = "good_review_demanded"
    case finalInterpretation = "final_interpretation"
    case unilateralChange = "unilateral_change"
    case forumImposed = "forum_imposed"
    case offPlatformTrade = "off_platform_trade"
    case prepaymentForfeited = "prepayment_forfeited"
    case refundReduced = "refund_reduced"
    case vagueDiscretion = "vague_discretion"
    case vagueException = "vague_exception"
    case vagueStandard = "vague_standard"
    case vagueTime = "vague_time"
    case vagueOrUnfairAfterSale = "vague_or_unfair_after_sale"
}

/// How much a finding weighs.
public enum ClauseSeverity: String, Sendable, Hashable, CaseIterable {
    /// The clause takes a right away; it is void, and a gate should refuse the listing.
    case error
    /// The clause leaves open what the buyer gets, or may take a right away.
    case warning
    /// The clause is lawful where it was disclosed.
    case note
}

extension ClauseRule {
    public var severity: ClauseSeverity {
        switch self {
        case .blanketNoRefund, .shortComplaintPeriod, .expiryExcuse, .buyerBlamedByDefault,
            .proofDemanded, .merchantSoleJudge, .deemedConsent, .liabilityExcluded,
            .fitnessNotPromised, .remedyWaived, .complaintPenalised, .finalInterpretation,
            .unilateralChange, .offPlatformTrade, .prepaymentForfeited:
            .error
        case .unspecifiedGoodsExcluded, .undefinedQualityProblem, .unknowablePeriodStart,
            .oneTimeRuleUndisclosed, .deemedAcceptance, .goodReviewDemanded, .forumImposed,
            .refundReduced, .vagueDiscretion, .vagueException, .vagueStandard, .vagueTime,
            .vagueOrUnfairAfterSale:
            .warning
        case .noReasonReturnExcluded: .note
        }
    }

    /// The requirements that ask for the rule.
    public var requirements: [String] {
        switch self {
        case .blanketNoRefund: ["M0-28", "M1-35", "M1-36", "M2-09"]
        case .unspecifiedGoodsExcluded: ["M1-03"]
        case .undefinedQualityProblem: ["M1-04", "M1-36"]
        case .noReasonReturnExcluded: ["M4-36"]
        case .buyerBlamedByDefault: ["M1-05"]
        case .expiryExcuse: ["M1-06"]
        case .oneTimeRuleUndisclosed: ["M3-18", "M4-36"]
        case .proofDemanded, .merchantSoleJudge: ["M1-05", "M1-35"]
        case .vagueDiscretion, .vagueException, .vagueStandard, .vagueTime,
            .unknowablePeriodStart, .vagueOrUnfairAfterSale:
            ["M0-28", "M2-30"]
        case .shortComplaintPeriod, .deemedConsent, .deemedAcceptance, .liabilityExcluded,
            .fitnessNotPromised, .remedyWaived, .complaintPenalised, .goodReviewDemanded,
            .finalInterpretation, .unilateralChange, .forumImposed, .offPlatformTrade,
            .prepaymentForfeited, .refundReduced:
            ["M1-35"]
        }
    }
}
