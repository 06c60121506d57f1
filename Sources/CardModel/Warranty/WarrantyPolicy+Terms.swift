extension WarrantyPolicy {
    /// What the listing promises beyond a working code.
    public struct Promise: Sendable, Hashable {
        public var deliverWithin: PolicyDuration?
        /// Whether the value must be the face value exactly.
        public var isFaceValueExact: Bool
        public var region: String?
        /// The fewest days to the card's use-by date that are left at the hand-over.
        public var minimumShelfLifeDays: Int?
        /// The fewest days for which the balance stays valid once the card is charged. A carrier
        /// card has both expiries (E3 rule 8), and neither says anything about the other.
        public var minimumBalanceValidityDays: Int?

        public init(
            deliverWithin: PolicyDuration? = nil,
            isFaceValueExact: Bool = true,
            region: String? = nil,
            minimumShelfLifeDays: Int? = nil,
            minimumBalanceValidityDays: Int? = nil
        ) {
            self.deliverWithin = deliverWithin
            self.isFaceValueExact = isFaceValueExact
            self.region = region
            self.minimumShelfLifeDays = minimumShelfLifeDays
            self.minimumBalanceValidityDays = minimumBalanceValidityDays
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
}
