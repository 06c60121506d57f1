import AdapterKit
import CardModel
import WireFormat

/// From an issuer's answer to the verdict that stands. Pure and total.
///
/// What the issuer calls good is held against what was promised. The first of these that holds is
/// the verdict, and what the issuer called the code stays beside it as `issuer_state`:
///
/// 1. `expired`: a day of the card or of its balance was over at the hand-over (M1-06);
/// 2. `wrong_product`, `wrong_region`, `wrong_version`, `account_mismatch`, in this order: the
///    issuer tells another attribute than the order states (M3-50, M2-29);
/// 3. `undervalued`: worth less than it was sold as, or than its listing promised (M2-15);
/// 4. `term_shortened`: the entitlement is shorter than the policy's length (M4-06);
/// 5. `short_shelf_life`: the card, or a balance charged with it, lasts shorter than promised, by
///    the policy, the order or its listing.
///
/// What the issuer does not tell proves nothing. A membership that was taken into use or is over
/// after the hand-over is held against its length too: that it ended is not the buyer's doing.
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
        // At dispense there is no hand-over yet: expiry is judged as of the question.
        let judgedAt = custody.deliveredAt ?? answeredAt
        var verdict = told(result, terms: terms, adapter: adapter, policy: policy)
        // The label of a good code hides no day that the issuer tells.
        let known = result.state.isGood ? result.expiries : verdict.expiries
        if let side = known.over(at: judgedAt, zone: policy.window.zone) {
            expire(&verdict, by: side)
        }
        if result.state != answer.state { verdict.issuerState = answer.state }
        if verdict.isGood {
            lower(&verdict, told: result, terms, policy: policy, judgedAt: judgedAt)
        }
        verdict = verdict.timed(custody, by: adapter, policy)
        if verdict.ranAfterDelivery, verdict.isTermShortened(by: policy) {
            verdict.issuerState = verdict.state
            verdict.state = .termShortened
            verdict.certainty = .derived
            verdict = verdict.timed(custody, by: adapter, policy)
        }
        return verdict
    }

    /// What was answered, beside what the order promised.
    private static func told(
        _ result: InquiryResult,
        terms: ItemTerms,
        adapter: AdapterDescriptor,
        policy: WarrantyPolicy
    ) -> Verdict {
        var verdict = Verdict(
            state: result.state,
            certainty: result.certainty,
            cause: result.cause,
            issuer: result.issuer,
            expectedValue: terms.faceValue,
            actualValue: result.actualValue,
            expiresOn: result.expiresOn ?? terms.expiresOn,
            adapter: adapter.label
        )
        verdict.balanceUntil = result.balanceUntil ?? terms.promised.balanceUntil
        verdict.term = result.term.map {
            TermComparison($0, expectedDays: policy.membership?.lengthDays)
        }
        verdict.attributes = terms.promised.checks(
            against: result.attributes,
            promise: policy.promise
        )
        verdict.usage = result.usage
        return verdict
    }

    /// A printed date that has passed is reported even when the issuer is down (C-06); an issuer
    /// that calls the code good is believed over the label, but not over its own date.
    private static func expire(_ verdict: inout Verdict, by side: CardExpiries.Side) {
        switch verdict.state {
        // A label says when the card is over; of its balance an order says what was promised.
        case .indeterminate where side == .useBy, .unsupported where side == .useBy:
            verdict.issuerState = verdict.state == .indeterminate ? .indeterminate : nil
            verdict.state = .expired
            verdict.certainty = .local
            verdict.cause = nil
        case .okUnused:
            verdict.issuerState = .okUnused
            verdict.state = .expired
            verdict.certainty = .derived
        default: break
        }
    }

    /// Makes a good code that is not what was promised what it is instead.
    private static func lower(
        _ verdict: inout Verdict,
        told result: InquiryResult,
        _ terms: ItemTerms,
        policy: WarrantyPolicy,
        judgedAt: Instant
    ) {
        let facts = ListingPromise.Facts(
            deliveredAt: judgedAt,
            actualValue: verdict.actualValue,
            expiresOn: verdict.expiresOn,
            zone: policy.window.zone
        )
        // A difference is paid up to what was promised.
        if !verdict.isUndervalued,
            case .faceValue(let promised) = terms.promised.firstBroken(.faceValue, by: facts)?.kind
        {
            verdict.expectedValue = promised
        }
        guard let lower = lowered(verdict, told: result, terms.promised, policy, by: facts) else {
            return
        }
        // That a code is worth less the issuer says itself; the rest is compared by us.
        if lower != .undervalued { verdict.certainty = .derived }
        verdict.issuerState = verdict.state
        verdict.state = lower
    }

    /// What a good code is that is not what was promised; nil for one that is.
    private static func lowered(
        _ verdict: Verdict,
        told result: InquiryResult,
        _ promised: PromisedTerms,
        _ policy: WarrantyPolicy,
        by facts: ListingPromise.Facts
    ) -> VerdictState? {
        if let defect = verdict.attributes.defect { return defect }
        if verdict.isUndervalued { return .undervalued }
        if verdict.isTermShortened(by: policy) { return .termShortened }
        let endsEarly = result.balanceUntil.flatMap { told in
            promised.balanceUntil.map { told < $0 }
        }
        let short = facts.deliveredAt.flatMap {
            verdict.expiries.short(at: $0, promise: policy.promise, zone: facts.zone)
        }
        let isShort =
            endsEarly == true || short != nil
            || promised.firstBroken(.minimumShelfLife, by: facts) != nil
        return isShort ? .shortShelfLife : nil
    }
}

extension Verdict {
    fileprivate var expiries: CardExpiries {
        CardExpiries(useBy: expiresOn, balanceUntil: balanceUntil)
    }

    fileprivate var isUndervalued: Bool {
        guard let expectedValue, let actualValue, let face = FaceValue(money: expectedValue) else {
            return false
        }
        return face.judged(byActual: actualValue) == .undervalued
    }

    fileprivate func isTermShortened(by policy: WarrantyPolicy) -> Bool {
        guard let term, let promised = policy.membership else { return false }
        return term.term.judged(by: promised).state == .termShortened
    }

    /// The buyer took it into use, or its time ended in his hands: no more than a membership does
    /// that runs.
    fileprivate var ranAfterDelivery: Bool {
        [.used, .expired].contains(state) && timing == .afterDelivery
    }

    fileprivate func timed(
        _ custody: Custody,
        by adapter: AdapterDescriptor,
        _ policy: WarrantyPolicy
    ) -> Verdict {
        timed(
            custody: custody,
            zone: policy.window.zone,
            skewMargin: .seconds(adapter.limits.skewMarginSeconds)
        )
    }
}

extension InquiryResult {
    fileprivate var expiries: CardExpiries {
        CardExpiries(useBy: expiresOn, balanceUntil: balanceUntil)
    }

    /// Of a code that was used, the issuer's time is that of its first use.
    fileprivate var usage: UsageTrace? {
        let isUsed = [.used, .partiallyUsed, .okActivatedByBuyer].contains(state)
        return UsageTrace(
            firstUsedAt: isUsed ? issuer.at : nil,
            remainingValue: state == .partiallyUsed ? actualValue : nil,
            usedByHint: usedByHint ?? history.last { $0.actorHint != nil }?.actorHint,
            loginAnomaly: loginAnomaly
        )
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
