public import CardModel
public import WireFormat

/// What the issuer's answer means, beside its own words.
public struct InquiryResult: Sendable {
    public var state: VerdictState
    public var certainty: Certainty
    /// Why nothing was decided; set exactly when `state` is `indeterminate`.
    public var cause: IndeterminateCause?
    /// The issuer's code and text, verbatim but scrubbed and bounded; `at` is the time of its
    /// event (first use, revocation), not of its answer.
    public var issuer: IssuerStatement
    /// Last good day by the issuer's account.
    public var expiresOn: CalendarDate?
    /// What the code is worth by the issuer's account.
    public var actualValue: Money?
    /// Last day on which a balance charged at the hand-over is good, by the issuer's account.
    public var balanceUntil: CalendarDate?
    /// From when to when a membership or a licence runs, by the issuer's account.
    public var term: MembershipTerm?
    /// What the issuer tells of the code beside value and days, in its own words.
    public var attributes = CodeAttributes.none
    /// Who used the code, in a form that names nobody.
    public var usedByHint: String?
    /// What the issuer noticed of sign-ins to an account, scrubbed.
    public var loginAnomaly: String?
    /// How long the issuer asked us to wait. With the cause `in_progress` the next ask comes
    /// exactly then; otherwise it only lengthens the schedule's pause.
    public var retryAfter: Duration?
    /// How many requests the issuer still takes, by its own account.
    public var allowance: RequestAllowance?
    /// What the next ask of the same question gets as its `continuation`.
    public var continuation: String?
    /// Changes of the code's state that the issuer told of, oldest first, bounded by
    /// `mostUsageEvents`.
    public var history: [UsageEvent] = []
    /// What was said, in order, scrubbed.
    public var transcripts: [Transcript]

    public init(
        state: VerdictState,
        certainty: Certainty = .authoritative,
        issuer: IssuerStatement = IssuerStatement(code: nil, text: nil, at: nil),
        expiresOn: CalendarDate? = nil,
        actualValue: Money? = nil,
        transcripts: [Transcript] = []
    ) {
        self.state = state
        self.certainty = certainty
        self.cause = state == .indeterminate ? .unmapped : nil
        self.issuer = issuer
        self.expiresOn = expiresOn
        self.actualValue = actualValue
        self.retryAfter = nil
        self.transcripts = transcripts
    }

    /// An answer that decides nothing.
    public static func indeterminate(
        _ cause: IndeterminateCause,
        issuer: IssuerStatement = IssuerStatement(code: nil, text: nil, at: nil),
        retryAfter: Duration? = nil,
        transcripts: [Transcript] = []
    ) -> InquiryResult {
        var result = InquiryResult(
            state: .indeterminate,
            certainty: .derived,
            issuer: issuer,
            transcripts: transcripts
        )
        result.cause = cause
        result.retryAfter = retryAfter
        return result
    }

    /// Usage events that are kept: the newest.
    public static let mostUsageEvents = 50
    /// Longest issuer code that is kept, in characters.
    public static let longestIssuerCode = 128
    /// Longest issuer text that is kept, in characters.
    public static let longestIssuerText = 500
}

/// One change of a code's state as the issuer tells it.
public struct UsageEvent: Sendable, Hashable {
    /// Nil when the issuer gives no time, or one without an offset that nobody configured.
    public var at: Instant?
    /// The issuer's own word for what happened, scrubbed.
    public var kind: String
    /// Who did it, in a form that names nobody: the last four digits of a number, say.
    public var actorHint: String?
    public var amount: Money?

    public init(at: Instant?, kind: String, actorHint: String? = nil, amount: Money? = nil) {
        self.at = at
        self.kind = kind
        self.actorHint = actorHint
        self.amount = amount
    }
}
