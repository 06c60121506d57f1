import CardModel

/// The demands of a ``CodeRule`` that a field's marks do not show already, in the form in which
/// most formats state them: one range of lengths, one alphabet, perhaps a Luhn digit. Any other
/// rule is asked itself.
struct CompiledRule {
    private let rule: CodeRule
    private let isPlain: Bool
    private let least: Int
    private let most: Int
    private let hasLuhnDigit: Bool

    init(_ rule: CodeRule) {
        self.rule = rule
        least = rule.lengths.ranges.first?.lowerBound ?? 1
        most = rule.lengths.ranges.last?.upperBound ?? CodeLengths.longest
        hasLuhnDigit = rule.checkDigit?.algorithm == .luhn && rule.checkDigit?.isBinding == true
        let hasOtherDigit = rule.checkDigit?.isBinding == true && !hasLuhnDigit
        isPlain = rule.lengths.ranges.count == 1 && rule.leading == nil && !hasOtherDigit
    }

    /// Whether a normalised field without marks has no binding finding.
    @inline(__always)
    func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isPlain else { return rule.accepts(UnsafeRawBufferPointer(text)) }
        return text.count >= least && text.count <= most
            && (!hasLuhnDigit || Self.passesLuhn(text))
    }

    /// ISO/IEC 7812-1 annex B over digits; anything else does not pass.
    @inline(__always)
    private static func passesLuhn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var sum = 0
        var isDoubled = text.count & 1 == 0
        for symbol in text {
            let digit = Int(symbol) &- 0x30
            guard digit >= 0, digit <= 9 else { return false }
            sum &+= isDoubled ? (digit > 4 ? digit &* 2 &- 9 : digit &* 2) : digit
            isDoubled.toggle()
        }
        return sum % 10 == 0 && text.count > 1
    }
}
