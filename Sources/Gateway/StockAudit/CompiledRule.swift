import CardModel

/// The demands of a ``CodeRule`` that a field's marks do not show already, in the form in which
/// most formats state them: one range of lengths, one alphabet, perhaps a Luhn digit. Any other
/// rule is asked itself.
final class CompiledRule {
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

    /// ISO/IEC 7812-1 annex B over digits; anything else does not pass. Eight digits a step, from
    /// the end: every second digit is doubled, beginning with the last but one.
    @inline(__always)
    private static func passesLuhn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress, text.count > 1 else { return false }
        let raw = UnsafeRawPointer(base)
        var sum: UInt64 = 0
        var end = text.count
        while end >= 8 {
            let word = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self)
            )
            guard let weighted = luhnSum(word) else { return false }
            sum &+= weighted
            end &-= 8
        }
        if end > 0 {
            // Zeros in front change no sum.
            var word: UInt64 = 0x3030_3030_3030_3030
            for index in 0..<end { word = word &>> 8 | UInt64(text[index]) &<< 56 }
            guard let weighted = luhnSum(word) else { return false }
            sum &+= weighted
        }
        return sum % 10 == 0
    }

    /// The weighted sum of eight digits, the first in the lowest byte; nil when one is no digit.
    @inline(__always)
    private static func luhnSum(_ word: UInt64) -> UInt64? {
        let digits = word ^ 0x3030_3030_3030_3030
        // A byte above nine carries into its high half.
        let isNoDigit = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
        guard isNoDigit == 0 else { return nil }
        let single = digits & 0xff00_ff00_ff00_ff00
        let doubled = (digits & 0x00ff_00ff_00ff_00ff) &<< 1
        let overNine = (doubled &+ 0x0076_0076_0076_0076) & 0x0080_0080_0080_0080
        let reduced = doubled &- (overNine &>> 7) &* 9
        let pairs = reduced &+ single &>> 8
        return (pairs &* 0x0001_0001_0001_0001) &>> 48
    }
}
