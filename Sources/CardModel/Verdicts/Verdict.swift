public import WireFormat

/// The recorded answer to one question: what was the state of this code, and who says so?
///
/// A record, never the word "invalid".
public struct Verdict: Sendable, Hashable {
    public var state: VerdictState

    /// Before or after the hand-over; `nil` for states without a time of their own.
    public var timing: Timing?
    public var certainty: Certainty

    /// Why nothing could be decided; `nil` unless the state is `indeterminate`.
    public var cause: IndeterminateCause?

    /// The issuer's own words; `nil` when the issuer was not asked or said nothing.
    public var issuer: IssuerStatement?

    /// What the issuer said about a code whose state came from our own log (duplicates).
    public var issuerState: VerdictState?

    /// The value the code was sold as, and the value the issuer states.
    public var expectedValue: Money?
    public var actualValue: Money?

    /// The last day on which the code can be used.
    public var expiresOn: CalendarDate?

    /// `id@version` of the adapter that asked; `nil` when none did.
    public var adapter: String?

    public init(
        state: VerdictState,
        timing: Timing? = nil,
        certainty: Certainty,
        cause: IndeterminateCause? = nil,
        issuer: IssuerStatement? = nil,
        issuerState: VerdictState? = nil,
        expectedValue: Money? = nil,
        actualValue: Money? = nil,
        expiresOn: CalendarDate? = nil,
        adapter: String? = nil
    ) {
        self.state = state
        self.timing = timing
        self.certainty = certainty
        self.cause = cause
        self.issuer = issuer
        self.issuerState = issuerState
        self.expectedValue = expectedValue
        self.actualValue = actualValue
        self.expiresOn = expiresOn
        self.adapter = adapter
    }

    public var isGood: Bool { state.isGood }

    /// Neither good nor bad: also where sources contradict each other.
    public var isUndecided: Bool { state.isUndecided || certainty == .conflict }

    /// Whether the warranty waits while this is all that is known (claims.md E1). A code whose
    /// issuer cannot be asked at all stays with the buyer's own evidence, and one whose owner has
    /// not agreed to the question stays with him: for neither anything waits.
    public var tollsWindow: Bool {
        isUndecided && state != .unsupported && cause != .consentMissing
    }

    /// Whether the state is a defect that a warranty covers, given its timing and leaving window,
    /// policy and exclusions aside (M3-03 keeps these apart).
    public var isCoveredDefect: Bool {
        switch state.coverage {
        case .always, .ifPromised, .afterBuyerConfirms, .afterRecheck, .proposed: true
        case .beforeDelivery: timing == .beforeDelivery
        case .noDefect, .person, .preSale, .tracked, .undecided, .buyerEvidence: false
        }
    }

    /// The same verdict with its timing decided: the expiry by its day, everything else by the
    /// issuer's event time.
    public func timed(
        deliveredAt: Instant?,
        zone: LocalZone,
        skewMargin: Duration
    ) -> Verdict {
        var verdict = self
        guard state.hasTiming else {
            verdict.timing = nil
            return verdict
        }
        if state == .expired, let expiresOn, let deliveredAt {
            let isBefore = Expiry.isExpired(expiresOn, at: deliveredAt, in: zone)
            verdict.timing = isBefore ? .beforeDelivery : .afterDelivery
        } else {
            verdict.timing = .decide(
                eventAt: issuer?.at,
                deliveredAt: deliveredAt,
                skewMargin: skewMargin
            )
        }
        return verdict
    }
}
