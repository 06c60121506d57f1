public import WireFormat

/// What one side owes the other to make a defect good (补救): a remedy, and its amount where the
/// remedy is money.
public struct Redress: Sendable, Hashable {
    public let remedy: Remedy

    /// More than zero; present for the remedies that pay money, and for no other.
    public let amount: Money?

    /// - Returns: nil for a payment without an amount above zero, and for an amount of what is no
    ///   payment.
    public init?(_ remedy: Remedy, amount: Money? = nil) {
        guard remedy.isPayment == (amount != nil), amount.map({ $0.minorUnits > 0 }) ?? true else {
            return nil
        }
        self.remedy = remedy
        self.amount = amount
    }

    /// The price back, the way it was paid; nil where no price is known.
    static func refund(of price: Money?) -> Redress? {
        price.flatMap { Redress(.refundOriginal, amount: $0) }
    }
}

extension Redress {
    public var jsonValue: JSONValue {
        ["remedy": .string(remedy.rawValue), "amount": amount?.jsonValue ?? .null]
    }

    public init?(jsonValue: JSONValue) {
        guard let remedy = jsonValue["remedy"]?.stringValue.flatMap({ Remedy(rawValue: $0) }) else {
            return nil
        }
        guard let stored = jsonValue["amount"], !stored.isNull else {
            self.init(remedy)
            return
        }
        guard let amount = Money(jsonValue: stored) else { return nil }
        self.init(remedy, amount: amount)
    }
}

extension Remedy {
    /// Whether it pays an amount of money.
    public var isPayment: Bool {
        switch self {
        case .refundOriginal, .partialRefund, .payDifference, .compensateDelay,
            .refundPlusThree:
            true
        case .repair, .reissue, .wait, .coupon, .points, .upgrade: false
        }
    }

    /// Whether a code must be seen to work before the remedy counts as done.
    public var isVerified: Bool {
        switch self {
        case .repair, .reissue, .wait: true
        case .refundOriginal, .partialRefund, .payDifference, .compensateDelay,
            .refundPlusThree, .coupon, .points, .upgrade:
            false
        }
    }

    /// Whether only a person may order it (claims.md E4).
    public var isPersonOnly: Bool { self == .refundPlusThree }
}
