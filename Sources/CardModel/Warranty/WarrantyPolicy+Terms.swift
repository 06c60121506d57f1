extension WarrantyPolicy {
    /// What the listing promises beyond a working code.
    public struct Promise: Sendable, Hashable {
        public var deliverWithin: PolicyDuration?
        /// Whether the value must be the face value exactly.
        public var isFaceValueExact: Bool
        public var region: String?
        /// The fewest days of life left at hand-over.
        public var minimumShelfLifeDays: Int?

        public init(
            deliverWithin: PolicyDuration? = nil,
            isFaceValueExact: Bool = true,
            region: String? = nil,
            minimumShelfLifeDays: Int? = nil
        ) {
            self.deliverWithin = deliverWithin
            self.isFaceValueExact = isFaceValueExact
            self.region = region
            self.minimumShelfLifeDays = minimumShelfLifeDays
        }
    }

    /// What is covered, and which facts may take it out again.
    public struct Coverage: Sendable, Hashable {
        public var states: Set<VerdictState>
        public var exclusions: Set<Exclusion.Kind>

        public init(
            states: Set<VerdictState> = Coverage.everything,
            exclusions: Set<Exclusion.Kind> = Set(Exclusion.Kind.allCases)
        ) {
            self.states = states
            self.exclusions = exclusions
        }

        /// Every state a warranty can cover.
        public static let everything = Set(VerdictState.allCases.filter(\.isCoverable))
    }

    /// Who must act by when. The two without a default must be agreed by the platform itself.
    public struct ServiceLevels: Sendable, Hashable {
        public var firstResponse: PolicyDuration
        public var proposal: PolicyDuration
        public var resolution: PolicyDuration
        public var hardLimit: PolicyDuration
        public var reviewStartMinimum: PolicyDuration
        public var reviewStartMaximum: PolicyDuration
        public var escalateWithoutProgress: PolicyDuration
        public var buyerEvidenceWithin: PolicyDuration?
        public var platformDecidesWithin: PolicyDuration?

        public init(
            firstResponse: PolicyDuration = .elapsed(seconds: 120),
            proposal: PolicyDuration = .elapsed(seconds: 7_200),
            resolution: PolicyDuration = .elapsed(seconds: 86_400),
            hardLimit: PolicyDuration = .elapsed(seconds: 172_800),
            reviewStartMinimum: PolicyDuration = .workingDays(1),
            reviewStartMaximum: PolicyDuration = .workingDays(3),
            escalateWithoutProgress: PolicyDuration = .workingDays(3),
            buyerEvidenceWithin: PolicyDuration? = nil,
            platformDecidesWithin: PolicyDuration? = nil
        ) {
            self.firstResponse = firstResponse
            self.proposal = proposal
            self.resolution = resolution
            self.hardLimit = hardLimit
            self.reviewStartMinimum = reviewStartMinimum
            self.reviewStartMaximum = reviewStartMaximum
            self.escalateWithoutProgress = escalateWithoutProgress
            self.buyerEvidenceWithin = buyerEvidenceWithin
            self.platformDecidesWithin = platformDecidesWithin
        }
    }

    /// What the buyer gets (M3-02: repair, reissue, refund).
    public struct RemedyTerms: Sendable, Hashable {
        public var order: [Remedy]
        /// Percent of the price for a late delivery; `nil` for none.
        public var delayPercent: Int?
        /// Up to here the gateway pays back by itself; `nil`: never.
        public var automaticLimit: AutomaticLimit?

        public init(
            order: [Remedy] = [.reissue, .refundOriginal],
            delayPercent: Int? = nil,
            automaticLimit: AutomaticLimit? = nil
        ) {
            self.order = order
            self.delayPercent = delayPercent
            self.automaticLimit = automaticLimit
        }
    }

    /// Both amounts are in one currency.
    public struct AutomaticLimit: Sendable, Hashable {
        public var perItem: Money
        public var perDay: Money

        /// `nil` for two currencies or an amount below zero.
        public init?(perItem: Money, perDay: Money) {
            guard perItem.currency == perDay.currency, perItem.minorUnits >= 0,
                perDay.minorUnits >= 0
            else { return nil }
            self.perItem = perItem
            self.perDay = perDay
        }
    }
}

/// What makes a defect good.
public enum Remedy: String, Sendable, Hashable, CaseIterable {
    case repair
    case reissue
    /// Back the way it was paid.
    case refundOriginal = "refund_original"
    case partialRefund = "partial_refund"
    case payDifference = "pay_difference"
    case compensateDelay = "compensate_delay"
    case wait
}
