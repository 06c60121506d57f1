public import WireFormat

/// The stretch of time within which each row of the ladder is told of a merchant once (考核周期).
///
/// Periods follow each other without a gap and are the same for every merchant, so that a claim
/// lies in exactly one: that in which it was filed.
public struct PenaltyPeriod: Sendable, Hashable {
    /// Days of UTC in one period: long enough for a pattern, short enough to be left behind.
    public static let days = 30

    /// Counted from 1 January 1970.
    public let number: Int

    public init(number: Int) {
        self.number = number
    }

    public init(containing instant: Instant) {
        let day = CalendarDate(of: instant).dayNumber
        number = (day - (day % Self.days + Self.days) % Self.days) / Self.days
    }

    public var start: Instant { CalendarDate(dayNumber: number * Self.days).startOfDayUTC }
    /// The first instant that is not in it.
    public var end: Instant { PenaltyPeriod(number: number + 1).start }
}
