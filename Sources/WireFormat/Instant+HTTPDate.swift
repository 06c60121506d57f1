extension Instant {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`: the fixed form of RFC 9110 §5.6.7.
    public var httpDate: String {
        let day = CalendarDate(of: self)
        let clock = rfc3339Seconds.dropFirst("2026-11-20T".count).dropLast()
        // The epoch was a Thursday.
        let weekday = Self.weekdays[((day.dayNumber + 4) % 7 + 7) % 7]
        let (year, dayOfMonth) = (day.iso8601.prefix(4), day.iso8601.suffix(2))
        return "\(weekday), \(dayOfMonth) \(Self.months[day.month - 1]) \(year) \(clock) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
