import CardModel
import WireFormat

extension ItemRecord {
    /// Everything that follows from a verdict: who is liable, whether the warranty was open, and
    /// what becomes of the claim.
    ///
    /// - Parameters:
    ///   - sameAnswers: how many answers in a row have shown this state, this one included.
    ///   - instant: when the claim would be filed: the time of the verdict.
    func judged(
        _ verdict: Verdict,
        under rules: ClaimRules,
        at instant: Instant,
        skewMargin: Duration,
        sameAnswers: Int = 1
    ) -> CaseJudgement {
        WarrantyCase(
            id: check.text,
            product: terms.product,
            verdict: verdict,
            decidedAt: instant,
            custody: custody,
            window: windowFacts(skewMargin: skewMargin),
            expiresOn: terms.expiresOn,
            price: terms.price,
            sameAnswers: sameAnswers
        ).judged(under: rules.policy, by: rules.tables.tables)
    }

    /// The warranty window as known at `instant`.
    func window(
        under policy: WarrantyPolicy,
        at instant: Instant,
        skewMargin: Duration = Timing.defaultSkewMargin
    ) -> WarrantyWindow {
        WarrantyWindow(
            policy: policy, facts: windowFacts(skewMargin: skewMargin), now: instant)
    }

    private func windowFacts(skewMargin: Duration) -> WindowFacts {
        var incidents = undecidedIncidents
        if let undecidedSince {
            incidents.append(
                Incident(kind: .indeterminate, startedAt: undecidedSince, endedAt: nil)
            )
        }
        return WindowFacts(
            placedAt: terms.placedAt,
            termsDisclosedAt: terms.termsDisclosedAt,
            deliveredAt: deliveredAt,
            firstVerificationAt: firstVerificationAt,
            buyerSawGoodAt: buyerSawGoodAt,
            activatedAt: activatedAt,
            usedAt: activatedAt,
            skewMargin: skewMargin,
            incidents: incidents,
            replacesEndingAt: replacesEndingAt
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
