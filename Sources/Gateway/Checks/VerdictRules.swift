import AdapterKit
import CardModel
import WireFormat

/// From an issuer's answer to the verdict that stands. Pure and total.
enum VerdictRules {
    /// - Parameters:
    ///   - answer: what the adapter understood.
    ///   - isTrusted: false while the adapter's canaries do not show what they should: then its
    ///     word is kept beside a verdict that decides nothing.
    ///   - custody: what is known of the code's way so far; no hand-over before there is one.
    ///   - zone: where days begin and end, by the policy.
    static func verdict(
        _ answer: InquiryResult,
        isTrusted: Bool = true,
        terms: ItemTerms,
        custody: Custody,
        adapter: AdapterDescriptor,
        policy: WarrantyPolicy,
        answeredAt: Instant
    ) -> Verdict {
        let result = isTrusted ? answer : answer.distrusted
        let expiresOn = result.expiresOn ?? terms.expiresOn
        var verdict = Verdict(
            state: result.state,
            certainty: result.certainty,
            cause: result.cause,
            issuer: result.issuer,
            expectedValue: terms.faceValue,
            actualValue: result.actualValue,
            expiresOn: expiresOn,
            adapter: adapter.label
        )
        let zone = policy.window.zone
        // At dispense there is no hand-over yet: expiry is judged as of the question.
        let judgedAt = custody.deliveredAt ?? answeredAt
        if let expiresOn, Expiry.isExpired(expiresOn, at: judgedAt, in: zone) {
            expire(&verdict, isIssuersDate: result.expiresOn != nil)
        }
        if result.state != answer.state { verdict.issuerState = answer.state }
        if verdict.isGood { lower(&verdict, policy: policy, judgedAt: judgedAt) }
        return verdict.timed(
            custody: custody,
            zone: zone,
            skewMargin: .seconds(adapter.limits.skewMarginSeconds)
        )
    }

    /// A printed date that has passed is reported even when the issuer is down (C-06); an issuer
    /// that calls the code good is believed over the label, but not over its own date.
    private static func expire(_ verdict: inout Verdict, isIssuersDate: Bool) {
        switch verdict.state {
        case .indeterminate, .unsupported:
            verdict.issuerState = verdict.state == .indeterminate ? .indeterminate : nil
            verdict.state = .expired
            verdict.certainty = .local
            verdict.cause = nil
        case .okUnused where isIssuersDate:
            verdict.issuerState = .okUnused
            verdict.state = .expired
            verdict.certainty = .derived
        default: break
        }
    }

    /// A good code that is worth less, or lasts shorter, than was promised.
    private static func lower(
        _ verdict: inout Verdict,
        policy: WarrantyPolicy,
        judgedAt: Instant
    ) {
        let good = verdict.state
        if let expected = verdict.expectedValue, let actual = verdict.actualValue,
            let face = FaceValue(money: expected), face.judged(byActual: actual) == .undervalued
        {
            verdict.state = .undervalued
        } else if let promised = policy.promise.minimumShelfLifeDays,
            let expiresOn = verdict.expiresOn,
            Expiry.isShelfLifeShort(
                expiresOn,
                deliveredAt: judgedAt,
                promisedDays: promised,
                in: policy.window.zone
            )
        {
            verdict.state = .shortShelfLife
            verdict.certainty = .derived
        }
        if verdict.state != good { verdict.issuerState = good }
    }
}

extension InquiryResult {
    /// What the answer is worth while nobody knows what the issuer's answers mean: its words are
    /// kept, and nothing it said counts. An answer that decides nothing anyway keeps its cause.
    var distrusted: InquiryResult {
        guard state != .indeterminate else { return self }
        return .indeterminate(.adapterDegraded, issuer: issuer, transcripts: transcripts)
    }
}
