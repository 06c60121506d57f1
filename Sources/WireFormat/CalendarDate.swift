/// A day of the Gregorian calendar, without a time zone: what is printed on a card.
public struct CalendarDate: Sendable, Hashable, Comparable {
    /// Seconds of a day in civil time without leap seconds (RFC 3339 counts the same way).
    static let secondsPerDay = 86_400

    public let year: Int
    public let month: Int
    public let day: Int

    /// Nil unless the day exists and the year has four digits.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Exactly `YYYY-MM-DD` (ISO 8601 extended format); nil for anything else.
    public init?(iso8601 text: String) {
        let symbols = Array(text.utf8)
        guard symbols.count == 10, symbols[4] == UInt8(ascii: "-"),
            symbols[7] == UInt8(ascii: "-"),
            let year = Digits.number(symbols[0..<4]), let month = Digits.number(symbols[5..<7]),
            let day = Digits.number(symbols[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The local day of an instant in a zone that is `offsetSeconds` east of UTC at that instant.
    /// Instants outside the years 1 to 9999 give the nearest day of that range.
    public init(of instant: Instant, offsetSeconds: Int = 0) {
        let (seconds, _) = instant.secondsAndMilliseconds
        let local = seconds + Int64(offsetSeconds)
        self.init(dayNumber: Int(local.flooredQuotient(by: Int64(Self.secondsPerDay))))
    }

    public var iso8601: String {
        String(unsafeUninitializedCapacity: Self.writtenByteCount) { buffer in
            var writer = DigitWriter(buffer)
            writer.append(self)
            return writer.count
        }
    }

    /// Bytes of `2026-11-20`.
    private static let writtenByteCount = 10

    /// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`
    /// (https://howardhinnant.github.io/date_algorithms.html).
    public var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day `dayNumber` days after 1970-01-01, clamped to the years 1 to 9999.
    public init(dayNumber: Int) {
        let shifted = min(max(dayNumber, -719_162), 2_932_896) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The day `days` later (earlier when negative), clamped to the years 1 to 9999.
    public func adding(days: Int) -> CalendarDate {
        CalendarDate(dayNumber: dayNumber + days)
    }

    /// Midnight at the beginning of this day in UTC.
    public var startOfDayUTC: Instant {
        Instant(secondsSinceEpoch: Int64(dayNumber) * Int64(Self.secondsPerDay))
    }

    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// ASCII digits to numbers and back.
enum Digits {
    /// The value of a run of ASCII digits; nil when there is any other byte, or none at all.
    static func number(_ symbols: ArraySlice<UInt8>) -> Int? {
        guard !symbols.isEmpty else { return nil }
        var value = 0
        for symbol in symbols {
            guard symbol >= UInt8(ascii: "0"), symbol <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(symbol - UInt8(ascii: "0"))
        }
        return value
    }
}

/// Writes dates and times into a buffer that is large enough: several are written for every
/// delivery, and string concatenation was a hundredth of all it cost.
struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func append(_ symbol: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: symbol)
        count += 1
    }

    /// The symbol, then `value` with leading zeros to `width` digits, of which it has no more.
    mutating func append(_ symbol: Unicode.Scalar, _ value: Int, width: Int) {
        append(symbol)
        append(value, width: width)
    }

    mutating func append(_ date: CalendarDate) {
        append(date.year, width: 4)
        append("-", date.month, width: 2)
        append("-", date.day, width: 2)
    }

    private mutating func append(_ value: Int, width: Int) {
        var rest = value
        for place in (count..<count + width).reversed() {
            buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
    }
}

extension FixedWidthInteger {
    func flooredQuotient(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
