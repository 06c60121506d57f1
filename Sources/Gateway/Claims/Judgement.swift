import CardModel
import WireFormat

/// Everything that follows from a verdict for one item: who is liable, whether the warranty was
/// open, and what becomes of the claim. Pure.
struct Judgement {
    let liability: Liability
    let window: WarrantyWindow
    let claim: ClaimDecision

    /// - Parameters:
    ///   - item: with its custody points and everything its window depends on.
    ///   - sameAnswers: how many answers in a row have shown this state, this one included.
    ///   - instant: when the claim would be filed: the time of the verdict.
    init(
        of verdict: Verdict,
        item: ItemRecord,
        policy: WarrantyPolicy,
        at instant: Instant,
        skewMargin: Duration,
        sameAnswers: Int = 1
    ) {
        liability = Liability.decide(
            LiabilityFacts(
                verdict: verdict,
                custody: item.custody,
                skewMargin: skewMargin,
                isShelfLifeShort: Self.isShelfLifeShort(verdict, item: item, policy: policy)
            )
        )
        window = item.window(under: policy, at: instant, skewMargin: skewMargin)
        claim = ClaimDecision.decide(
            verdict: verdict,
            liability: liability,
            window: window,
            policy: policy,
            at: instant,
            context: ClaimContext(sameAnswers: sameAnswers)
        )
    }

    private static func isShelfLifeShort(
        _ verdict: Verdict,
        item: ItemRecord,
        policy: WarrantyPolicy
    ) -> Bool {
        guard let promised = policy.promise.minimumShelfLifeDays,
            let deliveredAt = item.deliveredAt,
            let expiresOn = verdict.expiresOn ?? item.terms.expiresOn
        else { return false }
        return Expiry.isShelfLifeShort(
            expiresOn,
            deliveredAt: deliveredAt,
            promisedDays: promised,
            in: policy.window.zone
        )
    }
}

extension ItemRecord {
    /// The warranty window as known at `instant`.
    func window(
        under policy: WarrantyPolicy,
        at instant: Instant,
        skewMargin: Duration = Timing.defaultSkewMargin
    ) -> WarrantyWindow {
        var incidents = undecidedIncidents
        if let undecidedSince {
            incidents.append(
                Incident(kind: .indeterminate, startedAt: undecidedSince, endedAt: nil)
            )
        }
        return WarrantyWindow(
            policy: policy,
            facts: WindowFacts(
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
            ),
            now: instant
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
