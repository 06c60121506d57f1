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

    /// What is wrong with the days at the hand-over.
    public enum Finding: Sendable, Hashable {
        /// Over before the day of the hand-over: there is nothing that the buyer could use.
        case expired(Side)
        /// Alive, with fewer days than this side was promised with.
        case short(Side, promisedDays: Int)

        public var state: VerdictState {
            switch self {
            case .expired: .expired
            case .short: .shortShelfLife
            }
        }
    }

    /// Judged at the hand-over, on the local day of the policy's zone (M1-06). What is over weighs
    /// more than what is short, and the card more than its balance.
    ///
    /// - Returns: `nil` where no known day is over or breaks its promise: a day that nobody tells
    ///   proves nothing.
    public func judged(
        at deliveredAt: Instant,
        promise: WarrantyPolicy.Promise,
        zone: LocalZone
    ) -> Finding? {
        let sides = [
            (Side.useBy, useBy, promise.minimumShelfLifeDays),
            (Side.balance, balanceUntil, promise.minimumBalanceValidityDays),
        ]
        for (side, day, _) in sides {
            if let day, Expiry.isExpired(day, at: deliveredAt, in: zone) { return .expired(side) }
        }
        for (side, day, promised) in sides {
            guard let day, let promised else { continue }
            let isShort = Expiry.isShelfLifeShort(
                day,
                deliveredAt: deliveredAt,
                promisedDays: promised,
                in: zone
            )
            if isShort { return .short(side, promisedDays: promised) }
        }
        return nil
    }
}
