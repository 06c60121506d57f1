import WireFormat

/// What a workbook counts its days from (ECMA-376-1, 18.17.4.1).
enum DateSystem {
    /// 1 is 1900-01-01, and 60 is a 29 February 1900 that never was, kept from Lotus 1-2-3.
    case from1900
    /// 0 is 1904-01-01.
    case from1904

    /// The day of a serial number; nil for the day that never was, and outside of the years that
    /// a spreadsheet knows.
    func date(ofSerial serial: Int) -> CalendarDate? {
        switch self {
        case .from1900:
            guard serial >= 1, serial != Self.dayThatNeverWas, serial <= Self.last1900 else {
                return nil
            }
            let isAfter = serial > Self.dayThatNeverWas
            return CalendarDate(dayNumber: Self.dayBefore1900 + serial - (isAfter ? 1 : 0))
        case .from1904:
            guard (0...Self.last1904).contains(serial) else { return nil }
            return CalendarDate(dayNumber: Self.first1904 + serial)
        }
    }

    private static let dayThatNeverWas = 60
    /// 1899-12-31, in days since 1970-01-01.
    private static let dayBefore1900 = -25_568
    /// 1904-01-01, in days since 1970-01-01.
    private static let first1904 = -24_107
    /// 9999-12-31 in either system.
    private static let last1900 = 2_958_465
    private static let last1904 = 2_957_003
}
