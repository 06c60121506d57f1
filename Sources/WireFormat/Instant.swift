/// A point in time to the millisecond, as the surfaces write it: RFC 3339, in UTC.
///
/// Integer milliseconds, so that window boundaries can be tested at −1 ms, 0 and +1 ms without
/// rounding.
public struct Instant: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, not counting leap seconds.
    public let millisecondsSinceEpoch: Int64

    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    public init(secondsSinceEpoch: Int64) {
        millisecondsSinceEpoch = secondsSinceEpoch * 1000
    }

    /// Reads an RFC 3339 date-time with any offset. Digits beyond the millisecond are dropped;
    /// the leap second `:60` counts as the next minute's first second. Nil for anything else, and
    /// for a time that in UTC lies outside the years 1 to 9999.
    public init?(rfc3339 text: String) {
        let symbols = Array(text.utf8)
        guard symbols.count >= 20, symbols.count <= Self.longestRFC3339,
            let date = CalendarDate(iso8601: String(decoding: symbols[0..<10], as: UTF8.self)),
            symbols[10] == UInt8(ascii: "T") || symbols[10] == UInt8(ascii: "t"),
            symbols[13] == UInt8(ascii: ":"), symbols[16] == UInt8(ascii: ":"),
            let hour = Digits.number(symbols[11..<13]), hour < 24,
            let minute = Digits.number(symbols[14..<16]), minute < 60,
            let second = Digits.number(symbols[17..<19]), second <= 60
        else { return nil }
        guard let (milliseconds, rest) = Self.fraction(symbols[19...]),
            let offset = Self.offsetSeconds(rest)
        else { return nil }
        let seconds =
            Int64(date.dayNumber) * Int64(CalendarDate.secondsPerDay)
            + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        millisecondsSinceEpoch = seconds * 1000 + Int64(milliseconds)
        guard Self.writable.contains(millisecondsSinceEpoch) else { return nil }
    }

    /// The years 1 to 9999 in UTC, which RFC 3339 can write.
    private static let writable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// `2026-11-20T08:00:00Z`; milliseconds are written when they are not zero. An instant outside
    /// the years 1 to 9999 is written as the nearest one inside.
    public var rfc3339: String {
        let nearest = nearestWritable
        let (_, milliseconds) = nearest.secondsAndMilliseconds
        return nearest.text(milliseconds: milliseconds == 0 ? nil : milliseconds)
    }

    /// RFC 3339 truncated to the second.
    public var rfc3339Seconds: String { nearestWritable.text(milliseconds: nil) }

    private var nearestWritable: Instant {
        let range = Self.writable
        return Instant(
            millisecondsSinceEpoch: min(
                max(millisecondsSinceEpoch, range.lowerBound),
                range.upperBound
            )
        )
    }

    private func text(milliseconds: Int?) -> String {
        let (seconds, _) = secondsAndMilliseconds
        let date = CalendarDate(of: self)
        let second = Int(seconds - date.startOfDayUTC.secondsAndMilliseconds.seconds)
        return String(unsafeUninitializedCapacity: Self.longestWritten) { buffer in
            var writer = DigitWriter(buffer)
            writer.append(date)
            writer.append("T", second / 3600, width: 2)
            writer.append(":", second / 60 % 60, width: 2)
            writer.append(":", second % 60, width: 2)
            if let milliseconds { writer.append(".", milliseconds, width: 3) }
            writer.append("Z")
            return writer.count
        }
    }

    /// Bytes of `2026-11-20T08:00:00.123Z`.
    private static let longestWritten = 24

    /// Whole seconds since the epoch, rounded down, and the milliseconds that remain (0…999).
    public var secondsAndMilliseconds: (seconds: Int64, milliseconds: Int) {
        let seconds = millisecondsSinceEpoch.flooredQuotient(by: 1000)
        return (seconds, Int(millisecondsSinceEpoch - seconds * 1000))
    }

    /// The later instant; a duration below one millisecond is dropped.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(
            millisecondsSinceEpoch: instant.millisecondsSinceEpoch + duration.wholeMilliseconds
        )
    }

    public static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(
            millisecondsSinceEpoch: instant.millisecondsSinceEpoch - duration.wholeMilliseconds
        )
    }

    public func duration(since earlier: Instant) -> Duration {
        .milliseconds(millisecondsSinceEpoch - earlier.millisecondsSinceEpoch)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    /// Longer than any fraction a sender could mean.
    private static let longestRFC3339 = 48

    /// Milliseconds of an optional `.digits`, and what follows it.
    private static func fraction(_ symbols: ArraySlice<UInt8>) -> (Int, ArraySlice<UInt8>)? {
        guard symbols.first == UInt8(ascii: ".") else { return (0, symbols) }
        let digits = symbols.dropFirst().prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        var milliseconds = 0
        for place in 0..<3 {
            let digit = place < digits.count ? Int(digits[digits.startIndex + place]) - 0x30 : 0
            milliseconds = milliseconds * 10 + digit
        }
        return (milliseconds, symbols[digits.endIndex...])
    }

    /// `Z` or `±hh:mm`.
    private static func offsetSeconds(_ symbols: ArraySlice<UInt8>) -> Int? {
        guard let sign = symbols.first else { return nil }
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") {
            return symbols.count == 1 ? 0 : nil
        }
        let rest = Array(symbols.dropFirst())
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), rest.count == 5,
            rest[2] == UInt8(ascii: ":"), let hours = Digits.number(rest[0..<2]), hours < 24,
            let minutes = Digits.number(rest[3..<5]), minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
