import AdapterKit
import WireFormat

/// `dateTime.iso8601` as the server writes it: `yyyyMMddTHH:mm:ss+ZZZZ`.
enum VSIPTime {
    /// The date alone: of an expiry, the rest means nothing.
    static func date(_ text: String) -> CalendarDate? {
        let digits = Array(text.utf8.prefix(8))
        guard digits.count == 8, text.utf8.count == 8 || text.utf8.dropFirst(8).first == 0x54
        else { return nil }
        let symbols = digits.map { String(UnicodeScalar($0)) }
        return CalendarDate(
            iso8601: symbols[0..<4].joined() + "-" + symbols[4..<6].joined() + "-"
                + symbols[6..<8].joined()
        )
    }

    /// The instant; nil when the text has no offset and none is configured, for an hour's doubt
    /// could blame the wrong side.
    static func instant(_ text: String, defaultOffset: String?) -> Instant? {
        guard let date = date(text), text.utf8.count >= 17 else { return nil }
        let rest = text.dropFirst(9)
        let clock = rest.prefix(8)
        guard let offset = offset(rest.dropFirst(8)) ?? defaultOffset else { return nil }
        return Instant(rfc3339: "\(date.iso8601)T\(clock)\(offset)")
    }

    /// `+0800`, `+08:00` or `Z`, in RFC 3339's form.
    private static func offset(_ text: Substring) -> String? {
        if text == "Z" { return "Z" }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.count == 4 else { return nil }
        return "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
    }
}
