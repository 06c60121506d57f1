public import WireFormat

/// An amount in integer minor units of one currency (fen, cents); never a floating-point number.
public struct Money: Sendable, Hashable {
    public let minorUnits: Int64

    /// ISO 4217 code, three upper-case letters.
    public let currency: String

    /// `nil` when `currency` is not three upper-case ASCII letters.
    public init?(minorUnits: Int64, currency: String) {
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return nil }
        self.minorUnits = minorUnits
        self.currency = currency
    }

    private init(minorUnits: Int64, sameCurrencyAs other: Money) {
        self.minorUnits = minorUnits
        currency = other.currency
    }

    /// The sum; `nil` for different currencies and where 64 bits do not hold it.
    public func adding(_ other: Money) -> Money? {
        guard currency == other.currency else { return nil }
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        return overflow ? nil : Money(minorUnits: sum, sameCurrencyAs: self)
    }

    /// The difference; `nil` for different currencies and where 64 bits do not hold it.
    public func subtracting(_ other: Money) -> Money? {
        guard currency == other.currency else { return nil }
        let (difference, overflow) = minorUnits.subtractingReportingOverflow(other.minorUnits)
        return overflow ? nil : Money(minorUnits: difference, sameCurrencyAs: self)
    }

    /// How this amount stands to `other`. Amounts in different currencies do not compare, whatever
    /// the numbers, zero included.
    public func compared(to other: Money) -> Comparison {
        guard currency == other.currency else { return .notComparable }
        if minorUnits < other.minorUnits { return .less }
        return minorUnits == other.minorUnits ? .equal : .greater
    }

    /// An order in which every amount has its place: by currency, then by amount; one that nobody
    /// knows comes last.
    public static func isSmaller(_ left: Money?, than right: Money?) -> Bool {
        guard let left else { return false }
        guard let right else { return true }
        return (left.currency, left.minorUnits) < (right.currency, right.minorUnits)
    }

    public enum Comparison: Sendable, Hashable {
        case less
        case equal
        case greater
        case notComparable
    }
}

extension Money {
    /// The exact amount in major units, as people and most issuers write it: `50.00`, `-0.05`,
    /// `500` for a currency without minor units.
    public var decimalText: String {
        let digits = minorUnitDigits
        let magnitude = String(minorUnits.magnitude)
        let sign = minorUnits < 0 ? "-" : ""
        guard digits > 0 else { return sign + magnitude }
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// The digits after the point in ISO 4217 list one: two, but for the currencies named here.
    public var minorUnitDigits: Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }
}

extension Money {
    /// `{"amount_minor": 5000, "currency": "CNY"}`, the shape of the HTTP interface.
    public var jsonValue: JSONValue {
        ["amount_minor": .integer(minorUnits), "currency": .string(currency)]
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else. Further members are not looked at.
    public init?(jsonValue: JSONValue) {
        guard let minorUnits = jsonValue["amount_minor"]?.integerValue,
            let currency = jsonValue["currency"]?.stringValue
        else { return nil }
        self.init(minorUnits: minorUnits, currency: currency)
    }
}

extension Money: CustomStringConvertible {
    public var description: String { "\(decimalText) \(currency)" }
}
