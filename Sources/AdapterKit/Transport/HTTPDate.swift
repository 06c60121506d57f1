public import WireFormat

/// Dates of HTTP headers (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    public static func text(_ instant: Instant) -> String { instant.httpDate }

    /// Nil for what is not written so; the weekday is not checked against the day.
    static func instant(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2])), words[1].utf8.count == 2
        else { return nil }
        let number = month + 1
        let day = "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])"
        return Instant(rfc3339: "\(day)T\(words[4])Z")
    }
}
