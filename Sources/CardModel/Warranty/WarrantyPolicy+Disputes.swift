extension WarrantyPolicy {
    /// How many people decide a dispute (纠纷仲裁, M0-35).
    public struct Arbitration: Sendable, Hashable {
        /// From this amount in dispute on, ``arbiters`` decide; `nil`: one decides, whatever the
        /// amount.
        public var quorumAmount: Money?
        /// Distinct arbiters, none of them a party to the case.
        public var arbiters: Int

        public init(quorumAmount: Money? = nil, arbiters: Int = 1) {
            self.quorumAmount = quorumAmount
            self.arbiters = arbiters
        }

        /// A quorum is more than one person.
        public static let fewestForQuorum = 2
        /// A committee beyond this is a mistake in the file.
        public static let mostArbiters = 21
    }

    /// What a merchant's deposit (保证金) and the fund behind it pay without a person.
    public struct DepositTerms: Sendable, Hashable {
        /// `nil`: a person decides every payout.
        public var caps: PayoutCaps?
        /// Whether the platform's fund pays where the deposit is short and the merchant is silent
        /// past his limit (M2-13).
        public var backstop: Bool

        public init(caps: PayoutCaps? = nil, backstop: Bool = true) {
            self.caps = caps
            self.backstop = backstop
        }

        public var perCase: Money? { caps?.perCase }
        /// For one merchant and one day.
        public var perDay: Money? { caps?.perDay }
    }

    /// Above either cap a person decides. Both amounts are in one currency.
    public struct PayoutCaps: Sendable, Hashable {
        public let perCase: Money
        /// For one merchant and one day.
        public let perDay: Money

        /// `nil` for two currencies, an amount below zero, and a case that no day could pay.
        public init?(perCase: Money, perDay: Money) {
            guard perCase.minorUnits >= 0 else { return nil }
            switch perCase.compared(to: perDay) {
            case .less, .equal: break
            case .greater, .notComparable: return nil
            }
            self.perCase = perCase
            self.perDay = perDay
        }
    }

    /// The entitlement a membership promises (会员时长, E3 rule 9). A term that ends more than the
    /// tolerance too early is shortened.
    public struct MembershipTerms: Sendable, Hashable {
        public var lengthDays: Int
        public var toleranceHours: Int

        public init(lengthDays: Int, toleranceHours: Int = 24) {
            self.lengthDays = lengthDays
            self.toleranceHours = toleranceHours
        }

        /// A tolerance of a month would forgive every shortened term.
        public static let mostToleranceHours = 720
    }
}
