/// Something that happened and may move a claim. Who did it comes beside it
/// (``ClaimPrincipal``); a policy that is published moves none, because an order pins its own.
public enum ClaimEvent: Sendable, Hashable {
    /// The detection passed every check of coverage; the claim is told to whom it is against.
    case coverageConfirmed
    /// The detection met a reason why nothing is covered.
    case coverageRefused(NotCoveredReason)
    case verdictRecorded(Verdict)
    /// A later answer shows whose defect it is, while a third party was waited for, while only a
    /// statement was known, or after the code was good again.
    case liabilityFound(LiableParty)
    case timerRung(ClaimTimer)

    /// The buyer says what he wants; one of the known remedies, never only words (M1-15).
    case demandStated(Remedy)
    case messagePosted(isAutomatic: Bool)
    /// Somebody opened a message. Nobody's duty is done by that (M2-03).
    case messageRead
    /// Somebody is asked for facts that are missing.
    case evidenceRequested(from: ClaimActor)
    case evidenceAdded(isComplete: Bool)
    case withdrawn

    case remedyOffered(Redress)
    case remedyAnswered(isAccepted: Bool)

    case reviewStarted
    /// More time for a review, with its reason told to the buyer (M3-41).
    case reviewExtended(by: PolicyDuration)
    /// The issuer, the carrier or the publisher caused it; the platform coordinates.
    case thirdPartyNamed
    /// The buyer was told how things stand while a third party is waited for (M3-31).
    case progressReported
    /// An agent's finding, which the merchant may dispute before it is a ruling.
    case liabilityProposed(ClaimRuling)
    /// New evidence of the merchant against a finding.
    case disputed(EvidenceReference)
    case ruled(ClaimRuling)

    /// What the platform says became of a remedy it was asked to carry out.
    case remedyReceipt(RemedyReceipt)
    /// What the adapter says of a replacement, or of a repaired code.
    case remedyVerified(isGood: Bool)
    /// A payment above the caps is approved by one person.
    case payoutApproved

    case appealFiled
    case appealDecided(AppealOutcome)

    /// A rule of risk was hit: automatic remedies wait for a person (M1-42).
    case riskRaised
    /// A rule about who sold, or about a batch, was hit: whoever acts goes on, and what the deposit
    /// would pay by itself waits for two people (M1-42).
    case riskNoted
    case riskCleared
    case fraudConfirmed

    case escalated(to: EscalationStep)
    case externalUpdate(ExternalOutcome)
    case reopened(EvidenceReference)
}

/// What a person ruled.
public enum ClaimRuling: Sendable, Hashable {
    case liable(LiableParty, Redress)
    /// The defect is the buyer's own, or there is none.
    case notLiable(EvidenceReference)
    /// An exclusion a person found proven; it carries its evidence.
    case excluded(Exclusion)
    /// A person confirmed a fraud; only a hold leads to it.
    case fraud
}

extension ClaimRuling {
    /// Whether it gives what only a person orders.
    var isPersonOnly: Bool {
        if case .liable(_, let redress) = self { redress.remedy.isPersonOnly } else { false }
    }

    var isAgainstMerchant: Bool {
        if case .liable(.merchant, _) = self { true } else { false }
    }
}

extension ClaimEvent {
    /// The exclusion that a finding, a ruling or an appeal says is proven; `nil` for all else.
    public var exclusion: Exclusion? {
        switch self {
        case .liabilityProposed(.excluded(let exclusion)), .ruled(.excluded(let exclusion)),
            .appealDecided(.changed(.excluded(let exclusion))):
            exclusion
        default: nil
        }
    }
}

/// What a second, different reviewer made of a ruling (复核).
public enum AppealOutcome: Sendable, Hashable {
    case upheld
    case changed(ClaimRuling)
}

/// The platform's word on one attempt to carry a remedy out.
public struct RemedyReceipt: Sendable, Hashable {
    /// The attempt's number (``Execution/attempt``): a receipt for another one is refused.
    public let attempt: Int
    public let result: Result

    public enum Result: Sendable, Hashable {
        /// Done as ordered; the redress must be the one that was asked for.
        case done(Redress)
        /// The one who owes it will not.
        case refused
        /// It could not be done.
        case failed
    }

    public init(attempt: Int, result: Result) {
        self.attempt = attempt
        self.result = result
    }
}

/// A tier outside the platform's own channel, and on what ground it is gone to.
public struct EscalationStep: Sendable, Hashable {
    /// 2 consumer bodies, 3 the payment firm, 4 the law.
    public let tier: Int
    public let ground: Ground

    public enum Ground: String, Sendable, Hashable, CaseIterable {
        /// The tier before it is exhausted, or has not moved.
        case exhausted
        /// Paid, nothing delivered, and the merchant is silent (M1-26).
        case silentNonDelivery = "silent_non_delivery"
        /// Fraud or absconding, which a person saw (M0-26, M4-09).
        case fraud
        /// Many bad codes of one batch or merchant: one collective case (M1-30).
        case systemic
    }

    /// - Returns: nil for another tier than 2, 3 and 4.
    public init?(tier: Int, ground: Ground) {
        guard (2...4).contains(tier) else { return nil }
        self.tier = tier
        self.ground = ground
    }
}

/// What an outside channel brought.
public enum ExternalOutcome: String, Sendable, Hashable, CaseIterable {
    case progress
    /// The parties settled, or the channel decided.
    case settled
    /// The payment came back.
    case fundsBack = "funds_back"
    /// The channel is at its end without a result.
    case exhausted
}
