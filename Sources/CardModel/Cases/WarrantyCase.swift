public import WireFormat

/// Everything that one decision about an item was made from, without code, order or person: what
/// another policy is tried on, and what an explanation explains (D-10).
public struct WarrantyCase: Sendable, Hashable {
    /// The check whose verdict was decided about, or any name of the case.
    public var id: String
    public var product: String
    public var verdict: Verdict

    /// When it was decided, which is when a claim would have been filed.
    public var decidedAt: Instant
    public var custody: Custody
    public var window: WindowFacts
    public var expiresOn: CalendarDate?
    public var price: Money?

    /// How many answers in a row have shown the state.
    public var sameAnswers: Int

    /// Nil for a case that nobody has decided.
    public var decided: PastDecision?

    public init(
        id: String,
        product: String,
        verdict: Verdict,
        decidedAt: Instant,
        custody: Custody,
        window: WindowFacts,
        expiresOn: CalendarDate? = nil,
        price: Money? = nil,
        sameAnswers: Int = 1,
        decided: PastDecision? = nil
    ) {
        self.id = id
        self.product = product
        self.verdict = verdict
        self.decidedAt = decidedAt
        self.custody = custody
        self.window = window
        self.expiresOn = expiresOn
        self.price = price
        self.sameAnswers = sameAnswers
        self.decided = decided
    }

    /// What follows under a policy. Pure: the same case and policy give the same judgement.
    public func judged(
        under policy: WarrantyPolicy,
        by rules: RuleTables = .standard
    ) -> CaseJudgement {
        let liability = Liability.decide(
            LiabilityFacts(
                verdict: verdict,
                custody: custody,
                skewMargin: window.skewMargin,
                isShelfLifeShort: isShelfLifeShort(under: policy)
            ),
            by: rules.liability
        )
        let window = WarrantyWindow(policy: policy, facts: window, now: decidedAt)
        let claim = ClaimDecision.decide(
            verdict: verdict,
            liability: liability,
            window: window,
            policy: policy,
            by: rules.coverage,
            at: decidedAt,
            context: ClaimContext(sameAnswers: sameAnswers)
        )
        return CaseJudgement(
            liability: liability,
            window: window,
            claim: claim,
            coverage: rules.coverage[verdict.state],
            remedy: policy.remedies.order.first
        )
    }

    private func isShelfLifeShort(under policy: WarrantyPolicy) -> Bool {
        guard let promised = policy.promise.minimumShelfLifeDays,
            let deliveredAt = custody.deliveredAt,
            let expiresOn = verdict.expiresOn ?? expiresOn
        else { return false }
        return Expiry.isShelfLifeShort(
            expiresOn, deliveredAt: deliveredAt, promisedDays: promised, in: policy.window.zone)
    }
}

/// What was decided about a case, as it is on record.
public struct PastDecision: Sendable, Hashable {
    /// What the order was placed under.
    public let policy: PolicyPin

    /// ``ClaimDecision/reason``.
    public let claim: String
    public let liable: LiableParty

    public init(policy: PolicyPin, claim: String, liable: LiableParty) {
        self.policy = policy
        self.claim = claim
        self.liable = liable
    }
}

/// What a case comes to under one policy.
public struct CaseJudgement: Sendable {
    public let liability: Liability
    public let window: WarrantyWindow
    public let claim: ClaimDecision

    /// The row of the coverage table.
    public let coverage: CoverageTable.Row

    /// What the policy offers first.
    public let remedy: Remedy?
}

extension CaseJudgement {
    /// What a change of policy would change for the parties: outcome, party, end of the window,
    /// first remedy; the names are stable.
    ///
    /// - Parameter decided: stands, where there is one, also where the rules of today would say
    ///   otherwise.
    func outcome(onRecord decided: PastDecision? = nil) -> [(name: String, value: String)] {
        [
            ("claim", decided?.claim ?? claim.reason),
            ("liable", (decided?.liable ?? liability.party).rawValue),
            ("window_ends_at", window.span?.end.rfc3339 ?? window.statusWord),
            ("remedy", isOpened ? remedy?.rawValue ?? "none" : "none"),
        ]
    }

    private var isOpened: Bool {
        switch claim {
        case .open, .proposed, .tracked: true
        case .awaitsBuyerConfirmation, .awaitsRecheck, .awaitsBuyerEvidence, .needsPerson,
            .notCovered, .noDefect:
            false
        }
    }
}

extension WarrantyWindow {
    /// What stands instead of an end.
    var statusWord: String {
        switch self {
        case .none: "none"
        case .unstarted(let wait): "unstarted_\(wait.rawValue)"
        case .running: "running"
        }
    }
}
