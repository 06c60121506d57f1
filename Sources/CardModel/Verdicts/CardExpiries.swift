public import WireFormat

/// The two days on which a carrier card can run out (claims.md E3 rule 8). They are separate
/// facts: neither says anything about the other, and each has a promise of its own.
public struct CardExpiries: Sendable, Hashable {
    /// The last day on which the card can be charged (充值有效期); `nil` where nobody says.
    public var useBy: CalendarDate?

    /// The last day on which a balance charged at the hand-over is good (余额有效期).
    public var balanceUntil: CalendarDate?

    public init(useBy: CalendarDate? = nil, balanceUntil: CalendarDate? = nil) {
        self.useBy = useBy
        self.balanceUntil = balanceUntil
    }

    /// Which of the two days decided.
    public enum Side: String, Sendable, Hashable, CaseIterable {
        case useBy = "use_by"
        case balance
    }

    /// The side that was over before the day of the hand-over, on the local day of the policy's
    /// zone (M1-06): there is nothing that the buyer could use. The card weighs more than its
    /// balance.
    ///
    /// - Returns: `nil` where no known day is over: a day that nobody tells proves nothing.
    public func over(at deliveredAt: Instant, zone: LocalZone) -> Side? {
        Side.allCases.first { side in
            self[side].map { Expiry.isExpired($0, at: deliveredAt, in: zone) } ?? false
        }
    }

    /// The side with fewer days left at the hand-over than it was promised with; one that is over
    /// has none left.
    public func short(
        at deliveredAt: Instant,
        promise: WarrantyPolicy.Promise,
        zone: LocalZone
    ) -> Side? {
        Side.allCases.first { side in
            guard let day = self[side], let days = promise.minimumDays(side) else { return false }
            return Expiry.isShelfLifeShort(
                day,
                deliveredAt: deliveredAt,
                promisedDays: days,
                in: zone
            )
        }
    }

    /// The last day of a side.
    public subscript(side: Side) -> CalendarDate? {
        switch side {
        case .useBy: useBy
        case .balance: balanceUntil
        }
    }
}

extension WarrantyPolicy.Promise {
    /// The fewest days that are left of a side at the hand-over; `nil` where none are promised.
    public func minimumDays(_ side: CardExpiries.Side) -> Int? {
        switch side {
        case .useBy: minimumShelfLifeDays
        case .balance: minimumBalanceValidityDays
        }
    }
}
