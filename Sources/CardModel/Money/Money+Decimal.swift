extension Money {
    /// An amount as people and issuers write it: `50`, `50.0`, `50.00`, without floating point.
    /// Digits beyond the currency's minor unit must be zero. Nil for anything else, signs included.
    public init?(decimal text: String, currency: String) {
        guard let digits = Money(minorUnits: 0, currency: currency)?.minorUnitDigits
        else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty,
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard parts.count == 1 || !fraction.isEmpty,
            fraction.dropFirst(digits).allSatisfy({ $0 == "0" })
        else { return nil }
        let kept = String(fraction.prefix(digits))
        let padded = kept + String(repeating: "0", count: digits - kept.count)
        guard let minorUnits = Int64(whole + padded) else { return nil }
        self.init(minorUnits: minorUnits, currency: currency)
    }
}
