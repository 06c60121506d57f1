public import WireFormat

/// What was counted of one subject up to an instant. What was not counted is `nil`, and the rule
/// that needs it is silent.
public struct RiskFacts: Sendable, Hashable {
    public let subject: RiskSubject
    /// Until when was counted; an event of this very instant is included, because it is the one
    /// that asks.
    public let at: Instant
    /// Claims that the subject filed, since ``RiskThresholds/repeatComplainant``'s window.
    public var claims: RiskCount?
    /// Refund requests, since ``RiskThresholds/refundBurst``'s window, of the deliveries of it.
    public var refundRequests: RiskCount?
    /// Codes found bad, of those handed over: of a batch in all, of a merchant since `since`.
    public var deadCodes: RiskCount?
    /// Items that were not what was promised, of those compared.
    public var mismatches: RiskCount?
    public var silence: MerchantSilence?
    public var price: PriceComparison?

    public init(subject: RiskSubject, at: Instant) {
        self.subject = subject
        self.at = at
    }
}

/// A number of events after `since`, and what they are a share of.
public struct RiskCount: Sendable, Hashable {
    public let count: Int
    /// Never less than ``count``.
    public let total: Int
    public let since: Instant

    /// Negative counts are none.
    public init(_ count: Int, of total: Int = 0, since: Instant) {
        self.count = max(0, count)
        self.total = max(self.count, total)
        self.since = since
    }

    /// Counts events with `at − window < t ≤ at`.
    public init(
        counting events: some Sequence<Instant>,
        of all: some Sequence<Instant>,
        window: Duration,
        at: Instant
    ) {
        let since = at - window
        self.init(
            events.count { since < $0 && $0 <= at },
            of: all.count { since < $0 && $0 <= at },
            since: since
        )
    }
}

/// The signs of a merchant that leaves.
public struct MerchantSilence: Sendable, Hashable {
    /// Claims that wait for the merchant beyond their first-response limit.
    public var unansweredClaims: Int
    /// The last answer by a person (D-22: automatic replies and read receipts are none); nil when
    /// there never was one.
    public var lastAnswerAt: Instant?
    public var lastDeliveryAt: Instant?
    /// What was paid out, and what was asked to be, since the last delivery: asking counts, so that
    /// the alarm comes before the money leaves.
    public var withdrawalsMinor: Int64
    /// The balance before those withdrawals.
    public var balanceBeforeMinor: Int64

    public init(
        unansweredClaims: Int,
        lastAnswerAt: Instant?,
        lastDeliveryAt: Instant?,
        withdrawalsMinor: Int64,
        balanceBeforeMinor: Int64
    ) {
        self.unansweredClaims = unansweredClaims
        self.lastAnswerAt = lastAnswerAt
        self.lastDeliveryAt = lastDeliveryAt
        self.withdrawalsMinor = withdrawalsMinor
        self.balanceBeforeMinor = balanceBeforeMinor
    }

    /// Withdrawn of the balance; nothing of no balance.
    var leaving: PartsPerMillion {
        guard balanceBeforeMinor > 0, withdrawalsMinor > 0 else { return PartsPerMillion(0) }
        let cut = min(withdrawalsMinor, balanceBeforeMinor)
        let (high, low) = cut.multipliedFullWidth(by: Int64(PartsPerMillion.whole))
        return PartsPerMillion(Int(balanceBeforeMinor.dividingFullWidth((high, low)).quotient))
    }
}

/// A price and what others ask for the same.
public struct PriceComparison: Sendable, Hashable {
    public var price: Money
    /// The median of the market, in the same currency.
    public var reference: Money
    public var observedAt: Instant

    public init(price: Money, reference: Money, observedAt: Instant) {
        self.price = price
        self.reference = reference
        self.observedAt = observedAt
    }

    /// `nil` for different currencies and for a reference of nothing.
    var ofReference: PartsPerMillion? {
        guard price.currency == reference.currency, reference.minorUnits > 0,
            price.minorUnits >= 0
        else { return nil }
        guard price.minorUnits < reference.minorUnits else {
            return PartsPerMillion(PartsPerMillion.whole)
        }
        let (high, low) = price.minorUnits.multipliedFullWidth(by: Int64(PartsPerMillion.whole))
        return PartsPerMillion(Int(reference.minorUnits.dividingFullWidth((high, low)).quotient))
    }
}
