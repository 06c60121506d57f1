public import WireFormat

/// The instants between which a code was in somebody's hands.
public struct Custody: Sendable, Hashable {
    /// t0: the last good check before the sale.
    public var stockOKAt: Instant?

    /// t1: the verdict of a good dispense check; until then the merchant's side held the code.
    public var dispenseOKAt: Instant?

    /// The first verdict of a check at dispense that showed a use, a revocation or an expiry: the
    /// code was dead before the platform could hand it over.
    public var dispenseBadAt: Instant?

    /// The hand-over; `nil` before it.
    public var deliveredAt: Instant?

    public init(
        stockOKAt: Instant? = nil,
        dispenseOKAt: Instant? = nil,
        dispenseBadAt: Instant? = nil,
        deliveredAt: Instant? = nil
    ) {
        self.stockOKAt = stockOKAt
        self.dispenseOKAt = dispenseOKAt
        self.dispenseBadAt = dispenseBadAt
        self.deliveredAt = deliveredAt
    }

    /// Whether our own log shows that the code died before the hand-over, whatever time the issuer
    /// tells later. A check that came after the hand-over shows nothing, nor one that a later good
    /// check contradicts.
    public var wasDeadBeforeHandOver: Bool {
        deadAt.map { dead in dispenseOKAt.map { $0 < dead } ?? true } ?? false
    }

    /// Dead before the hand-over, and never seen good: the merchant's side held it when it died.
    public var isDeadAtDispense: Bool { deadAt != nil && dispenseOKAt == nil }

    /// The finding at dispense, as far as it lies before the hand-over.
    private var deadAt: Instant? {
        guard let dispenseBadAt else { return nil }
        if let deliveredAt, dispenseBadAt > deliveredAt { return nil }
        return dispenseBadAt
    }

    /// Who held a code when it died at `eventAt` (u):
    /// u ≤ t1 the merchant's side; t1 < u ≤ delivered the platform's; without t1, u ≤ delivered the
    /// merchant's; later presumably the buyer. Two clocks that differ by at most `skewMargin` from
    /// t1 or from the hand-over decide nothing. A code that a check at dispense found dead died
    /// before it, whatever u says.
    public func holder(eventAt: Instant?, skewMargin: Duration) -> Holder {
        if let deadAt { return holder(deadAt: deadAt) }
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

    /// Found good and then dead, it died on the platform; found dead and then good, the sources
    /// disagree.
    private func holder(deadAt: Instant) -> Holder {
        guard let dispenseOKAt else { return .merchant }
        return dispenseOKAt < deadAt ? .platform : .undecided(.contradiction)
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
    public enum Doubt: String, Sendable, Hashable, CaseIterable {
        case withinMargin = "within_margin"
        case noEventTime = "no_event_time"
        case contradiction
    }
}

extension Custody.Holder: CaseIterable {
    public static let allCases: [Custody.Holder] =
        [.merchant, .platform, .buyer] + Custody.Doubt.allCases.map { .undecided($0) }

    /// The word of rule files: a party, or why nobody can be named.
    public var word: String {
        switch self {
        case .merchant: "merchant"
        case .platform: "platform"
        case .buyer: "buyer"
        case .undecided(let doubt): doubt.rawValue
        }
    }
}
