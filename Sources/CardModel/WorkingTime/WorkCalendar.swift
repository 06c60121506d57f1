public import WireFormat

/// The working days (工作日) of one place: a rule for the weekdays, the holidays that take days out
/// of it, and the make-up days (调休) that put days of the weekend back.
///
/// A calendar speaks of the days from ``firstDay`` to ``lastDay``, as its authority announced them.
/// Beyond them only the rule for the weekdays is known, and every deadline that rests on such a day
/// says so (``Deadline/isProvisional``): it is computed, and never silently.
public struct WorkCalendar: Sendable, Hashable {
    /// Such as `cn-2026`; policies name it.
    public let id: String
    public let zone: LocalZone

    /// The first and the last day that the lists speak of.
    public let firstDay: CalendarDate
    public let lastDay: CalendarDate
    public let weekend: Set<Weekday>
    public let holidays: Set<CalendarDate>
    public let makeUpDays: Set<CalendarDate>

    /// - Returns: nil when no day of a week is left to work on, the last day comes before the
    ///   first, or a day stands in both lists or outside the range.
    public init?(
        id: String,
        zone: LocalZone,
        firstDay: CalendarDate,
        lastDay: CalendarDate,
        weekend: Set<Weekday>,
        holidays: Set<CalendarDate>,
        makeUpDays: Set<CalendarDate>
    ) {
        guard weekend.count < Weekday.allCases.count, firstDay <= lastDay,
            holidays.isDisjoint(with: makeUpDays),
            holidays.union(makeUpDays).allSatisfy({ firstDay <= $0 && $0 <= lastDay })
        else { return nil }
        self.id = id
        self.zone = zone
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.weekend = weekend
        self.holidays = holidays
        self.makeUpDays = makeUpDays
    }

    /// Monday to Friday in China and nothing else known: what is counted by where no calendar is
    /// configured. It speaks of no day worth mentioning, so that its deadlines are provisional.
    public static let weekdays = WorkCalendar(weekdaysIn: .shanghai)

    private init(weekdaysIn zone: LocalZone) {
        id = "weekdays"
        self.zone = zone
        firstDay = CalendarDate(dayNumber: 0)
        lastDay = firstDay
        weekend = [.saturday, .sunday]
        holidays = []
        makeUpDays = []
    }

    /// Whether people work on the day: by the lists, and beyond them by the rule.
    public func isWorkingDay(_ day: CalendarDate) -> Bool {
        if makeUpDays.contains(day) { return true }
        return !holidays.contains(day) && !weekend.contains(Weekday(of: day))
    }

    /// Whether the lists speak of the day.
    public func covers(_ day: CalendarDate) -> Bool { firstDay <= day && day <= lastDay }
}

/// A day of the week, Monday first (ISO 8601).
public enum Weekday: Int, Sendable, Hashable, CaseIterable {
    case monday = 1
    case tuesday
    case wednesday
    case thursday
    case friday
    case saturday
    case sunday

    public init(of day: CalendarDate) {
        // 1970-01-01 was a Thursday, and a day before it has a negative number.
        let index = ((day.dayNumber + 3) % 7 + 7) % 7
        self = Self.allCases[index]
    }

    /// `monday` to `sunday`, as documents write it.
    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// An instant by which something must have happened.
public struct Deadline: Sendable, Hashable {
    public let instant: Instant

    /// Whether the calendar does not speak of some day that was counted: the deadline may move when
    /// the calendar of that year is known, and an operator is told.
    public let isProvisional: Bool

    public init(_ instant: Instant, isProvisional: Bool = false) {
        self.instant = instant
        self.isProvisional = isProvisional
    }
}
