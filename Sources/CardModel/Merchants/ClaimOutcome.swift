public import WireFormat

/// How one claim ended, as it is published (处理结果公示, M2-12): what the metrics and the grade of
/// a merchant are computed from. It names no code, no order and no person.
///
/// Times are to the second: a millisecond would link the outcome to an order.
public struct ClaimOutcome: Sendable, Hashable {
    /// 1, 2, 3… over all merchants of the platform in the order of closing, so that a line that is
    /// left out is noticed.
    public let number: Int
    public let merchant: String
    public let family: DefectFamily
    public let result: Result
    public let liable: LiableParty
    public let openedAt: Instant
    /// The first answer by a person; an automatic one does not count. Nil when nobody answered.
    public let firstResponseAt: Instant?
    /// The first remedy that was offered.
    public let proposalAt: Instant?
    public let closedAt: Instant
    /// The number of an earlier outcome of the same claim, which was reopened: that one no longer
    /// counts.
    public let replaces: Int?

    /// The most outcomes of one platform, and the largest number.
    public static let largestNumber = 1_000_000_000_000

    /// The most bytes of a merchant's name: 1,024 characters of four bytes, as a notice may bring.
    public static let longestMerchant = 4_096

    /// `nil` where a number is out of range, the merchant has no name, or an instant lies before
    /// the opening or after the closing.
    public init?(
        number: Int,
        merchant: String,
        family: DefectFamily,
        result: Result,
        liable: LiableParty,
        openedAt: Instant,
        firstResponseAt: Instant? = nil,
        proposalAt: Instant? = nil,
        closedAt: Instant,
        replaces: Int? = nil
    ) {
        let inside = [firstResponseAt, proposalAt].compactMap { $0 }
        guard (1...Self.largestNumber).contains(number), openedAt <= closedAt,
            (1...Self.longestMerchant).contains(merchant.utf8.count),
            inside.allSatisfy({ openedAt <= $0 && $0 <= closedAt }),
            replaces.map({ (1..<number).contains($0) }) ?? true
        else { return nil }
        self.number = number
        self.merchant = merchant
        self.family = family
        self.result = result
        self.liable = liable
        self.openedAt = openedAt.wholeSecond
        self.firstResponseAt = firstResponseAt?.wholeSecond
        self.proposalAt = proposalAt?.wholeSecond
        self.closedAt = closedAt.wholeSecond
        self.replaces = replaces
    }
}

extension Instant {
    fileprivate var wholeSecond: Instant {
        Instant(secondsSinceEpoch: secondsAndMilliseconds.seconds)
    }
}

extension ClaimOutcome {
    /// How a claim ended. The raw values stand in published files.
    public enum Result: String, Sendable, Hashable, CaseIterable {
        /// A replacement or another remedy that was checked and is good.
        case remedied
        /// Money back from who was liable.
        case refunded
        /// Money from the merchant's deposit: the merchant did not pay itself.
        case paidOutFromDeposit = "paid_out_from_deposit"
        case notCovered = "not_covered"
        /// The buyer did not bring what was asked of him.
        case abandoned
        case withdrawn
        /// The issuer's trouble passed and the code is good.
        case recovered
        /// A person found the claim itself to be false.
        case fraud
        /// The payment firm gave the money back.
        case refundedExternally = "refunded_external"
        /// The decision stands after an appeal.
        case final

        /// - Parameter settlement: How the remedy was paid, for a claim that was remedied.
        /// - Returns: `nil` for a state that is not closed.
        public init?(closing state: ClaimState, settlement: Settlement = .inKind) {
            switch state {
            case .closedRemedied:
                switch settlement {
                case .inKind: self = .remedied
                case .refund: self = .refunded
                case .depositPayout: self = .paidOutFromDeposit
                }
            case .closedNotCovered: self = .notCovered
            case .closedWithdrawn: self = .withdrawn
            case .closedAbandoned: self = .abandoned
            case .closedRecovered: self = .recovered
            case .closedFinal: self = .final
            case .closedFraud: self = .fraud
            case .closedRefundedExternal: self = .refundedExternally
            case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
                .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
                .escalateTier2, .escalateTier3, .escalateTier4:
                return nil
            }
        }
    }

    /// What a remedy was given in.
    public enum Settlement: Sendable, Hashable {
        /// A new code, a repair, a voucher.
        case inKind
        case refund
        case depositPayout
    }
}

extension ClaimOutcome.Result {
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .remedied: LocalisedText(zhCN: "已补救", en: "remedied")
        case .refunded: LocalisedText(zhCN: "已退款", en: "refunded")
        case .paidOutFromDeposit: LocalisedText(zhCN: "保证金赔付", en: "paid from the deposit")
        case .notCovered: LocalisedText(zhCN: "不在质保范围", en: "not covered")
        case .abandoned: LocalisedText(zhCN: "买家未补充材料", en: "abandoned by the buyer")
        case .withdrawn: LocalisedText(zhCN: "买家撤回", en: "withdrawn by the buyer")
        case .recovered: LocalisedText(zhCN: "已恢复正常", en: "recovered")
        case .fraud: LocalisedText(zhCN: "经人工认定为虚假申诉", en: "found false by a person")
        case .refundedExternally: LocalisedText(zhCN: "支付机构退款", en: "refunded by the payment firm")
        case .final: LocalisedText(zhCN: "复核维持", en: "upheld on appeal")
        }
    }
}
