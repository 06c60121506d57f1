/// Where a claim stands. Every state that is not closed has one owner and one due time.
public enum ClaimState: String, Sendable, Hashable, CaseIterable {
    case detected
    /// 反馈
    case open
    /// 举证
    case evidence
    case remedyOffered = "remedy.offered"
    case reviewQueued = "review.queued"
    /// 审核
    case review
    case waitingThirdParty = "waiting.third_party"
    /// 判定
    case liability
    /// 执行
    case executing
    case verifyRemedy = "verify_remedy"
    /// 复核
    case appeal
    case holdRisk = "hold.risk"
    /// Consumer bodies: 12315, 黑猫.
    case escalateTier2 = "escalate.t2"
    /// The payment firm.
    case escalateTier3 = "escalate.t3"
    /// The law; always a person.
    case escalateTier4 = "escalate.t4"
    case closedNotCovered = "closed.not_covered"
    case closedWithdrawn = "closed.withdrawn"
    case closedAbandoned = "closed.abandoned"
    case closedRecovered = "closed.recovered"
    case closedRemedied = "closed.remedied"
    case closedFinal = "closed.final"
    case closedFraud = "closed.fraud"
    case closedRefundedExternal = "closed.refunded_external"

    public var isClosed: Bool {
        switch self {
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4:
            false
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            true
        }
    }

    /// Whether the case is with a channel outside the platform's own.
    var isOutside: Bool {
        self == .escalateTier2 || self == .escalateTier3 || self == .escalateTier4
    }

    /// Who must act; `nil` once closed. `evidence` and `executing` may name somebody else for one
    /// claim (``Claim/owner``).
    public var defaultOwner: ClaimActor? {
        switch self {
        case .detected, .verifyRemedy: .system
        case .open: .merchant
        case .evidence, .remedyOffered, .escalateTier2, .escalateTier3: .buyer
        case .reviewQueued, .review, .waitingThirdParty, .liability, .holdRisk: .platform
        case .executing: .merchant
        case .appeal: .arbiter
        case .escalateTier4: .platform
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            nil
        }
    }
}
