public import WireFormat

/// What happened to an order item, as far as its warranty window is concerned.
public struct WindowFacts: Sendable, Hashable {
    public var placedAt: Instant?
    public var termsDisclosedAt: Instant?
    public var deliveredAt: Instant?
    public var firstViewAt: Instant?

    /// The first check the buyer asked for, whatever it showed.
    public var firstVerificationAt: Instant?

    /// The verdict of the first check **the buyer asked for** that showed a good code. Checks of
    /// the gateway's own never stand here.
    public var buyerSawGoodAt: Instant?

    /// The issuer's time of the activation it has evidence of.
    public var activatedAt: Instant?

    /// The issuer's time of the first use it has evidence of.
    public var usedAt: Instant?

    /// What the adapter's clock may differ by.
    public var skewMargin: Duration
    public var incidents: [Incident]

    /// What the incidents that touch more than one item are matched against.
    public var subject: IncidentSubject?

    /// The end of the window of the code that this one replaces, as known at the replacement; `nil`
    /// for a code that replaces none.
    public var replacesEndingAt: Instant?

    public init(
        placedAt: Instant? = nil,
        termsDisclosedAt: Instant? = nil,
        deliveredAt: Instant? = nil,
        firstViewAt: Instant? = nil,
        firstVerificationAt: Instant? = nil,
        buyerSawGoodAt: Instant? = nil,
        activatedAt: Instant? = nil,
        usedAt: Instant? = nil,
        skewMargin: Duration = Timing.defaultSkewMargin,
        incidents: [Incident] = [],
        subject: IncidentSubject? = nil,
        replacesEndingAt: Instant? = nil
    ) {
        self.placedAt = placedAt
        self.termsDisclosedAt = termsDisclosedAt
        self.deliveredAt = deliveredAt
        self.firstViewAt = firstViewAt
        self.firstVerificationAt = firstVerificationAt
        self.buyerSawGoodAt = buyerSawGoodAt
        self.activatedAt = activatedAt
        self.usedAt = usedAt
        self.skewMargin = skewMargin
        self.incidents = incidents
        self.subject = subject
        self.replacesEndingAt = replacesEndingAt
    }

    /// When the event of a basis happened.
    func instant(of basis: WarrantyPolicy.Basis) -> Instant? {
        switch basis {
        case .delivery: deliveredAt
        case .firstView: firstViewAt
        case .firstVerification: firstVerificationAt
        case .firstActivation: activatedAt
        case .firstUse: usedAt
        }
    }

    /// Whether the terms were shown in time: at the latest when the order was placed (M3-18).
    var areTermsDisclosedInTime: Bool {
        guard let placedAt, let termsDisclosedAt else { return false }
        return termsDisclosedAt <= placedAt
    }
}
