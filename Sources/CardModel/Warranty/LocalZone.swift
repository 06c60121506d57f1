import Foundation
public import WireFormat

/// A zone of the tz database, for everything that is counted in local days.
///
/// The only place of the domain that asks Foundation: Asia/Shanghai has no summer time today, but
/// the rules must hold where a day has 23 or 25 hours.
public struct LocalZone: Sendable, Hashable {
    /// The identifier in the tz database, such as `Asia/Shanghai`.
    public let identifier: String
    private let calendar: Calendar

    /// `nil` when the tz database does not know the identifier.
    public init?(identifier: String) {
        guard identifier.utf8.count <= Self.longestIdentifier,
            identifier == "UTC" || identifier.contains("/"),
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        self.init(identifier: identifier, zone: zone)
    }

    private init(identifier: String, zone: TimeZone) {
        self.identifier = identifier
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// The longest identifier looked up; the longest in the tz database has 32 bytes.
    public static let longestIdentifier = 64

    public static let utc = LocalZone(identifier: "UTC", zone: .gmt)

    /// China's zone, the default of every policy. UTC+8 all year stands in for a system without
    /// zone data, which is the same for every instant since 1991.
    public static let shanghai =
        LocalZone(identifier: "Asia/Shanghai")
        ?? LocalZone(
            identifier: "Asia/Shanghai",
            zone: TimeZone(secondsFromGMT: 8 * 3_600) ?? .gmt
        )

    /// The seconds by which local time is ahead of UTC at `instant`.
    public func offsetSeconds(at instant: Instant) -> Int {
        calendar.timeZone.secondsFromGMT(for: Self.date(instant))
    }

    /// The local calendar day on which `instant` falls.
    public func day(of instant: Instant) -> CalendarDate {
        CalendarDate(of: instant, offsetSeconds: offsetSeconds(at: instant))
    }

    /// The first instant of a local day, which is not midnight where the clock skips midnight.
    public func startOfDay(_ day: CalendarDate) -> Instant {
        let noon = day.startOfDayUTC + .seconds(12 * 3_600)
        let localNoon = noon - .seconds(offsetSeconds(at: noon))
        let start = calendar.startOfDay(for: Self.date(localNoon))
        return Instant(secondsSinceEpoch: Int64(start.timeIntervalSince1970.rounded()))
    }

    /// The instant at which a local day is over: the first one of the next day.
    public func endOfDay(_ day: CalendarDate) -> Instant {
        startOfDay(day.adding(days: 1))
    }

    private static func date(_ instant: Instant) -> Date {
        Date(timeIntervalSince1970: Double(instant.millisecondsSinceEpoch) / 1_000)
    }
}

/// Times as they are written.
extension LocalZone {
    /// How exactly a time is written; what is below it is cut.
    public enum Precision: Sendable {
        case minutes
        case seconds
    }

    /// The local time and by how much it is ahead of UTC: `2026-11-20 16:00 +08:00`.
    public func text(of instant: Instant, to precision: Precision) -> String {
        let offset = offsetSeconds(at: instant)
        let written = (instant + .seconds(offset)).rfc3339Seconds
        let shape = precision == .seconds ? "2026-11-20T16:00:00" : "2026-11-20T16:00"
        let local = String(written.prefix(shape.count)).replacing("T", with: " ")
        return "\(local) \(Self.text(ofOffset: offset))"
    }

    /// The local time for programs, as exact as the instant: `2026-11-20T16:00:00+08:00`.
    public func rfc3339(of instant: Instant) -> String {
        let offset = offsetSeconds(at: instant)
        let local = (instant + .seconds(offset)).rfc3339.dropLast()
        return String(local) + Self.text(ofOffset: offset)
    }

    /// What people call the zone; its identifier where they have no other word.
    public func name(in language: Language) -> String {
        self == .shanghai ? LocalisedText(zhCN: "北京时间", en: "Beijing time")[language] : identifier
    }

    private static func text(ofOffset seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        return (seconds < 0 ? "-" : "+")
            + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}

extension LocalZone {
    /// Zones are the same when the tz database calls them the same.
    public static func == (left: LocalZone, right: LocalZone) -> Bool {
        left.identifier == right.identifier
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}
