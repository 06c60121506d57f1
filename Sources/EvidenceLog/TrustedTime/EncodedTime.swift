import SwiftASN1
import WireFormat

/// A moment in a certificate, a revocation list or a time stamp.
struct EncodedTime: Hashable {
    /// Truncated to the millisecond.
    let instant: Instant
    /// Whether digits beyond the millisecond were dropped.
    let isTruncated: Bool

    /// `GeneralizedTime`, with a fraction where RFC 3161 allows one.
    init(generalizedTime node: ASN1Node) throws {
        let time = try GeneralizedTime(derEncoded: node)
        let digits = time.rawFractionalSeconds.map { Int64($0) - 0x30 }
        let milliseconds = (0..<3).reduce(Int64(0)) { sum, place in
            sum * 10 + (place < digits.count ? digits[place] : 0)
        }
        let second = try Self.second(
            CalendarDate(year: time.year, month: time.month, day: time.day),
            time.hours * 3600 + time.minutes * 60,
            seconds: time.seconds
        )
        instant = second + .milliseconds(milliseconds)
        isTruncated = digits.count > 3
    }

    /// `Time` of RFC 5280 §4.1.2.5: `UTCTime` to 2049, `GeneralizedTime` after.
    init(time node: ASN1Node) throws {
        guard node.identifier == .utcTime else {
            try self.init(generalizedTime: node)
            return
        }
        let time = try UTCTime(derEncoded: node)
        let second = try Self.second(
            CalendarDate(year: time.year, month: time.month, day: time.day),
            time.hours * 3600 + time.minutes * 60,
            seconds: time.seconds
        )
        self.init(instant: second, isTruncated: false)
    }

    private init(instant: Instant, isTruncated: Bool) {
        self.instant = instant
        self.isTruncated = isTruncated
    }

    /// A leap second has no place in the seconds since the epoch, and is refused.
    private static func second(
        _ date: CalendarDate?,
        _ minuteSeconds: Int,
        seconds: Int
    ) throws -> Instant {
        guard let date, seconds < 60 else {
            throw ASN1Error.invalidASN1Object(reason: "a time that cannot be counted")
        }
        return date.startOfDayUTC + .seconds(minuteSeconds + seconds)
    }
}
