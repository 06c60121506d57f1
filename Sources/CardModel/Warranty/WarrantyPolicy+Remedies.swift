extension WarrantyPolicy {
    /// What the buyer gets (M3-02: repair, reissue, refund).
    public struct RemedyTerms: Sendable, Hashable {
        /// What is offered, the first one first. A policy for card keys offers both reissue and
        /// refund (M2-28).
        public var order: [Remedy]
        /// Who chooses between reissue and refund.
        public var choice: RemedyChoice
        /// Percent of the price for a late delivery; `nil` for none.
        public var delayPercent: Int?
        /// Up to here the gateway pays back by itself; `nil`: never.
        public var automaticLimit: AutomaticLimit?

        public init(
            order: [Remedy] = [.reissue, .refundOriginal],
            choice: RemedyChoice = .buyer,
            delayPercent: Int? = nil,
            automaticLimit: AutomaticLimit? = nil
        ) {
            self.order = order
            self.choice = choice
            self.delayPercent = delayPercent
            self.automaticLimit = automaticLimit
        }
    }

    /// Who chooses among the remedies of a policy (退款重发, M2-28).
    public enum RemedyChoice: String, Sendable, Hashable, CaseIterable {
        case buyer
        /// The order of the policy decides.
        case policy
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
    /// Another code in place of the bad one.
    case reissue
    /// Back the way it was paid.
    case refundOriginal = "refund_original"
    case partialRefund = "partial_refund"
    case payDifference = "pay_difference"
    case compensateDelay = "compensate_delay"
    case wait
    case coupon
    case points
    /// A higher membership, or a longer one.
    case upgrade
    /// 退一赔三: the price and three times the price. Only a person demands or decides it.
    case refundPlusThree = "refund_plus_three"

    /// Whether it gives the buyer back what he paid, or a part of it (退款).
    public var isRefund: Bool {
        switch self {
        case .refundOriginal, .partialRefund, .refundPlusThree: true
        case .repair, .reissue, .payDifference, .compensateDelay, .wait, .coupon, .points,
            .upgrade:
            false
        }
    }

    /// Whether only a person may name the remedy: it may not stand in a policy's order.
    public var needsPerson: Bool {
        switch self {
        case .refundPlusThree: true
        case .repair, .reissue, .refundOriginal, .partialRefund, .payDifference, .compensateDelay,
            .wait, .coupon, .points, .upgrade:
            false
        }
    }
}
