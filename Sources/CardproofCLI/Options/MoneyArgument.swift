import CardModel
import WireFormat

/// An amount as an option gives it.
enum MoneyArgument {
    /// `5000:CNY`: minor units, so that nobody wonders how many fen a yuan of it has.
    /// - Throws: ``CommandFailure`` with 64 for anything else.
    static func value(of text: String) throws -> JSONValue {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let minorUnits = Int64(parts[0]), minorUnits > 0,
            Money(minorUnits: minorUnits, currency: String(parts[1])) != nil
        else {
            throw CommandFailure.usage(
                "--amount \(text): minor units above 0 and a currency, such as 5000:CNY, are "
                    + "expected"
            )
        }
        return [
            "amount_minor": .integer(minorUnits), "currency": .string(String(parts[1])),
        ]
    }
}
