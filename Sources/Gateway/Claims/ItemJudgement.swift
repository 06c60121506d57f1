import CardModel
import WireFormat

extension ItemRecord {
    /// What a judgement is made by now.
    ///
    /// - Parameters:
    ///   - sameAnswers: how many answers in a row have shown the state, this one included.
    ///   - incidents: recorded ones that touch the item, as they are known.
    func basis(
        skewMargin: Duration,
        sameAnswers: Int = 1,
        incidents: [Incident]
    ) -> DecisionBasis {
        DecisionBasis(
            standing: standing, skewMargin: skewMargin, sameAnswers: sameAnswers,
            incidents: incidents)
    }

    /// Everything that follows from a verdict: who is liable, whether the warranty was open, and
    /// what becomes of the claim.
    ///
    /// - Parameter instant: when the claim would be filed: the time of the verdict.
    func judged(
        _ verdict: Verdict,
        by basis: DecisionBasis,
        under rules: ClaimRules,
        at instant: Instant
    ) -> CaseJudgement {
        WarrantyCase(
            of: check, verdict, about: terms.value, deliveredAt: deliveredAt, by: basis,
            at: instant
        ).judged(under: rules.policy, by: rules.tables.tables)
    }

    /// The warranty window as known at `instant`.
    /// - Parameter incidents: recorded ones that touch the item, as known then.
    func window(
        under policy: WarrantyPolicy,
        at instant: Instant,
        incidents: [Incident],
        skewMargin: Duration = Timing.defaultSkewMargin
    ) -> WarrantyWindow {
        WarrantyWindow(
            policy: policy,
            facts: basis(skewMargin: skewMargin, incidents: incidents)
                .windowFacts(terms.value, deliveredAt: deliveredAt),
            now: instant
        )
    }
}

extension WarrantyCase {
    /// The case that a verdict about an item makes.
    init(
        of check: CheckID,
        _ verdict: Verdict,
        about terms: ItemTerms,
        deliveredAt: Instant?,
        by basis: DecisionBasis,
        at instant: Instant
    ) {
        self.init(
            id: check.text,
            product: terms.product,
            verdict: verdict,
            decidedAt: instant,
            custody: basis.custody(deliveredAt: deliveredAt),
            window: basis.windowFacts(terms, deliveredAt: deliveredAt),
            expiresOn: terms.expiresOn,
            price: terms.price,
            sameAnswers: basis.sameAnswers
        )
    }
}

extension WarrantyWindow {
    /// The window as evidence and answers show it.
    var jsonValue: JSONValue {
        switch self {
        case .none: ["status": "none"]
        case .unstarted(let wait): ["status": "unstarted", "waits_for": .string(wait.rawValue)]
        case .running(let span):
            [
                "status": "running", "starts_at": .string(span.start.rfc3339),
                "ends_at": .string(span.end.rfc3339), "ending": .string(span.ending.rawValue),
                "time_zone": .string(span.zone.identifier),
            ]
        }
    }
}
