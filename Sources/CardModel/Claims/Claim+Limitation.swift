public import WireFormat

/// How long a right may be sued for (诉讼时效); Civil Code of the PRC, art. 188 and 200 to 202, cited
/// as `cn.civil-code.188` (M4-33).
public struct Limitation: Sendable, Hashable {
    /// When the harm was known: the verdict that opened the claim told of it.
    public let knownAt: Instant
    /// The end of the day on which the right lapses.
    public let endsAt: Instant
    /// From then on somebody should look.
    public var remindsAt: Instant { endsAt - Self.reminderLength }

    static let years = 3
    /// Half a year: what a lawsuit takes to prepare.
    static let reminderLength = Duration.seconds(180 * 86_400)

    /// Counted from the day after, and over with the day of the same name; where a month has none,
    /// with its last.
    init(knownAt: Instant, in zone: LocalZone = .shanghai) {
        self.knownAt = knownAt
        let day = zone.day(of: knownAt)
        let last =
            CalendarDate(year: day.year + Self.years, month: day.month, day: day.day)
            ?? CalendarDate(year: day.year + Self.years, month: day.month, day: day.day - 1)
            ?? day.adding(days: Self.years * 365)
        endsAt = zone.endOfDay(last)
    }
}

extension Claim {
    /// The reminder runs for as long as there is a right to sue for, whatever becomes of the claim.
    mutating func setLimitation() {
        guard let limitation else { return stop(.limitation) }
        guard clocks[.limitation] == nil else { return }
        let wait = limitation.remindsAt.duration(since: filedAt).wholeMilliseconds
        start(.limitation, .elapsed(seconds: (wait + 999) / 1_000), at: filedAt)
    }

    /// Until when the buyer may sue; nil for a claim that ended in his favour.
    public var limitation: Limitation? {
        switch state {
        case .closedRecovered, .closedRemedied, .closedRefundedExternal: nil
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4, .closedNotCovered, .closedWithdrawn,
            .closedAbandoned, .closedFinal, .closedFraud:
            Limitation(knownAt: filedAt)
        }
    }
}
