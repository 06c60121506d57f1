import AdapterKit
import CardModel

extension XMLRPCValue {
    /// Most digits of an amount.
    private static var longestAmount: Int { 12 }

    /// Money in two members of a structure: minor units in digits, and an ISO 4217 code. Nil when
    /// one is absent or not written so.
    func money(_ amount: String, in currency: String) -> Money? {
        guard let digits = self[amount]?.lexeme, digits.utf8.count <= Self.longestAmount,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let minorUnits = Int64(digits), let currency = self[currency]?.lexeme
        else { return nil }
        return Money(minorUnits: minorUnits, currency: currency)
    }
}
