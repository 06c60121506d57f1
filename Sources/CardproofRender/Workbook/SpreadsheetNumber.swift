/// A number as a workbook writes it: decimal digits of an IEEE 754 double.
struct SpreadsheetNumber: Equatable {
    /// Decimal digits that every double keeps; a spreadsheet replaces those behind by zeros.
    static let exactDigits = 15
    /// Zeros that a number below one may begin with before it is written with an exponent.
    private static let mostLeadingZeros = 9
    /// The longest number that is read, in bytes.
    private static let longest = 400

    let isNegative: Bool
    /// Significant digits, 0 to 9, without zeros at either end; empty for zero.
    private(set) var digits: [UInt8]
    /// The number is 0.digits × 10^exponent.
    private(set) var exponent: Int

    /// Nil for what is no decimal number, e.g. `NaN`.
    init?(_ text: some Collection<UInt8>) {
        guard text.count <= Self.longest else { return nil }
        var rest = text[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest.dropFirst(whole.count)
        var all = Array(whole)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: Self.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
            all += fraction
        }
        guard !all.isEmpty, let power = Self.power(rest) else { return nil }
        digits = all.map { $0 - UInt8(ascii: "0") }
        exponent = whole.count + power
        trim()
    }

    /// Days counted by a date, without its time; nil for negative and absurd ones.
    var wholeDays: Int? {
        guard !isNegative, exponent <= 8 else { return nil }
        guard exponent > 0 else { return 0 }
        return (0..<exponent).reduce(0) { sum, place in
            sum * 10 + (place < digits.count ? Int(digits[place]) : 0)
        }
    }

    /// As the sheet shows it without a format, up to 15 digits. A longer whole number has lost its
    /// end when a spreadsheet kept it, so it is written with an exponent, by which it is known.
    ///
    /// - Parameter width: a whole number is filled up to so many digits with zeros in front.
    func text(width: Int = 1) -> String {
        var shown = self
        if !isWhole { shown.round(to: Self.exactDigits) }
        let sign = shown.isNegative && !shown.digits.isEmpty ? "-" : ""
        if shown.isWhole, shown.exponent <= Self.exactDigits {
            let count = shown.digits.isEmpty ? 1 : shown.exponent
            let zeros = String(repeating: "0", count: max(0, width - count))
            return sign + zeros + shown.wholeText
        }
        if shown.isWhole || shown.exponent > Self.exactDigits
            || shown.exponent < -Self.mostLeadingZeros
        {
            return sign + shown.scientific
        }
        if shown.exponent <= 0 {
            return sign + "0." + String(repeating: "0", count: -shown.exponent)
                + Self.text(shown.digits[...])
        }
        return sign + Self.text(shown.digits[..<shown.exponent]) + "."
            + Self.text(shown.digits[shown.exponent...])
    }

    private var isWhole: Bool { digits.count <= exponent || digits.isEmpty }

    private var wholeText: String {
        digits.isEmpty
            ? "0"
            : Self.text(digits[...]) + String(repeating: "0", count: exponent - digits.count)
    }

    /// `1.1041200001234568E+17`.
    private var scientific: String {
        let power = exponent - 1
        let fraction = digits.count > 1 ? "." + Self.text(digits[1...]) : ""
        return Self.text(digits[..<1]) + fraction + "E" + (power < 0 ? "-" : "+")
            + String(power.magnitude)
    }

    /// Rounds half up, as spreadsheets do.
    private mutating func round(to count: Int) {
        guard digits.count > count else { return }
        var carries = digits[count] >= 5
        digits.removeLast(digits.count - count)
        var place = count - 1
        while carries, place >= 0 {
            carries = digits[place] == 9
            digits[place] = carries ? 0 : digits[place] + 1
            place -= 1
        }
        if carries {
            digits.insert(1, at: 0)
            exponent += 1
        }
        trim()
    }

    private mutating func trim() {
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { exponent = 0 }
    }

    /// What stands behind the digits: nothing, or `E` and a power of ten.
    private static func power(_ text: some Collection<UInt8>) -> Int? {
        guard let mark = text.first else { return 0 }
        guard mark == UInt8(ascii: "E") || mark == UInt8(ascii: "e") else { return nil }
        guard let power = Int(String(decoding: text.dropFirst(), as: UTF8.self)),
            power.magnitude <= 400
        else { return nil }
        return power
    }

    private static func isDigit(_ symbol: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(symbol)
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }
}
