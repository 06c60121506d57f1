import WireFormat

extension RiskThresholds {
    /// Every rule that the facts hit, in the order of ``RiskRule``.
    public func hits(in facts: RiskFacts) -> [RiskHit] {
        RiskRule.allCases.compactMap { rule in
            evidence(of: rule, in: facts).map {
                RiskHit(
                    rule: rule,
                    subject: facts.subject,
                    evidence: $0,
                    at: facts.at,
                    thresholdsVersion: version
                )
            }
        }
    }

    private func evidence(of rule: RiskRule, in facts: RiskFacts) -> RiskHit.Evidence? {
        switch (rule, facts.subject.kind) {
        case (.repeatComplainant, .buyer): repeatComplainant.evidence(facts.claims)
        case (.refundBurst, let kind): refundBurst.evidence(facts.refundRequests, kind: kind)
        case (.deadBatch, .batch): deadBatch.evidence(facts.deadCodes)
        case (.merchantDeadRate, .merchant): merchantDeadRate.evidence(facts.deadCodes)
        case (.merchantGone, .merchant): merchantGone.evidence(facts.silence, at: facts.at)
        case (.promiseMismatch, .merchant), (.promiseMismatch, .product):
            promiseMismatch.evidence(facts.mismatches)
        case (.belowMarketPrice, .merchant), (.belowMarketPrice, .product): cheap(facts.price)
        case (.repeatComplainant, _), (.deadBatch, _), (.merchantDeadRate, _), (.merchantGone, _),
            (.promiseMismatch, _), (.belowMarketPrice, _):
            nil
        }
    }

    private func cheap(_ comparison: PriceComparison?) -> RiskHit.Evidence? {
        guard let comparison, let share = comparison.ofReference, share < belowMarketPrice
        else { return nil }
        return .price(share, since: comparison.observedAt)
    }
}

extension RiskThresholds.Burst {
    fileprivate func evidence(_ found: RiskCount?) -> RiskHit.Evidence? {
        guard let found, found.count >= count else { return nil }
        return .count(found)
    }
}

extension RiskThresholds.RefundBurst {
    fileprivate func evidence(
        _ found: RiskCount?,
        kind: RiskSubject.Kind
    ) -> RiskHit.Evidence? {
        guard let found, found.count >= count(of: kind) else { return nil }
        if kind == .buyer { return .count(found) }
        guard let part = PartsPerMillion(found.count, of: found.total), part >= share
        else { return nil }
        return .count(found)
    }
}

extension RiskThresholds.Share {
    fileprivate func evidence(_ found: RiskCount?) -> RiskHit.Evidence? {
        guard let found, found.count >= count,
            let interval = WilsonInterval(found.count, of: found.total), interval.lower > share
        else { return nil }
        return .share(found, atLeast: interval.lower)
    }
}

extension RiskThresholds.Gone {
    fileprivate func evidence(
        _ silence: MerchantSilence?,
        at instant: Instant
    ) -> RiskHit.Evidence? {
        guard let silence, silence.unansweredClaims >= unansweredClaims,
            silence.leaving >= balanceLeaving,
            Self.isPast(silence.lastAnswerAt, by: silentFor, at: instant),
            // One who never delivered has not stopped.
            let lastDeliveryAt = silence.lastDeliveryAt,
            Self.isPast(lastDeliveryAt, by: noDeliveryFor, at: instant)
        else { return nil }
        return .silence(silence, since: max(lastDeliveryAt, silence.lastAnswerAt ?? lastDeliveryAt))
    }

    /// Whether the time is over, its last instant included; what never happened is past.
    private static func isPast(
        _ last: Instant?,
        by length: PolicyDuration,
        at instant: Instant
    ) -> Bool {
        guard let last else { return true }
        guard let duration = length.duration else { return false }
        return instant.duration(since: last) >= duration
    }
}
