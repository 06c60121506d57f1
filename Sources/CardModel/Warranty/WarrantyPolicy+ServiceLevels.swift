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
