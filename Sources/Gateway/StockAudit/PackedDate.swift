import WireFormat

/// A calendar day as one comparable number: year, month and day in decimal, `20271231`.
struct PackedDate: Comparable {
    let number: UInt32

    init(number: UInt32) { self.number = number }

    init(_ date: CalendarDate) {
        number = UInt32(date.year * 10_000 + date.month * 100 + date.day)
    }

    static func < (left: PackedDate, right: PackedDate) -> Bool { left.number < right.number }

    /// `YYYY-MM-DD`.
    var iso8601: String {
        let day = CalendarDate(
            year: Int(number / 10_000),
            month: Int(number / 100 % 100),
            day: Int(number % 100)
        )
        return day?.iso8601 ?? ""
    }

    /// What an `expires_on` cell says.
    enum Reading {
        /// Empty: unknown.
        case none
        case date(PackedDate)
        case unreadable
    }

    /// Reads `2027-12-31`, also with `/` or `.`, without separators, as `2027年12月31日`, with one
    /// digit for month or day, and with a time of day behind it, which does not count.
    @inline(__always)
    static func read(_ cell: UnsafeBufferPointer<UInt8>) -> Reading {
        if cell.count == 10, let base = cell.baseAddress, let digits = hyphenated(base) {
            return checked(digits)
        }
        return cell.isEmpty ? .none : readCarefully(cell)
    }

    /// The eight digits of `YYYY-MM-DD`; nil when it is not so written.
    @inline(__always)
    private static func hyphenated(_ text: UnsafePointer<UInt8>) -> UInt32? {
        let raw = UnsafeRawPointer(text)
        let head = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let tail = UInt64(
            UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        )
        guard head & 0xff00_00ff_0000_0000 == 0x2d00_002d_0000_0000 else { return nil }
        let word = (head & 0xffff_ffff | head &>> 8 & 0xffff_0000_0000 | tail &<< 48)
        let digits = word ^ 0x3030_3030_3030_3030
        let isNoDigit = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
        guard isNoDigit == 0 else { return nil }
        // Pairs, then fours, then all eight (Mula, "SIMD-ized parsing of series of integers").
        let pairs = (digits &* 10 &+ digits &>> 8) & 0x00ff_00ff_00ff_00ff
        let fours = (pairs &* 100 &+ pairs &>> 16) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: fours &* 10_000 &+ fours &>> 32)
    }

    @inline(__always)
    private static func checked(_ digits: UInt32) -> Reading {
        let month = digits / 100 % 100
        let day = digits % 100
        guard digits >= 10_000, month >= 1, month <= 12, day >= 1, day <= 31 else {
            return .unreadable
        }
        if day > 28,
            CalendarDate(
                year: Int(digits / 10_000),
                month: Int(month),
                day: Int(day)
            ) == nil
        {
            return .unreadable
        }
        return .date(PackedDate(number: digits))
    }

    @inline(never)
    private static func readCarefully(_ cell: UnsafeBufferPointer<UInt8>) -> Reading {
        let scalars = String(decoding: cell, as: UTF8.self).unicodeScalars.map { scalar in
            (0xff01...0xff5e).contains(scalar.value)
                ? Unicode.Scalar(scalar.value - 0xfee0)! : scalar
        }
        let text = String(String.UnicodeScalarView(scalars)).filter { $0 != "\u{3000}" }
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        guard !trimmed.isEmpty else { return .none }
        let day = trimmed.prefix { $0 != " " && $0 != "T" && $0 != "\t" }
        let time = trimmed.dropFirst(day.count)
        guard time.allSatisfy({ $0.isASCII && ($0.isNumber || " :.TZ+-\t".contains($0)) }) else {
            return .unreadable
        }
        guard day.allSatisfy({ $0.isWholeNumber || "-/.年月日".contains($0) }) else {
            return .unreadable
        }
        if day.count == 8, let digits = UInt32(day) { return checked(digits) }
        let parts = day.split { "-/.年月日".contains($0) }
        guard parts.count == 3, parts[0].count == 4, parts.allSatisfy({ $0.count <= 4 }),
            let year = UInt32(parts[0]), let month = UInt32(parts[1]), let date = UInt32(parts[2]),
            month <= 12, date <= 31
        else { return .unreadable }
        return checked(year * 10_000 + month * 100 + date)
    }
}
