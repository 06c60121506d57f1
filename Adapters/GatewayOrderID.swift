import AdapterKit

/// The number of a redemption as a recharge gateway sees it: `CP` and decimal digits.
enum GatewayOrderID {
    private static let prefix = "CP"

    static func text(of number: UInt64) -> String { prefix + String(number) }

    /// The number in an id of ours; nil for any other text.
    static func number(in text: String) -> UInt64? {
        guard text.hasPrefix(prefix), let number = UInt64(text.dropFirst(prefix.count)),
            RedemptionOrder.numberRange.contains(number), self.text(of: number) == text
        else { return nil }
        return number
    }
}
