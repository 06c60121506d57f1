/// A share in millionths: an integer, so that everybody writes the same digits.
public struct PartsPerMillion: Sendable, Hashable, Comparable {
    public let value: Int

    public static let whole = 1_000_000

    public init(_ value: Int) {
        self.value = value
    }

    /// `count · 10⁶ / total`, rounded down; `nil` of nothing. Counts above 10¹² are cut.
    public init?(_ count: Int, of total: Int) {
        guard total > 0 else { return nil }
        value = min(count, GradeDeclaration.mostDeliveries) * Self.whole / total
    }

    public static func < (left: PartsPerMillion, right: PartsPerMillion) -> Bool {
        left.value < right.value
    }
}

/// How far the true share may lie from the one that was counted: Wilson's score interval at
/// one-sided 95 % on either side (Wilson 1927, "Probable inference, the law of succession, and
/// statistical inference").
///
/// In integers, with z = 1.644854 = Z/S, S = 10⁶, k of n:
/// root = ⌈√(Z² + ⌈4k(n−k)S²/n⌉)⌉, bounds = 10⁶ (2kS² + Z² ∓ Z·root) / 2(nS² + Z²), the lower one
/// rounded down and not below 0, the upper one rounded up and not above 10⁶.
public struct WilsonInterval: Sendable, Hashable {
    public let lower: PartsPerMillion
    public let upper: PartsPerMillion

    private static let scale: Int128 = 1_000_000
    private static let deviate: Int128 = 1_644_854

    /// `nil` of nothing. More than all counts as all; counts above 10¹² are cut.
    public init?(_ count: Int, of total: Int) {
        guard total > 0 else { return nil }
        let total = Int128(min(total, GradeDeclaration.mostDeliveries))
        let count = min(Int128(max(0, count)), total)
        let scaleSquared = Self.scale * Self.scale
        let deviateSquared = Self.deviate * Self.deviate
        let spread = (4 * count * (total - count) * scaleSquared).quotientRoundedUp(by: total)
        let root = (deviateSquared + spread).rootRoundedUp
        let middle = 2 * count * scaleSquared + deviateSquared
        let divisor = 2 * (total * scaleSquared + deviateSquared)
        let whole = Int128(PartsPerMillion.whole)
        let low = max(0, whole * (middle - Self.deviate * root)) / divisor
        let high = (whole * (middle + Self.deviate * root)).quotientRoundedUp(by: divisor)
        lower = PartsPerMillion(Int(low))
        upper = PartsPerMillion(Int(min(high, whole)))
    }
}

extension Int128 {
    /// Of numbers that are not negative.
    fileprivate func quotientRoundedUp(by divisor: Int128) -> Int128 {
        (self + divisor - 1) / divisor
    }

    /// The smallest number whose square is not below this one, which is positive: Newton's steps
    /// from above never pass below the root.
    fileprivate var rootRoundedUp: Int128 {
        let bits = Int128.bitWidth - leadingZeroBitCount
        var root = Int128(1) << ((bits + 1) / 2)
        while true {
            let next = (root + self / root) / 2
            if next >= root { break }
            root = next
        }
        return root * root < self ? root + 1 : root
    }
}
