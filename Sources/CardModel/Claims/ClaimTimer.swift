/// The clocks of a claim. Each rings once a round.
public enum ClaimTimer: String, Sendable, Hashable, CaseIterable {
    /// Until a person of the merchant's answers (M2-20).
    case firstResponse = "first_response"
    /// Until somebody offers a plan (M1-33).
    case proposal
    /// Until the claim is closed; then the platform steps in (M2-21, M2-22).
    case resolution
    /// The platform's own hard limit (M4-16).
    case hardLimit = "hard_limit"
    /// Since somebody last moved the claim (M4-17).
    case noProgress = "no_progress"
    /// Before the buyer's evidence is due.
    case buyerReminder = "buyer_reminder"
    case buyerEvidence = "buyer_evidence"
    case merchantEvidence = "merchant_evidence"
    case remedyAnswer = "remedy_answer"
    case reviewStart = "review_start"
    case review
    case liability
    /// The next word to the buyer while a third party is waited for (M3-31).
    case thirdPartyNotice = "third_party_notice"
    case thirdPartyLimit = "third_party_limit"
    case execution
    case verification
    case appeal
    case riskReview = "risk_review"
    /// The next look at a filing outside.
    case outsideFollowUp = "outside_follow_up"
    /// Before the buyer's right lapses; it runs on in a claim that closed without a remedy (M4-33).
    case limitation
}

extension ClaimTimer {
    /// Whether it runs through the whole claim; the others belong to one state.
    var spansStates: Bool {
        switch self {
        case .firstResponse, .proposal, .resolution, .hardLimit, .noProgress, .limitation: true
        case .buyerReminder, .buyerEvidence, .merchantEvidence, .remedyAnswer, .reviewStart,
            .review, .liability, .thirdPartyNotice, .thirdPartyLimit, .execution, .verification,
            .appeal, .riskReview, .outsideFollowUp:
            false
        }
    }

    /// Whether it stands still while somebody else than those it measures is waited for. The
    /// merchant's first answer is owed whatever the buyer does.
    var isSuspendable: Bool {
        switch self {
        case .proposal, .resolution, .hardLimit, .noProgress: true
        case .firstResponse, .buyerReminder, .buyerEvidence, .merchantEvidence, .remedyAnswer,
            .reviewStart, .review, .liability, .thirdPartyNotice, .thirdPartyLimit, .execution,
            .verification, .appeal, .riskReview, .outsideFollowUp, .limitation:
            false
        }
    }
}

/// A clock of a claim in one of its rounds.
public struct RunningClock: Sendable, Hashable {
    public internal(set) var clock: ServiceClock

    /// Counts from 1; a clock that starts again is in its next round. Timer and round together ring
    /// once, whoever races for it and however late.
    public let round: Int
    public internal(set) var isRung: Bool

    public init(clock: ServiceClock, round: Int, isRung: Bool = false) {
        self.clock = clock
        self.round = round
        self.isRung = isRung
    }
}
