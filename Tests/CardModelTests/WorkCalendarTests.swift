import Testing
import WireFormat

@testable import CardModel

@Suite("WorkCalendar")
struct WorkCalendarTests {
    static func day(_ text: String) throws -> CalendarDate {
        try #require(CalendarDate(iso8601: text))
    }

    /// Each local day, and the last day of one and of three working days from any instant of it.
    static let nationalDay: [(from: String, one: String, three: String)] = [
        ("2026-09-18", "2026-09-20", "2026-09-22"),  // Friday, before a make-up Sunday
        ("2026-09-19", "2026-09-20", "2026-09-22"),
        ("2026-09-20", "2026-09-21", "2026-09-23"),  // the make-up Sunday itself
        ("2026-09-21", "2026-09-22", "2026-09-24"),
        ("2026-09-22", "2026-09-23", "2026-09-28"),
        ("2026-09-23", "2026-09-24", "2026-09-29"),
        ("2026-09-24", "2026-09-28", "2026-09-30"),
        ("2026-09-25", "2026-09-28", "2026-09-30"),  // Mid-Autumn
        ("2026-09-26", "2026-09-28", "2026-09-30"),
        ("2026-09-27", "2026-09-28", "2026-09-30"),
        ("2026-09-28", "2026-09-29", "2026-10-08"),
        ("2026-09-29", "2026-09-30", "2026-10-09"),
        ("2026-09-30", "2026-10-08", "2026-10-10"),
        ("2026-10-01", "2026-10-08", "2026-10-10"),  // National Day
        ("2026-10-04", "2026-10-08", "2026-10-10"),
        ("2026-10-07", "2026-10-08", "2026-10-10"),
        ("2026-10-08", "2026-10-09", "2026-10-12"),
        ("2026-10-09", "2026-10-10", "2026-10-13"),
        ("2026-10-10", "2026-10-12", "2026-10-14"),  // the make-up Saturday
        ("2026-10-11", "2026-10-12", "2026-10-14"),
        ("2026-10-12", "2026-10-13", "2026-10-15"),
    ]

