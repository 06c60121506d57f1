import WireFormat

/// `Tue, 07 Jun 2011 20:51:35 GMT`: the date of HTTP (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ instant: Instant) -> String {
        let date = CalendarDate(of: instant)
        let time = instant.rfc3339Seconds.dropFirst(11).prefix(8)
        // 1970-01-01 was a Thursday.
        let sinceThursday =
            (date.dayNumber - CalendarDate(of: Instant(secondsSinceEpoch: 0)).dayNumber)
        let day = days[((sinceThursday % 7) + 7) % 7]
        return "\(day), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year) \(time) GMT"
    }

    /// Nil unless it is exactly the form above; the day of the week is not compared.
    static func instant(_ text: String) -> Instant? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(","),
            days.contains(String(parts[0].dropLast())), parts[1].utf8.count == 2,
            let month = months.firstIndex(of: parts[2])
        else { return nil }
        return Instant(rfc3339: "\(parts[3])-\(twoDigits(month + 1))-\(parts[1])T\(parts[4])Z")
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
