/// A published check-digit algorithm; the check symbol or symbols stand last.
///
/// No source states a check digit for any Chinese recharge or game card, so
/// none is applied unless a format names it.
public enum CheckDigit: String, Sendable, Hashable, CaseIterable {
    /// ISO/IEC 7812-1 annex B, "mod 10 double add double".
    case luhn
    /// GS1 General Specifications §7.9, as on EAN and UPC.
    case gs1Mod10 = "gs1_mod10"
    /// Verhoeff 1969, dihedral group D5.
    case verhoeff
    /// Damm 2004, totally anti-symmetric quasigroup of order 10.
    case damm
    /// ISO/IEC 7064 MOD 97-10, two check digits.
    case mod97And10 = "iso7064_mod97_10"
    /// ISO/IEC 7064 MOD 11-2, check symbol `0`–`9` or `X`.
    case mod11And2 = "iso7064_mod11_2"
    /// ISO/IEC 7064 MOD 37,36, letters and digits.
    case mod37And36 = "iso7064_mod37_36"

    /// Whether `symbols` (ASCII, upper case) end in the right check symbol. Symbols the algorithm
    /// does not know, and fewer than two of them, are not valid.
    public func isValid(_ symbols: some Collection<UInt8>) -> Bool {
        guard symbols.count >= 2 else { return false }
        return switch self {
        case .luhn: Self.luhnSum(symbols).map { $0 % 10 == 0 } ?? false
        case .gs1Mod10: Self.gs1Sum(symbols).map { $0 % 10 == 0 } ?? false
        case .verhoeff: Self.verhoeff(symbols) == 0
        case .damm: Self.damm(symbols) == 0
        case .mod97And10: Self.remainder97(symbols) == 1
        case .mod11And2: Self.remainder11(symbols) == 1
        case .mod37And36: Self.hybrid37(symbols) == 1
        }
    }
}

extension CheckDigit {
    private static func digit(_ symbol: UInt8) -> Int? {
        (0x30...0x39).contains(symbol) ? Int(symbol) - 0x30 : nil
    }

    private static func luhnSum(_ symbols: some Collection<UInt8>) -> Int? {
        var sum = 0
        var isDoubled = symbols.count.isMultiple(of: 2)
        for symbol in symbols {
            guard let digit = digit(symbol) else { return nil }
            let doubled = digit * 2
            sum += isDoubled ? (doubled > 9 ? doubled - 9 : doubled) : digit
            isDoubled.toggle()
        }
        return sum
    }

    private static func gs1Sum(_ symbols: some Collection<UInt8>) -> Int? {
        var sum = 0
        var weight = symbols.count.isMultiple(of: 2) ? 3 : 1
        for symbol in symbols {
            guard let digit = digit(symbol) else { return nil }
            sum += digit * weight
            weight = 4 - weight
        }
        return sum
    }

    private static func verhoeff(_ symbols: some Collection<UInt8>) -> Int? {
        var state = 0
        for (position, symbol) in Array(symbols).reversed().enumerated() {
            guard let digit = digit(symbol) else { return nil }
            state = dihedralProduct(state, verhoeffPermutation(digit, times: position % 8))
        }
        return state
    }

    /// The product in D5, the symmetries of the pentagon: 0–4 turn, 5–9 turn and mirror.
    private static func dihedralProduct(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): (left + right - 5) % 5 + 5
        case (false, true): (left - 5 - right + 5) % 5 + 5
        case (false, false): (left - right + 5) % 5
        }
    }

    private static func verhoeffPermutation(_ digit: Int, times: Int) -> Int {
        let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        return (0..<times).reduce(digit) { digit, _ in permutation[digit] }
    }

    private static func damm(_ symbols: some Collection<UInt8>) -> Int? {
        var state = 0
        for symbol in symbols {
            guard let digit = digit(symbol) else { return nil }
            state = dammTable[state * 10 + digit]
        }
        return state
    }

    /// The quasigroup of Damm's thesis, row by row.
    private static let dammTable: [Int] = Array(
        "0317598642709214865342063159871750983426612304597836742095815869720134894536201794386172052581436790"
    )
    .map { $0.wholeNumberValue ?? 0 }

    private static func remainder97(_ symbols: some Collection<UInt8>) -> Int? {
        var remainder = 0
        for symbol in symbols {
            guard let digit = digit(symbol) else { return nil }
            remainder = (remainder * 10 + digit) % 97
        }
        return remainder
    }

    private static func remainder11(_ symbols: some Collection<UInt8>) -> Int? {
        var remainder = 0
        for (index, symbol) in symbols.enumerated() {
            let isLast = index == symbols.count - 1
            guard let value = symbol == UInt8(ascii: "X") && isLast ? 10 : digit(symbol)
            else { return nil }
            remainder = (remainder * 2 + value) % 11
        }
        return remainder
    }

    private static func hybrid37(_ symbols: some Collection<UInt8>) -> Int? {
        var product = 36
        var sum = 0
        for symbol in symbols {
            let value: Int
            switch symbol {
            case 0x30...0x39: value = Int(symbol) - 0x30
            case 0x41...0x5A: value = Int(symbol) - 0x41 + 10
            default: return nil
            }
            sum = (product + value) % 36
            product = (sum == 0 ? 36 : sum) * 2 % 37
        }
        return sum
    }
}
