import WireFormat

extension WorkCalendar {
    /// The working days of mainland China in 2025, as the State Council announced them.
    public static let cn2025 = WorkCalendar(
        chinaYear: 2025,
        holidays: [
            (1, 1...1), (1, 28...31), (2, 1...4), (4, 4...6), (5, 1...5), (5, 31...31), (6, 1...2),
            (10, 1...8),
        ],
        makeUpDays: [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]
    )

    /// The working days of mainland China in 2026, as the State Council announced them.
    public static let cn2026 = WorkCalendar(
        chinaYear: 2026,
        holidays: [
            (1, 1...3), (2, 15...23), (4, 4...6), (5, 1...5), (6, 19...21), (9, 25...27),
            (10, 1...7),
        ],
        makeUpDays: [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    )

    /// The calendars that ship.
    public static let presets: [WorkCalendar] = [cn2025, cn2026]

    /// The calendar of that id that ships.
    public static func preset(_ id: String) -> WorkCalendar? {
        presets.first { $0.id == id }
    }

    /// For the lists above, which need no check at run time: they are compared with the files of
    /// the same name, and those pass every rule of ``init(jsonValue:)``.
    private init(
        chinaYear year: Int,
        holidays: [(month: Int, days: ClosedRange<Int>)],
        makeUpDays: [(month: Int, day: Int)]
    ) {
        id = "cn-\(year)"
        zone = .shanghai
        firstDay = Self.day(1, 1, year)
        lastDay = Self.day(12, 31, year)
        weekend = [.saturday, .sunday]
        self.holidays = Set(
            holidays.flatMap { span in span.days.map { Self.day(span.month, $0, year) } }
        )
        self.makeUpDays = Set(makeUpDays.map { Self.day($0.month, $0.day, year) })
    }

    /// The epoch's first day stands for a day that no year has; the comparison finds it.
    private static func day(_ month: Int, _ day: Int, _ year: Int) -> CalendarDate {
        CalendarDate(year: year, month: month, day: day) ?? CalendarDate(dayNumber: 0)
    }
}
