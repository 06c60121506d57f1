import CardModel
import WireFormat

/// A claim as the tier table and the packets see it: what its history, its delivery and other
/// claims of the same source show. Pure.
struct EscalationCase: Sendable {
    let claim: ClaimRecord
    let history: [ClaimHistoryEntry]
    /// Nil for a claim that stands alone.
    let collective: CollectiveCase?
    let filings: [OutsideFiling]
    let isPaymentReferenceKnown: Bool
    /// Whether a ruling was appealed, or can be no more.
    let isAppealOver: Bool

    var facts: EscalationFacts {
        EscalationFacts(
            problem: ProblemClass(state: claim.claim.defect) ?? .service,
            amount: claim.claim.price,
            responsiveness: responsiveness,
            exhausted: exhausted,
            hasProgress: !claim.claim.isTierExhausted,
            isPaymentReferenceKnown: isPaymentReferenceKnown,
            badCodesOfOneSource: collective?.members.count ?? 1,
            isFraudFlagged: isFraudFlagged,
            liable: claim.claim.against
        )
    }

    /// Acts that say nothing to the buyer.
    static let unspoken: Set<String> = ["message_read", "abuse_flagged"]

    /// The merchant's acts tell; what a machine of his wrote does not (M2-02).
    private var responsiveness: Responsiveness {
        let acts = history.filter {
            $0.actor == .merchant && !Self.unspoken.contains($0.event)
        }
        let byPeople = acts.filter { !$0.isAutomatic }
        if byPeople.contains(where: { $0.ownDetail["result"]?.stringValue == "refused" }) {
            return .refused
        }
        if !byPeople.isEmpty { return .responsive }
        if !acts.isEmpty { return .autoRepliesOnly }
        // Before his time is over nobody is silent.
        let isLate = claim.claim.missedResponses > 0
        return isLate ? .silent : .responsive
    }

    private var exhausted: Set<EscalationTier> {
        let reached = claim.claim.reachedTier(isAppealOver: isAppealOver)
        return Set(EscalationTier.allCases.filter { $0 < reached })
    }

    /// That it is fraud a person said, when he brought the case to a tier on that ground; or a rule
    /// of risk suggests the law directly (M4-09), which no person has cleared since.
    private var isFraudFlagged: Bool {
        let cleared = history.lastIndex { $0.event == "risk_cleared" }.map { $0 + 1 } ?? 0
        return history.contains { entry in
            entry.ownDetail["ground"]?.stringValue == EscalationStep.Ground.fraud.rawValue
        } || history[cleared...].contains(where: \.suggestsLaw)
    }
}

extension Claim {
    /// The highest tier that the case has been brought to. The consumer bodies are reached too
    /// when the platform's own ways have ended and the buyer has nothing: nobody moved the case in
    /// the policy's time (M4-17), or the refusal is the last word.
    func reachedTier(isAppealOver: Bool) -> EscalationTier {
        let hasPlatformEnded: Bool
        switch state {
        case .escalateTier2: return .consumerBodies
        case .escalateTier3: return .paymentDispute
        case .escalateTier4: return .law
        case .closedFinal: hasPlatformEnded = !wasRemedied
        case .closedNotCovered, .closedFraud: hasPlatformEnded = isAppealOver || isTierExhausted
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .closedWithdrawn, .closedAbandoned, .closedRecovered, .closedRemedied,
            .closedRefundedExternal:
            hasPlatformEnded = isTierExhausted
        }
        return hasPlatformEnded ? .consumerBodies : .platform
    }

    /// Whether nobody can change the ruling any more: it was appealed, or the time for it is over
    /// (M3-46). A refusal without a ruling is a machine's, and comes before a person when it is
    /// reopened.
    func isAppealOver(
        at instant: Instant,
        within time: PolicyDuration,
        _ calendar: WorkCalendar
    ) -> Bool {
        guard let ruling else { return false }
        let clock = ServiceClock(budget: time, startedAt: ruling.at)
        return isAppealUsed || clock.deadline(calendar).map { instant >= $0.instant } ?? false
    }
}

extension ClaimHistoryEntry {
    /// What the act came with, apart from what followed.
    var ownDetail: JSONValue { Self.ownDetail(of: detail) }

    static func ownDetail(of detail: JSONValue) -> JSONValue { detail["event"] ?? detail }

    /// Whether a rule of risk was hit that suggests the law directly.
    fileprivate var suggestsLaw: Bool {
        (ownDetail["hits"]?.arrayValue ?? []).contains {
            $0["suggested_tier"]?.integerValue == Int64(EscalationTier.law.number)
        }
    }

    /// Whether a machine wrote the message.
    var isAutomatic: Bool { ownDetail["is_automatic"]?.stringValue == "true" }
}
