/// Signs that a code was damaged by the tools it went through, and is not a bad card.
enum ImportDamage {
    static func hasReplacementCharacter(_ text: String) -> Bool {
        // A text of ASCII has no scalar beyond it.
        !text.utf8.allSatisfy { $0 < 0x80 } && text.unicodeScalars.contains("\u{FFFD}")
    }

    /// `<br`, or an entity such as `&nbsp;`, `&#160;`: normalisation has dropped their spaces.
    static func hasMarkup(_ text: String) -> Bool {
        // Every delivered code is looked at, and hardly one has either symbol.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") })
        else { return false }
        let lowered = text.lowercased()
        if ["<br", "</", "<p>", "<span", "<div"].contains(where: lowered.contains) { return true }
        guard let ampersand = lowered.firstIndex(of: "&"),
            let end = lowered[ampersand...].firstIndex(of: ";")
        else { return false }
        let name = lowered[ampersand..<end].dropFirst()
        guard (2...longestEntityName).contains(name.count) else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") }
    }

    /// The longest entity name looked for: mail and shop pages use `nbsp`, `amp`, `#65293`.
    private static let longestEntityName = 8

    /// `1.00000E+16`: a digit, perhaps a fraction, then `E+` and digits.
    static func isExponentForm(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "+")) else { return false }
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].first == "+" else { return false }
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts[1].dropFirst()
        return (1...2).contains(mantissa.count) && mantissa[0].count == 1
            && mantissa.allSatisfy(isDigits) && isDigits(exponent)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// A double keeps fifteen decimal digits. Two zeros after them are needed for a remark, since
    /// one genuine code in ten ends in a single zero.
    static func hasSpreadsheetZeros(_ text: String) -> Bool {
        let symbols = text.utf8
        guard symbols.count >= exactDigits + 2, isDigits(text[...]) else { return false }
        return symbols.dropFirst(exactDigits).allSatisfy { $0 == UInt8(ascii: "0") }
    }

    private static let exactDigits = 15
}
