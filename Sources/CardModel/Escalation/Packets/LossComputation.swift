/// The loss, item by item, in one currency (M4-26).
public struct LossComputation: Sendable, Hashable {
    /// Never empty.
    public let items: [Item]
    public let total: Money

    /// `nil` without an item, for an amount below zero, two currencies, and a sum that 64 bits do
    /// not hold.
    public init?(_ items: [Item]) {
        guard let first = items.first, items.allSatisfy({ $0.amount.minorUnits >= 0 })
        else { return nil }
        var total: Money? = first.amount
        for item in items.dropFirst() { total = total?.adding(item.amount) }
        guard let total else { return nil }
        self.items = items
        self.total = total
    }

    public struct Item: Sendable, Hashable {
        public var kind: Kind
        public var amount: Money

        public init(_ kind: Kind, _ amount: Money) {
            self.kind = kind
            self.amount = amount
        }
    }

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case price
        case faceValueDifference = "face_value_difference"
        case delay
        case secondCharge = "second_charge"
        case costOfEvidence = "cost_of_evidence"

        func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .price: LocalisedText(zhCN: "已付价款", en: "price paid")
            case .faceValueDifference:
                LocalisedText(zhCN: "面值差额", en: "difference of the face value")
            case .delay: LocalisedText(zhCN: "延迟损失", en: "loss by delay")
            case .secondCharge: LocalisedText(zhCN: "重复扣款", en: "second charge")
            case .costOfEvidence:
                LocalisedText(zhCN: "取证、公证费用", en: "cost of evidence and notary")
            }
        }
    }
}
