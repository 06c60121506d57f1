public import WireFormat

/// Rules about the last day of a code (有效期).
public enum Expiry {
    /// Whether a code whose last day is `expiresOn` was over at `instant`: the local day of the
    /// policy's zone lies after the last day. On the last day itself the code is good (M1-06).
    public static func isExpired(
        _ expiresOn: CalendarDate,
        at instant: Instant,
        in zone: LocalZone
    ) -> Bool {
        expiresOn < zone.day(of: instant)
    }

    /// Whether less of the code's life was left at hand-over than promised: the last day comes
    /// before the local day of delivery plus `promisedDays`.
    public static func isShelfLifeShort(
        _ expiresOn: CalendarDate,
        deliveredAt: Instant,
        promisedDays: Int,
        in zone: LocalZone
    ) -> Bool {
        expiresOn < zone.day(of: deliveredAt).adding(days: promisedDays)
    }
}
