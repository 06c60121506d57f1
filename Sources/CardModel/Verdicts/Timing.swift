public import WireFormat

/// On which side of the hand-over the issuer's event lies.
public enum Timing: String, Sendable, Hashable, CaseIterable {
    case beforeDelivery = "before_delivery"
    case afterDelivery = "after_delivery"
    case unknown

    /// Compares the issuer's event time with `delivered_at`, and with nothing else. Two clocks are
    /// never trusted beyond `skewMargin`: a difference of at most the margin, and a missing
    /// instant, is `unknown`.
    public static func decide(
        eventAt: Instant?,
        deliveredAt: Instant?,
        skewMargin: Duration
    ) -> Timing {
        guard let eventAt, let deliveredAt else { return .unknown }
        switch Side.of(eventAt, from: deliveredAt, skewMargin: skewMargin) {
        case .before: return .beforeDelivery
        case .after: return .afterDelivery
        case .within: return .unknown
        }
    }

    /// What an adapter's clock may differ by when its descriptor names nothing else.
    public static let defaultSkewMargin: Duration = .seconds(120)
}

/// Where an instant lies from another, given that their clocks may differ.
enum Side {
    case before
    case within
    case after

    static func of(_ instant: Instant, from reference: Instant, skewMargin: Duration) -> Side {
        let difference = instant.duration(since: reference)
        if difference > skewMargin { return .after }
        return difference < .zero - skewMargin ? .before : .within
    }
}
