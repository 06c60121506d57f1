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
        let promised: Duration = .seconds(terms.lengthDays * 86_400)
        let tolerance: Duration = .seconds(terms.toleranceHours * 3_600)
        guard end.duration(since: start) < promised - tolerance else { return .asPromised }
        return .shortened(
            expectedDays: terms.lengthDays,
            actualDays: wholeDays
        )
    }

    /// Whole days of 24 hours; what began and did not end counts for nothing (M4-06).
    public var wholeDays: Int { Int(end.duration(since: start).components.seconds / 86_400) }
}

/// A term as the issuer tells it, beside the length that was promised.
public struct TermComparison: Sendable, Hashable {
    public var term: MembershipTerm

    /// `nil` where nobody promised a length.
    public var expectedDays: Int?

    public init(_ term: MembershipTerm, expectedDays: Int?) {
        self.term = term
        self.expectedDays = expectedDays
    }
}

extension TermComparison {
    /// `actual_days` are whole days.
    public var jsonValue: JSONValue {
        [
            "starts_at": .string(term.start.rfc3339), "ends_at": .string(term.end.rfc3339),
            "expected_days": expectedDays.map { .integer(Int64($0)) } ?? .null,
            "actual_days": .integer(Int64(term.wholeDays)),
        ]
    }

    /// Reads what ``jsonValue`` writes; the actual days are counted anew.
    public init?(jsonValue: JSONValue) {
        func instant(_ name: String) -> Instant? {
            jsonValue[name]?.stringValue.flatMap { Instant(rfc3339: $0) }
        }
        guard let start = instant("starts_at"), let end = instant("ends_at") else { return nil }
        var expectedDays: Int?
        let isRead = NullableFields(jsonValue).read("expected_days", into: &expectedDays) {
            $0.integerValue.flatMap { Int(exactly: $0) }
        }
        guard isRead else { return nil }
        self.init(MembershipTerm(start: start, end: end), expectedDays: expectedDays)
    }
}
