public import WireFormat

/// What the buyer asks for (诉求): exact amounts and a final deadline (M1-15, M1-22, M3-56).
public struct Demand: Sendable, Hashable {
    /// Never empty.
    public let reliefs: [Relief]
    /// When it passes the case goes to the next tier.
    public let finalDeadline: Instant

    /// `nil` without a relief, for a quantity below one and an amount that is not positive.
    public init?(_ reliefs: [Relief], until finalDeadline: Instant) {
        guard !reliefs.isEmpty, reliefs.allSatisfy(\.isMeaningful) else { return nil }
        self.reliefs = reliefs
        self.finalDeadline = finalDeadline
    }

    public enum Relief: Sendable, Hashable {
        case replaceEqual(quantity: Int, within: PolicyDuration)
        case refundOriginal(Money)
        case payDifference(Money)
        case compensateDelay(Money)
        case compensateLoss(Money)
        /// 退一赔三: proposed, and a person confirms it (M4-37, F-5).
        case refundPlusThree(price: Money)

        var isMeaningful: Bool {
            switch self {
            case .replaceEqual(let quantity, _): quantity > 0
            case .refundOriginal(let amount), .payDifference(let amount),
                .compensateDelay(let amount), .compensateLoss(let amount):
                amount.minorUnits > 0
            case .refundPlusThree(let price): price.minorUnits > 0 && price.times(4) != nil
            }
        }
    }

    var asksForThreefold: Bool {
        reliefs.contains { relief in
            if case .refundPlusThree = relief { true } else { false }
        }
    }
}

extension Demand {
    /// A valid code of equal value within 24 hours (M1-21).
    public static func replaceWithin24Hours(quantity: Int, from instant: Instant) -> Demand? {
        replace(quantity, hours: 24, from: instant)
    }

    /// The same within 48 hours (M4-34).
    public static func reissueWithin48Hours(quantity: Int, from instant: Instant) -> Demand? {
        replace(quantity, hours: 48, from: instant)
    }

    /// The price back, and ten percent of it for the loss (M4-34), rounded down to the minor unit.
    public static func refundWithTenPercent(of price: Money, until deadline: Instant) -> Demand? {
        let share = Money(minorUnits: price.minorUnits / 10, currency: price.currency)
        let loss = share.flatMap { $0.minorUnits > 0 ? Relief.compensateLoss($0) : nil }
        return Demand([.refundOriginal(price)] + (loss.map { [$0] } ?? []), until: deadline)
    }

    private static func replace(_ quantity: Int, hours: Int64, from instant: Instant) -> Demand? {
        Demand(
            [.replaceEqual(quantity: quantity, within: .elapsed(seconds: hours * 3_600))],
            until: instant + .seconds(hours * 3_600)
        )
    }
}

extension Demand.Relief {
    func text(in language: Language) -> String { texts(language)[language] }

    private func texts(_ language: Language) -> LocalisedText {
        switch self {
        case .replaceEqual(let quantity, let within):
            LocalisedText(
                zhCN: "补发等值有效卡密 \(quantity) 张，期限 \(within.text(in: language))",
                en: "\(quantity) valid code(s) of equal value within \(within.text(in: language))"
            )
        case .refundOriginal(let amount):
            LocalisedText(
                zhCN: "原路退款 \(amount.text(in: language))",
                en: "a refund of \(amount.text(in: language)) the way it was paid"
            )
        case .payDifference(let amount):
            LocalisedText(
                zhCN: "补足差额 \(amount.text(in: language))",
                en: "the difference of \(amount.text(in: language))"
            )
        case .compensateDelay(let amount):
            LocalisedText(
                zhCN: "赔偿延迟损失 \(amount.text(in: language))",
                en: "\(amount.text(in: language)) for the delay"
            )
        case .compensateLoss(let amount):
            LocalisedText(
                zhCN: "赔偿损失 \(amount.text(in: language))",
                en: "\(amount.text(in: language)) for the loss"
            )
        case .refundPlusThree(let price):
            LocalisedText(
                zhCN: "退还价款 \(price.text(in: language))，并按价款三倍赔偿 "
                    + "\(price.times(3)?.text(in: language) ?? "")",
                en: "the price of \(price.text(in: language)), and three times the price, "
                    + "\(price.times(3)?.text(in: language) ?? "")"
            )
        }
    }
}

extension Money {
    /// `nil` where 64 bits do not hold it.
    func times(_ factor: Int64) -> Money? {
        let (product, overflow) = minorUnits.multipliedReportingOverflow(by: factor)
        return overflow ? nil : Money(minorUnits: product, currency: currency)
    }

    /// `50.00元`, `50.00 USD`.
    func text(in language: Language) -> String {
        language == .zhCN && currency == "CNY" ? "\(decimalText)元" : description
    }
}
