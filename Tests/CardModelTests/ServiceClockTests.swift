import Testing
import WireFormat

@testable import CardModel

@Suite("ServiceClock")
struct ServiceClockTests {
    private func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    @Test("elapsed time ends at the exact millisecond")
    func elapsed() throws {
        let start = try at("2026-10-01T08:00:00.123+08:00")
        let clock = ServiceClock(budget: .hours(24), startedAt: start)
        #expect(clock.deadline(.cn2026) == Deadline(start + .seconds(86_400)))
    }

    @Test("a clock stands while somebody else is waited for, and has no deadline meanwhile")
    func suspended() throws {
        let start = try at("2026-10-01T08:00:00+08:00")
        var clock = ServiceClock(budget: .hours(2), startedAt: start)
        clock.wait(for: .buyer, at: start + .seconds(3_600))
        #expect(clock.deadline(.cn2026) == nil)
        clock.wait(for: nil, at: start + .seconds(10_000))
        #expect(clock.deadline(.cn2026) == Deadline(start + .seconds(13_600)))
    }

    @Test("a pause over National Day costs no working time")
    func pauseOverHolidays() throws {
        var clock = ServiceClock(
            budget: .workingDays(3), startedAt: try at("2026-09-29T10:00:00+08:00"))
        // 12 h of the first working day have run, 60 h are left.
        clock.suspend(.buyer, at: try at("2026-09-30T12:00:00+08:00"))
        clock.resume(at: try at("2026-10-05T12:00:00+08:00"))
        #expect(clock.deadline(.cn2026)?.instant == (try at("2026-10-10T12:00:00+08:00")))
    }

    @Test("what begins after the time is over gives nobody more of it")
    func tooLate() throws {
        let start = try at("2026-10-01T08:00:00+08:00")
        var clock = ServiceClock(budget: .minutes(2), startedAt: start)
        clock.suspend(.buyer, at: start + .seconds(120))
        #expect(clock.deadline(.cn2026) == Deadline(start + .seconds(120)))
        var sooner = ServiceClock(budget: .minutes(2), startedAt: start)
        sooner.suspend(.buyer, at: start + .milliseconds(119_999))
        #expect(sooner.deadline(.cn2026) == nil)
    }

    @Test("waiting on for the same person is one suspension, however often it is said (M2-02)")
    func saidOften() throws {
        let start = try at("2026-10-01T08:00:00+08:00")
        var clock = ServiceClock(budget: .hours(2), startedAt: start)
        for second in 1...3_000 { clock.wait(for: .buyer, at: start + .seconds(Int64(second))) }
        #expect(clock.suspensions.count == 1)
        clock.wait(for: .thirdParty, at: start + .seconds(3_001))
        #expect(clock.suspensions.map(\.reason) == [.buyer, .thirdParty])
        #expect(clock.isSuspended)
    }

    @Test("stored suspensions that overlap or run backwards are refused")
    func damaged() throws {
        let start = try at("2026-10-01T08:00:00+08:00")
        func clock(_ spans: [(Int64, Int64?)]) -> ServiceClock? {
            ServiceClock(
                budget: .hours(1),
                startedAt: start,
                suspensions: spans.map { from, until in
                    .init(
                        reason: .buyer, from: start + .seconds(from),
                        until: until.map { start + .seconds($0) })
                }
            )
        }
        #expect(clock([(0, 5), (5, 5), (7, nil)]) != nil)
        #expect(clock([(5, 4)]) == nil)
        #expect(clock([(-1, 4)]) == nil)
        #expect(clock([(0, 5), (4, 6)]) == nil)
        #expect(clock([(0, nil), (4, 6)]) == nil)
    }

    // MARK: Against a model that steps through time

    /// Quarters of an hour from a start, and whether people work in each.
    private struct Grid {
        static let step: Int64 = 900
        let calendar: WorkCalendar
        let start: Instant
        let days: [CalendarDate]
        let isWorked: [Bool]

        init(_ calendar: WorkCalendar, from start: Instant, days: Int) {
            self.calendar = calendar
            self.start = start
            self.days = (0..<days * 96).map {
                calendar.zone.day(of: start + .seconds(Int64($0) * Self.step))
            }
            isWorked = self.days.map { calendar.isWorkingDay($0) }
        }

        func instant(_ index: Int) -> Instant { start + .seconds(Int64(index) * Self.step) }
    }

    /// Where the time is over, or nil while the clock stands: each quarter counts when nobody else
    /// is waited for and, for working days, people work in it after the day of the start.
    private static func modelEnd(
        _ grid: Grid, start: Int, budget: PolicyDuration, acts: [(at: Int, stops: Bool)]
    ) -> Int? {
        let counts: (Int) -> Bool
        var left: Int
        switch budget {
        case .elapsed(let seconds): (counts, left) = ({ _ in true }, Int(seconds / Grid.step))
        case .workingDays(let count):
            counts = { grid.days[$0] > grid.days[start] && grid.isWorked[$0] }
            let worked = (start..<grid.days.count).filter(counts)
            let last = Set(worked.map { grid.days[$0] }).sorted()[count - 1]
            left = worked.count { grid.days[$0] <= last }
        }
        // What changes nothing is not seen, and a clock that was set back has not gone back.
        var changes: [(at: Int, stops: Bool)] = [(start, false)]
        for act in acts where act.stops != changes[changes.count - 1].stops {
            changes.append((max(act.at, changes[changes.count - 1].at), act.stops))
        }
        for index in start..<grid.days.count {
            if left == 0 { return index }
            while changes.count > 1, changes[1].at <= index { changes.removeFirst() }
            if !changes[0].stops, counts(index) { left -= 1 }
        }
        return nil
    }

    @Test(
        "deadlines are those of a model that steps through time (D-21)",
        arguments: [
            ("Asia/Shanghai", "2026-09-17T16:00:00Z"), ("Europe/Berlin", "2026-10-17T22:00:00Z"),
            ("Europe/Berlin", "2026-03-20T23:00:00Z"), ("America/New_York", "2026-10-25T04:00:00Z"),
        ]
    )
    func agreesWithModel(zone: String, from: String) throws {
        let calendar =
            zone == "Asia/Shanghai" ? .cn2026 : try WorkCalendarTests.calendar(zone: zone)
        let grid = Grid(calendar, from: try at(from), days: 40)
        let seed: UInt64 = 271_828
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            let start = Int.random(in: 0..<8 * 96, using: &generator)
            let budget: PolicyDuration =
                Bool.random(using: &generator)
                ? .workingDays(Int.random(in: 1...4, using: &generator))
                : .elapsed(seconds: Int64.random(in: 0...300, using: &generator) * Grid.step)
            var clock = ServiceClock(budget: budget, startedAt: grid.instant(start))
            var now = start
            let acts = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                now = max(0, now + Int.random(in: -60...200, using: &generator))
                if Int.random(in: 0..<4, using: &generator) == 0 { now = start }
                return (at: now, stops: Bool.random(using: &generator))
            }
            for act in acts {
                clock.wait(for: act.stops ? .buyer : nil, at: grid.instant(act.at))
            }
            let expected = Self.modelEnd(grid, start: start, budget: budget, acts: acts)
            #expect(
                clock.deadline(calendar)?.instant == expected.map { grid.instant($0) },
                "seed \(seed), \(zone), start \(start), \(budget), \(acts)"
            )
        }
    }
}
