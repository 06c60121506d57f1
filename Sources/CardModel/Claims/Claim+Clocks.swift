import WireFormat

extension Claim {
    /// The claim in another state, with the clocks of that state and no other.
    func entering(
        _ state: ClaimState,
        at instant: Instant,
        _ rules: ClaimRules,
        owedBy: ClaimActor? = nil
    ) -> Claim {
        var claim = self
        claim.state = state
        claim.enteredAt = instant
        claim.evidenceOwedBy = owedBy
        if state != .holdRisk, state != .remedyOffered { claim.heldState = nil }
        claim.clocks = clocks.filter {
            $0.key.spansStates && (!state.isClosed || $0.key == .limitation)
        }
        claim.setLimitation()
        claim.setSuspension(at: instant)
        for (timer, budget) in claim.ownBudgets(rules) {
            claim.start(timer, budget, at: instant)
        }
        return claim
    }

    /// Starts a clock, or starts it again in its next round.
    mutating func start(_ timer: ClaimTimer, _ budget: PolicyDuration, at instant: Instant) {
        rounds[timer, default: 0] += 1
        clocks[timer] = RunningClock(
            clock: ServiceClock(budget: budget, startedAt: instant),
            round: rounds[timer] ?? 1
        )
    }

    mutating func stop(_ timer: ClaimTimer) {
        clocks[timer] = nil
    }

    /// A remedy is on the table: the duty to make a plan is done (M1-33).
    mutating func noteRemedy(at instant: Instant) {
        stop(.proposal)
        firstRemedyAt = firstRemedyAt ?? instant
    }

    /// From now on nobody has moved the claim (M4-17).
    mutating func restartStandstill(at instant: Instant, _ rules: ClaimRules) {
        guard clocks[.noProgress] != nil else { return }
        start(.noProgress, rules.levels.escalateWithoutProgress, at: instant)
        setSuspension(at: instant)
    }

    /// Whoever is waited for stops the clocks that measure the others, and only those.
    private mutating func setSuspension(at instant: Instant) {
        let reason = waitsFor
        for timer in clocks.keys where timer.isSuspendable {
            clocks[timer]?.clock.wait(for: reason, at: instant)
        }
    }

    private var waitsFor: ServiceClock.Reason? {
        switch state {
        case .evidence: evidenceOwedBy == .merchant ? nil : .buyer
        case .remedyOffered: .buyer
        case .waitingThirdParty: .thirdParty
        case .executing: execution?.payer == .thirdParty ? .thirdParty : nil
        case .detected, .open, .reviewQueued, .review, .liability, .verifyRemedy, .appeal,
            .holdRisk, .escalateTier2, .escalateTier3, .escalateTier4, .closedNotCovered,
            .closedWithdrawn, .closedAbandoned, .closedRecovered, .closedRemedied, .closedFinal,
            .closedFraud, .closedRefundedExternal:
            nil
        }
    }

    /// The clocks that begin with the state.
    private func ownBudgets(_ rules: ClaimRules) -> [(ClaimTimer, PolicyDuration)] {
        let levels = rules.levels
        switch state {
        case .evidence where evidenceOwedBy == .merchant:
            return [(.merchantEvidence, levels.merchantEvidenceWithin)]
        case .evidence:
            let budget = levels.buyerEvidenceWithin ?? ClaimRules.unstatedLimit
            return [(.buyerEvidence, budget)]
                + (rules.reminder(before: budget).map { [(.buyerReminder, $0)] } ?? [])
        case .remedyOffered: return [(.remedyAnswer, levels.remedyAnswerWithin)]
        case .reviewQueued: return [(.reviewStart, levels.reviewStartMaximum)]
        case .review: return [(.review, levels.platformDecidesWithin ?? levels.hardLimit)]
        case .waitingThirdParty:
            return [
                (.thirdPartyNotice, levels.thirdPartyNoticeEvery),
                (.thirdPartyLimit, levels.thirdPartyLimit),
            ]
        case .liability: return [(.liability, levels.decideLiabilityWithin)]
        case .executing: return [(.execution, executionBudget(levels))]
        case .verifyRemedy: return [(.verification, levels.verifyReplacementWithin)]
        case .appeal: return [(.appeal, levels.appealDecidedWithin)]
        case .holdRisk: return [(.riskReview, levels.riskReviewWithin)]
        case .escalateTier2, .escalateTier3, .escalateTier4:
            return [(.outsideFollowUp, ClaimRules.outsideFollowUp(state))]
        case .detected, .open, .closedNotCovered, .closedWithdrawn, .closedAbandoned,
            .closedRecovered, .closedRemedied, .closedFinal, .closedFraud,
            .closedRefundedExternal:
            return []
        }
    }

    private func executionBudget(
        _ levels: WarrantyPolicy.ServiceLevels
    ) -> PolicyDuration {
        switch execution?.redress.remedy {
        case .reissue, .repair, .wait: levels.replaceWithin
        case .refundOriginal, .partialRefund, .payDifference, .compensateDelay, .refundPlusThree,
            .coupon, .points, .upgrade, nil:
            levels.refundWithin
        }
    }
}
