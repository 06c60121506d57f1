public import WireFormat

/// What is on record when a claim is reviewed, from the three sources of M3-40.
public struct ReviewFacts: Sendable, Hashable {
    /// The state that the claim is about, and whether it was only reported.
    public var verdict: Verdict
    /// What stands for the item now; nil when nothing was found out.
    public var standing: Verdict?
    public var order: Order
    public var merchant: Merchant
    /// What a case about this defect cannot do without.
    public var evidence: [Evidence]

    public init(
        verdict: Verdict,
        standing: Verdict?,
        order: Order,
        merchant: Merchant,
        evidence: [Evidence]
    ) {
        self.verdict = verdict
        self.standing = standing
        self.order = order
        self.merchant = merchant
        self.evidence = evidence
    }

    /// What the platform said of the order (后台订单数据); nil: it did not say.
    public struct Order: Sendable, Hashable {
        public var placedAt: Instant?
        public var paid: Money?
        public var termsDisclosedAt: Instant?
        public var deliveredAt: Instant?

        public init(
            placedAt: Instant?,
            paid: Money?,
            termsDisclosedAt: Instant?,
            deliveredAt: Instant?
        ) {
            self.placedAt = placedAt
            self.paid = paid
            self.termsDisclosedAt = termsDisclosedAt
            self.deliveredAt = deliveredAt
        }
    }

    /// What the operator keeps of the merchant (商家资质).
    public struct Merchant: Sendable, Hashable {
        /// Nil: nobody has stated anything.
        public var profile: MerchantProfile?
        public var required: Set<Qualification.Kind>
        /// On which the qualifications must hold.
        public var day: CalendarDate

        public init(
            profile: MerchantProfile?,
            required: Set<Qualification.Kind>,
            day: CalendarDate
        ) {
            self.profile = profile
            self.required = required
            self.day = day
        }
    }

    /// One place that evidence fills (用户证据).
    public struct Evidence: Sendable, Hashable {
        /// Stable, such as `communication`.
        public var slot: String
        public var name: LocalisedText
        public var isFilled: Bool
        /// Whether it is the place of the issuer's own answer.
        public var isIssuersAnswer: Bool

        public init(slot: String, name: LocalisedText, isFilled: Bool, isIssuersAnswer: Bool) {
            self.slot = slot
            self.name = name
            self.isFilled = isFilled
            self.isIssuersAnswer = isIssuersAnswer
        }
    }
}
