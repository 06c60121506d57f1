import Testing
import WireFormat

@testable import CardModel

@Suite("LocalZone")
struct LocalZoneTests {
    @Test(
        "only zones of the tz database are zones",
        arguments: ["", "Shanghai", "GMT+8", "Asia/Nowhere", "+08:00"]
    )
    func unknown(identifier: String) {
        #expect(LocalZone(identifier: identifier) == nil)
    }

    @Test(
        "a local day begins and ends where its clock says",
        arguments: [
            ("Asia/Shanghai", "2026-11-20", "2026-11-19T16:00:00Z", "2026-11-20T16:00:00Z"),
            ("UTC", "2026-11-20", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            // Summer time begins: 23 hours.
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            // It ends: 25 hours.
            ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
            // The clock skips midnight: the day begins at one o'clock.
            ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
            ("Pacific/Kiritimati", "2026-11-20", "2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z"),
            ("Pacific/Pago_Pago", "2026-11-20", "2026-11-20T11:00:00Z", "2026-11-21T11:00:00Z"),
        ]
    )
    func days(identifier: String, day: String, start: String, end: String) throws {
        let zone = try #require(LocalZone(identifier: identifier))
        let date = try #require(CalendarDate(iso8601: day))
        #expect(zone.startOfDay(date).rfc3339 == start)
        #expect(zone.endOfDay(date).rfc3339 == end)
        #expect(zone.day(of: zone.startOfDay(date)) == date)
        #expect(zone.day(of: zone.startOfDay(date) - .milliseconds(1)) == date.adding(days: -1))
        #expect(zone.day(of: zone.endOfDay(date) - .milliseconds(1)) == date)
    }

    @Test(
        "a time is written as the clock there shows it, with its distance from UTC",
        arguments: [
            ("Asia/Shanghai", "2026-11-20T08:00:59.999Z", "2026-11-20 16:00", ":59", "+08:00"),
            ("Asia/Shanghai", "2026-11-20T16:00:00Z", "2026-11-21 00:00", ":00", "+08:00"),
            ("UTC", "2026-11-20T08:00:01Z", "2026-11-20 08:00", ":01", "+00:00"),
            // The same hour twice: the distance tells which.
            ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25 02:30", ":00", "+02:00"),
            ("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25 02:30", ":00", "+01:00"),
            ("America/St_Johns", "2026-11-20T01:00:00Z", "2026-11-19 21:30", ":00", "-03:30"),
        ]
    )
    func text(
        identifier: String,
        instant: String,
        minutes: String,
        seconds: String,
        offset: String
    ) throws {
        let zone = try #require(LocalZone(identifier: identifier))
        let instant = try #require(Instant(rfc3339: instant))
        #expect(zone.text(of: instant, to: .minutes) == "\(minutes) \(offset)")
        #expect(zone.text(of: instant, to: .seconds) == "\(minutes)\(seconds) \(offset)")
        let local = zone.rfc3339(of: instant)
        #expect(local.hasPrefix(minutes.replacing(" ", with: "T") + seconds))
        #expect(local.hasSuffix(offset))
        #expect(Instant(rfc3339: local) == instant)
    }

    @Test("China's zone is called as people call it, every other by its identifier")
    func names() throws {
        #expect(LocalZone.shanghai.name(in: .zhCN) == "北京时间")
        #expect(LocalZone.shanghai.name(in: .en) == "Beijing time")
        let berlin = try #require(LocalZone(identifier: "Europe/Berlin"))
        #expect(
            Language.allCases.map { berlin.name(in: $0) } == ["Europe/Berlin", "Europe/Berlin"])
    }

    @Test("zones are equal by identifier")
    func equality() throws {
        #expect(LocalZone(identifier: "Asia/Shanghai") == .shanghai)
        #expect(LocalZone.shanghai != .utc)
    }
}
