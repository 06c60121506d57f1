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

    /// The last day on which a balance charged at the hand-over is good: a carrier card's second
    /// expiry (claims.md E3 rule 8).
    public var balanceUntil: CalendarDate?

    /// How long the entitlement runs, beside what was promised.
    public var term: TermComparison?

    /// Every attribute that the order states, by name, beside what the issuer tells.
    public var attributes: [AttributeCheck] = []

    /// What the code's use left behind.
    public var usage: UsageTrace?

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

    /// Whether it shows that the code had died by then, wholly or in part: it was used, revoked, or
    /// its time was over. A code that nobody knows is not dead; it may yet be activated.
    public var showsDeadCode: Bool { certainty.isFinding && state.hasTiming }

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
    public func isCoveredDefect(by table: CoverageTable = .standard) -> Bool {
        switch table[state].covered {
        case .always, .ifPromised: true
        case .beforeDelivery: timing == .beforeDelivery
        case .none, .person, .preSale, .tolled, .buyerEvidence: false
        }
    }

    /// The same verdict with its timing decided: by our own check at dispense where it found the
    /// code dead, else the expiry by its day and everything else by the issuer's event time.
    public func timed(custody: Custody, zone: LocalZone, skewMargin: Duration) -> Verdict {
        var verdict = self
        verdict.timing = state.hasTiming ? timing(custody, zone, skewMargin) : nil
        return verdict
    }

    /// As above, where only the hand-over is known.
    public func timed(deliveredAt: Instant?, zone: LocalZone, skewMargin: Duration) -> Verdict {
        timed(custody: Custody(deliveredAt: deliveredAt), zone: zone, skewMargin: skewMargin)
    }

    private func timing(_ custody: Custody, _ zone: LocalZone, _ skewMargin: Duration) -> Timing {
        guard let deliveredAt = custody.deliveredAt else { return .unknown }
        if custody.wasDeadBeforeHandOver { return .beforeDelivery }
        if state == .expired, let expiresOn {
            return Expiry.isExpired(expiresOn, at: deliveredAt, in: zone)
                ? .beforeDelivery : .afterDelivery
        }
        return .decide(eventAt: issuer?.at, deliveredAt: deliveredAt, skewMargin: skewMargin)
    }
}
