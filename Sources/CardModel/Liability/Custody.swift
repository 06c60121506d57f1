public import WireFormat

/// The instants between which a code was in somebody's hands.
public struct Custody: Sendable, Hashable {
    /// t0: the last good check before the sale.
    public var stockOKAt: Instant?

    /// t1: the verdict of a good dispense check; until then the merchant's side held the code.
    public var dispenseOKAt: Instant?

    /// The hand-over; `nil` before it.
    public var deliveredAt: Instant?

    public init(
        stockOKAt: Instant? = nil,
        dispenseOKAt: Instant? = nil,
        deliveredAt: Instant? = nil
    ) {
        self.stockOKAt = stockOKAt
        self.dispenseOKAt = dispenseOKAt
        self.deliveredAt = deliveredAt
    }

    /// Who held a code when it died at `eventAt` (u):
    /// u ≤ t1 the merchant's side; t1 < u ≤ delivered the platform's; without t1, u ≤ delivered the
    /// merchant's; later presumably the buyer. Two clocks that differ by at most `skewMargin` from
    /// t1 or from the hand-over decide nothing.
    public func holder(eventAt: Instant?, skewMargin: Duration) -> Holder {
        guard let eventAt else { return holderWithoutEventTime }
        let toDispense = dispenseOKAt.map { Side.of(eventAt, from: $0, skewMargin: skewMargin) }
        let toDelivery = deliveredAt.map { Side.of(eventAt, from: $0, skewMargin: skewMargin) }
        return switch (toDispense, toDelivery) {
        case (.within?, _), (_, .within?): .undecided(.withinMargin)
        case (.before?, .before?), (.before?, nil): .merchant
        case (.after?, .before?), (.after?, nil): .platform
        case (nil, .before?), (nil, nil): .merchant
        case (.after?, .after?), (nil, .after?): .buyer
        // Good at t1 after the hand-over, and used between the two: the sources disagree.
        case (.before?, .after?): .undecided(.contradiction)
        }
    }

    /// A code found dead with no time of death: before any good check and before the hand-over only
    /// the merchant can have had it; otherwise the interval says nothing (D-1).
    private var holderWithoutEventTime: Holder {
        dispenseOKAt == nil && deliveredAt == nil ? .merchant : .undecided(.noEventTime)
    }

    public enum Holder: Sendable, Hashable {
        case merchant
        case platform
        case buyer
        case undecided(Doubt)
    }

    /// Why nobody can be named.
    public enum Doubt: String, Sendable, Hashable {
        case withinMargin = "within_margin"
        case noEventTime = "no_event_time"
        case contradiction
    }
}
