/// Something that happened and may move a claim.
public enum ClaimEvent: Sendable, Hashable {
    /// The detection passed every check of coverage; the claim is told to the merchant.
    case coverageConfirmed
    /// The detection met a reason why nothing is covered.
    case coverageRefused(NotCoveredReason)
    case verdictRecorded(Verdict)
    /// Somebody is asked for facts that are missing.
    case evidenceRequested(from: ClaimActor)
    case evidenceAdded(by: ClaimActor, isComplete: Bool)
    case messagePosted(by: ClaimActor, isAutomatic: Bool)
    case withdrawn(by: ClaimActor)
    case timerRung(ClaimTimer)
    case decisionMade(ClaimRuling, by: ClaimActor)
    case remedyOffered(Remedy, by: ClaimActor)
    case remedyAnswered(isAccepted: Bool, by: ClaimActor)
    case reviewStarted(by: ClaimActor)
    case remedyReceipt(Remedy)
    case remedyVerified(isGood: Bool)
    case externalUpdate(tier: Int)
    case appealFiled(by: ClaimActor)
    case riskRaised
    case riskCleared(by: ClaimActor)
    case escalated(tier: Int, by: ClaimActor)
    case incidentOpened
    case incidentClosed
    /// Never reaches back: the order pinned its version.
    case policyPublished
}

/// The timers of a claim.
public enum ClaimTimer: String, Sendable, Hashable, CaseIterable {
    case firstResponse = "first_response"
    case proposal
    case resolution
    case buyerEvidence = "buyer_evidence"
    case merchantEvidence = "merchant_evidence"
    case remedyAnswer = "remedy_answer"
    case reviewStart = "review_start"
    case review
    case execution
    case noProgress = "no_progress"
}

/// What a person ruled.
public enum ClaimRuling: Sendable, Hashable {
    case liable(LiableParty)
    /// An exclusion a person found proven; it carries its evidence.
    case excluded(Exclusion)
}
