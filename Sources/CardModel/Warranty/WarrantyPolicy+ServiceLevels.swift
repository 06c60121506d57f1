extension WarrantyPolicy {
    /// Who must act by when (服务时限, M2-06). The two without a default must be agreed by the
    /// platform itself.
    public struct ServiceLevels: Sendable, Hashable {
        /// The first answer of a person to a claim (M2-20).
        public var firstResponse = PolicyDuration.minutes(2)
        /// The merchant's plan of what he will do.
        public var proposal = PolicyDuration.hours(2)
        /// The end of the handling (M2-21).
        public var resolution = PolicyDuration.hours(24)
        /// The limit that no extension moves (M4-16).
        public var hardLimit = PolicyDuration.hours(48)
        /// The platform's review starts no earlier than this (M3-39).
        public var reviewStartMinimum = PolicyDuration.workingDays(1)
        public var reviewStartMaximum = PolicyDuration.workingDays(3)
        /// A claim in which nothing moves goes to the next tier (M4-17).
        public var escalateWithoutProgress = PolicyDuration.workingDays(3)

        /// The X of the published flow (M2-11).
        public var buyerEvidenceWithin: PolicyDuration?
        /// The Y of the published flow (M2-11).
        public var platformDecidesWithin: PolicyDuration?

        /// The buyer's time to answer an offer; silence is never consent.
        public var remedyAnswerWithin = PolicyDuration.hours(24)
        /// The merchant's time for his evidence, such as the activation log.
        public var merchantEvidenceWithin = PolicyDuration.hours(24)
        /// From complete facts to the word on who is liable.
        public var decideLiabilityWithin = PolicyDuration.hours(24)
        /// A code that works, once it was decided (M1-21).
        public var replaceWithin = PolicyDuration.hours(24)
        public var refundWithin = PolicyDuration.hours(24)
        /// The limit of a buyer's demand to deliver again (M4-34).
        public var reissueDemandWithin = PolicyDuration.hours(48)
        /// The check of a replacement code after its hand-over.
        public var verifyReplacementWithin = PolicyDuration.hours(1)
        /// While an issuer or carrier is at fault, the buyer hears at least this often.
        public var thirdPartyNoticeEvery = PolicyDuration.hours(24)
        /// After this the claim goes on without the issuer or carrier.
        public var thirdPartyLimit = PolicyDuration.days(7)
        /// A person clears or confirms a risk hold.
        public var riskReviewWithin = PolicyDuration.hours(24)
        /// Buyer and merchant may appeal a decision within this.
        public var appealWithin = PolicyDuration.days(7)
        public var appealDecidedWithin = PolicyDuration.workingDays(3)
        /// How long before his due time the buyer is reminded; a claim is never called abandoned
        /// without it.
        public var buyerReminderBefore = PolicyDuration.hours(2)

        /// How often a review may be extended, each time with notice.
        public var mostExtensions = 2
        /// After this many missed responses the platform takes the claims of the merchant over.
        public var missedResponsesForIntervention = 3
        /// How often merchant and platform may pass a claim between them before it stays with the
        /// platform (M2-05).
        public var mostOwnerHandOvers = 2

        public init() {}
    }
}
<<<<<<< HEAD

extension WarrantyPolicy.ServiceLevels {
    /// One duration of the section that has a default, under its name in a policy file.
    struct Term: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, PolicyDuration> & Sendable
    }

    /// One of the two durations that the platform must agree on.
    struct AgreedTerm: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, PolicyDuration?> & Sendable
    }

    /// One count of the section, with the numbers it may have.
    struct Count: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, Int> & Sendable
        let range: ClosedRange<Int>
    }

    /// The durations directly under `sla`.
    static let terms: [Term] = [
        Term(name: "first_response", path: \.firstResponse),
        Term(name: "proposal", path: \.proposal),
        Term(name: "resolution", path: \.resolution),
        Term(name: "hard", path: \.hardLimit),
        Term(name: "escalate_no_progress", path: \.escalateWithoutProgress),
        Term(name: "remedy_answer_within", path: \.remedyAnswerWithin),
        Term(name: "merchant_evidence_within", path: \.merchantEvidenceWithin),
        Term(name: "liability_within", path: \.decideLiabilityWithin),
        Term(name: "replace_within", path: \.replaceWithin),
        Term(name: "refund_within", path: \.refundWithin),
        Term(name: "reissue_demand_within", path: \.reissueDemandWithin),
        Term(name: "verify_within", path: \.verifyReplacementWithin),
        Term(name: "third_party_notice_every", path: \.thirdPartyNoticeEvery),
        Term(name: "third_party_limit", path: \.thirdPartyLimit),
        Term(name: "risk_review_within", path: \.riskReviewWithin),
        Term(name: "appeal_within", path: \.appealWithin),
        Term(name: "appeal_decided_within", path: \.appealDecidedWithin),
        Term(name: "buyer_reminder_before", path: \.buyerReminderBefore),
    ]

    /// The durations under `sla.review_start`.
    static let reviewStart: [Term] = [
        Term(name: "min", path: \.reviewStartMinimum),
        Term(name: "max", path: \.reviewStartMaximum),
    ]

    static let agreedTerms: [AgreedTerm] = [
        AgreedTerm(name: "buyer_evidence_within", path: \.buyerEvidenceWithin),
        AgreedTerm(name: "platform_decides_within", path: \.platformDecidesWithin),
    ]

    /// More than ten extensions or hand-overs are no limit.
    static let counts: [Count] = [
        Count(name: "most_extensions", path: \.mostExtensions, range: 0...10),
        Count(
            name: "missed_responses_for_intervention",
            path: \.missedResponsesForIntervention,
            range: 1...100
        ),
        Count(name: "most_hand_overs", path: \.mostOwnerHandOvers, range: 0...10),
    ]
}
=======
>>>>>>> w-policy
