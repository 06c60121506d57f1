import WireFormat

/// The `Retry-After` field (RFC 9110 §10.2.3): seconds, or an HTTP date.
enum RetryAfter {
    /// The wait, bounded by `AdapterLimits.longestRetryAfter`; nil when absent or unreadable.
    static func parse(_ value: String?, askedAt: Instant) -> Duration? {
        guard let value else { return nil }
        let text = value.filter { $0 != "\t" }.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let seconds = Int64(text) ?? Int64(AdapterLimits.longestRetryAfter.components.seconds)
            return min(.seconds(seconds), AdapterLimits.longestRetryAfter)
        }
        guard let date = httpDate(String(text)) else { return nil }
        let wait = date.duration(since: askedAt)
        return min(max(wait, .zero), AdapterLimits.longestRetryAfter)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func httpDate(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2])), words[1].utf8.count == 2
        else { return nil }
        let number = month + 1
        let day = "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])"
        return Instant(rfc3339: "\(day)T\(words[4])Z")
    }
}
