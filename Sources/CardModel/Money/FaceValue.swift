/// The amount a card is sold as (面值); never negative.
public struct FaceValue: Sendable, Hashable {
    public let money: Money

    public init?(money: Money) {
        guard money.minorUnits >= 0 else { return nil }
        self.money = money
    }

    /// What an issuer's answer about the real value says about a card sold at this one.
    public func judged(byActual actual: Money) -> Judgement {
        switch actual.compared(to: money) {
        case .less: .undervalued
        case .equal: .asSold
        case .greater: .moreThanSold
        case .notComparable: .otherCurrency
        }
    }

    public enum Judgement: Sendable, Hashable {
        case asSold
        case undervalued
        /// More than was paid for: another product, and several issuers destroy the excess.
        case moreThanSold
        /// Nothing follows from amounts in two currencies.
        case otherCurrency
    }
}
