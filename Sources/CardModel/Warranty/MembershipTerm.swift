public import WireFormat

/// The time a membership really ran (会员时长, claims.md E3 rule 9): half-open, `start ≤ t < end`.
public struct MembershipTerm: Sendable, Hashable {
    public let start: Instant
    public let end: Instant

    /// An end before the start counts as no time at all.
    public init(start: Instant, end: Instant) {
        self.start = start
        self.end = max(start, end)
    }

    /// What the term is worth beside what was promised.
    public enum Finding: Sendable, Hashable {
        case asPromised
        /// Both in whole days of 24 hours; what began and did not end counts for nothing (M4-06).
        case shortened(expectedDays: Int, actualDays: Int)

        /// The defect that follows from it.
        public var state: VerdictState? {
            switch self {
            case .asPromised: nil
            case .shortened: .termShortened
            }
        }
    }

    /// Shortened when more than the tolerance is missing; exactly the tolerance is not.
    public func judged(by terms: WarrantyPolicy.MembershipTerms) -> Finding {
        let actual = end.duration(since: start)
        let promised: Duration = .seconds(terms.lengthDays * 86_400)
        let tolerance: Duration = .seconds(terms.toleranceHours * 3_600)
        guard actual < promised - tolerance else { return .asPromised }
        return .shortened(
            expectedDays: terms.lengthDays,
            actualDays: Int(actual.components.seconds / 86_400)
        )
    }
}