    @Test(
        "one and three working days over National Day end at 24:00, to the millisecond (M3-39)",
        arguments: nationalDay
    )
    func nationalDayWeek(from: String, one: String, three: String) throws {
        let start = try #require(Instant(rfc3339: from + "T00:00:00+08:00"))
        let end = try #require(Instant(rfc3339: from + "T23:59:59.999+08:00"))
        for instant in [start, start + .milliseconds(1), start + .seconds(43_200), end] {
            for (count, last) in [(1, one), (3, three)] {
                let expected = try #require(Instant(rfc3339: last + "T23:59:59.999+08:00"))
                #expect(
                    WorkCalendar.cn2026.deadline(workingDays: count, after: instant)
                        == Deadline(expected + .milliseconds(1)),
                    "P\(count)WD from \(instant.rfc3339)"
                )
            }
        }
    }

    @Test(
        "a make-up day of the weekend is worked on, a holiday in the week is not (M3-39)",
        arguments: [
            ("2026-09-20", true), ("2026-10-10", true), ("2026-02-14", true),
            ("2026-02-28", true), ("2026-05-09", true), ("2026-01-04", true),
            ("2026-09-25", false), ("2026-10-05", false), ("2026-02-20", false),
            ("2026-10-11", false), ("2026-10-17", false), ("2026-10-16", true),
        ]
    )
    func makeUpDays(day: String, isWorked: Bool) throws {
        #expect(WorkCalendar.cn2026.isWorkingDay(try Self.day(day)) == isWorked)
    }

    @Test("a year of mainland China has as many working days as were announced")
    func workingDaysOfYears() {
        for (calendar, count) in [(WorkCalendar.cn2025, 248), (.cn2026, 248)] {
            let days = calendar.firstDay.dayNumber...calendar.lastDay.dayNumber
            #expect(days.count == 365)
            let worked = days.filter { calendar.isWorkingDay(CalendarDate(dayNumber: $0)) }
            #expect(worked.count == count, "\(calendar.id)")
        }
    }

    @Test(
        "what rests on a day beyond the calendar is provisional, and is computed (D-21)",
        arguments: [
            // Thursday 31 December is the last day known.
            ("2026-12-29T12:00:00+08:00", 2, "2027-01-01T00:00:00+08:00", false),
            ("2026-12-30T23:59:59.999+08:00", 1, "2027-01-01T00:00:00+08:00", false),
            ("2026-12-31T00:00:00+08:00", 1, "2027-01-02T00:00:00+08:00", true),
            ("2026-12-30T12:00:00+08:00", 2, "2027-01-02T00:00:00+08:00", true),
            ("2027-01-01T12:00:00+08:00", 1, "2027-01-05T00:00:00+08:00", true),
            // The day of the event is not counted, and need not be known.
            ("2025-12-31T12:00:00+08:00", 1, "2026-01-05T00:00:00+08:00", false),
            ("2025-12-30T12:00:00+08:00", 1, "2026-01-01T00:00:00+08:00", true),
        ]
    )
    func provisional(from: String, count: Int, until: String, isProvisional: Bool) throws {
        let start = try #require(Instant(rfc3339: from))
        let end = try #require(Instant(rfc3339: until))
        #expect(
            WorkCalendar.cn2026.deadline(workingDays: count, after: start)
                == Deadline(end, isProvisional: isProvisional)
        )
    }

    @Test("no working days end with the day of the event")
    func noDays() throws {
        let noon = try #require(Instant(rfc3339: "2026-10-03T12:00:00+08:00"))
        let end = try #require(Instant(rfc3339: "2026-10-04T00:00:00+08:00"))
        #expect(WorkCalendar.cn2026.deadline(workingDays: 0, after: noon) == Deadline(end))
    }

    static func calendar(
        zone: String,
        weekend: Set<Weekday> = [.saturday, .sunday],
        holidays: Set<CalendarDate> = [],
        makeUpDays: Set<CalendarDate> = []
    ) throws -> WorkCalendar {
        let local = try #require(LocalZone(identifier: zone))
        let (first, last) = (try day("2026-01-01"), try day("2026-12-31"))
        return try #require(
            WorkCalendar(
                id: "test",
                zone: local,
                firstDay: first,
                lastDay: last,
                weekend: weekend,
                holidays: holidays,
                makeUpDays: makeUpDays
            )
        )
    }

    @Test(
        "a working day has 23 or 25 hours where the clock is set (E3 rule 5)",
        arguments: [
            // Summer time begins on Sunday 29 March 2026 and ends on Sunday 25 October.
            ("2026-03-28T12:00:00+01:00", "2026-03-30T00:00:00+02:00", 23 * 3_600),
            ("2026-10-24T12:00:00+02:00", "2026-10-26T00:00:00+01:00", 25 * 3_600),
            ("2026-06-10T12:00:00+02:00", "2026-06-12T00:00:00+02:00", 24 * 3_600),
        ]
    )
    func summerTime(from: String, until: String, seconds: Int64) throws {
        let berlin = try Self.calendar(zone: "Europe/Berlin", weekend: [])
        let start = try #require(Instant(rfc3339: from))
        let end = try #require(Instant(rfc3339: until))
        #expect(berlin.deadline(workingDays: 1, after: start) == Deadline(end))
        #expect(
            berlin.workingTime(from: start, to: end)
                - berlin.workingTime(
                    from: start, to: berlin.countingStart(after: start)) == .seconds(seconds))
        #expect(
            berlin.instant(after: .seconds(seconds), of: berlin.countingStart(after: start))
                == Deadline(end)
        )
    }

    @Test("working time and the instant after it are inverse, over holidays and clock changes")
    func inverse() throws {
        let seed: UInt64 = 20_260_920
        var generator = SeededGenerator(seed: seed)
        let calendars = [WorkCalendar.cn2026, try Self.calendar(zone: "Europe/Berlin")]
        for _ in 0..<300 {
            guard let calendar = calendars.randomElement(using: &generator) else { return }
            let start = Instant(
                secondsSinceEpoch: Int64.random(
                    in: 1_789_700_000...1_793_400_000, using: &generator)
            )
            let length = Duration.seconds(Int64.random(in: 1...900_000, using: &generator))
            let end = calendar.instant(after: length, of: start).instant
            #expect(
                calendar.workingTime(from: start, to: end) == length,
                "seed \(seed), \(calendar.id), \(start.rfc3339), \(length)"
            )
            #expect(calendar.workingTime(from: start, to: end - .milliseconds(1)) < length)
        }
    }

    @Test("days of the week, also before 1970")
    func weekdays() throws {
        for (text, weekday) in [
            ("1970-01-01", Weekday.thursday), ("1969-12-31", .wednesday),
            ("2026-10-01", .thursday), ("2026-09-20", .sunday), ("1969-12-29", .monday),
            ("0001-01-01", .monday),
        ] {
            #expect(Weekday(of: try Self.day(text)) == weekday)
        }
        for weekday in Weekday.allCases {
            #expect(Weekday(name: weekday.name) == weekday)
        }
        #expect(Weekday(name: "Monday") == nil)
    }
}
