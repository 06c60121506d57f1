/// A face value (面值) as stock files write it, so that one value has one name: `50`, `50.00` and
/// `５０` are 50; `¥50`, `50元` and `RMB 50.0` are 50元, which a bare 50 may not be.
struct FaceValueText {
    private static let yuan = ["¥", "￥", "元", "圆", "CNY", "RMB", "人民币"]

    /// Empty when nothing is written.
    let name: String

    init(_ written: String) {
        var text = String(
            String.UnicodeScalarView(written.unicodeScalars.compactMap(Self.folded))
        )
        var upper = text.uppercased()
        var isYuan = false
        for mark in Self.yuan {
            if upper.hasPrefix(mark) {
                text.removeFirst(mark.count)
                upper.removeFirst(mark.count)
            } else if upper.hasSuffix(mark) {
                text.removeLast(mark.count)
                upper.removeLast(mark.count)
            } else {
                continue
            }
            isYuan = true
        }
        guard let amount = Self.amount(text) else {
            name = isYuan ? String(written.filter { !$0.isWhitespace }) : text
            return
        }
        name = isYuan ? amount + "元" : amount
    }

    /// Without spaces; full-width digits and signs as those of ASCII.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.properties.isWhitespace { return nil }
        let isWide = (0xff01...0xff5e).contains(scalar.value)
        return isWide ? Unicode.Scalar(scalar.value - 0xfee0) : scalar
    }

    /// A decimal number without separators of thousands and without zeros that say nothing; nil
    /// when the text is none.
    private static func amount(_ text: String) -> String? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = wholeNumber(parts[0]) else { return nil }
        guard parts.count == 2 else { return whole }
        guard parts[1].allSatisfy(\.isASCIIDigit) else { return nil }
        let fraction = String(parts[1].reversed().drop { $0 == "0" }.reversed())
        return fraction.isEmpty ? whole : whole + "." + fraction
    }

    private static func wholeNumber(_ text: Substring) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.dropFirst().allSatisfy({ $0.count == 3 }), !groups[0].isEmpty,
            groups.count == 1 || groups[0].count <= 3
        else { return nil }
        let digits = groups.joined()
        guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
        let number = digits.drop { $0 == "0" }
        return number.isEmpty ? "0" : String(number)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
