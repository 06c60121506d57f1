/// By when the owner of a state must act, counted from the entry into the state.
public enum ClaimDue: Sendable, Hashable {
    /// Within the same transaction.
    case atOnce
    case within(PolicyDuration)
    /// The policy must say, and does not: nobody is late.
    case notAgreed
    /// A closed claim waits for nobody.
    case never
}

extension ClaimState {
    /// The default due time of the state under the service levels of a policy (品质时限).
    public func due(under levels: WarrantyPolicy.ServiceLevels) -> ClaimDue {
        switch self {
        case .detected: .atOnce
        case .open: .within(levels.firstResponse)
        case .evidence: levels.buyerEvidenceWithin.map(ClaimDue.within) ?? .notAgreed
        case .remedyOffered, .liability, .executing, .holdRisk, .waitingThirdParty:
            .within(.elapsed(seconds: 86_400))
        case .reviewQueued: .within(levels.reviewStartMaximum)
        case .review: .within(levels.platformDecidesWithin ?? levels.hardLimit)
        case .verifyRemedy: .within(.elapsed(seconds: 3_600))
        case .appeal: .within(.workingDays(3))
        case .escalateTier2: .within(.workingDays(1))
        case .escalateTier3, .escalateTier4: .notAgreed
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            .never
        }
    }
}
