import WireFormat

/// What happens when a clock of a claim rings.
extension Claim {
    /// A clock rings once a round, when its time is over by the clock of whoever says so, and never
    /// while it stands still.
    func onTimer(_ timer: ClaimTimer, _ act: ClaimAct) -> ClaimTransition {
        guard let running = clocks[timer], !running.isRung,
            let deadline = running.clock.deadline(act.rules.calendar)
        else { return .notAllowed(.timerNotRunning) }
        guard act.at >= deadline.instant else { return .notAllowed(.timerNotDue) }
        var claim = self
        claim.clocks[timer]?.isRung = true
        return claim.onRing(timer, act)
    }

    private func onRing(_ timer: ClaimTimer, _ act: ClaimAct) -> ClaimTransition {
        switch timer {
        case .firstResponse: missing(timer, act)
        case .proposal: missing(timer, act).adding(.platformJoins)
        case .resolution, .hardLimit: onLimit(timer, act)
        case .noProgress: onStandstill(act)
        case .buyerReminder: reminding(act)
        case .buyerEvidence:
            clocks[.buyerReminder]?.isRung == true
                ? closed(.closedAbandoned, act) : reminding(act)
        case .merchantEvidence:
            missing(timer, act, then: .reviewQueued).adding(.defaultRecorded(by: .merchant))
        case .remedyAnswer: offerLapsed(act)
        case .reviewStart, .review, .appeal, .riskReview:
            .stayed(
                self,
                effects: [.breachRecorded(timer), .noticeDue(to: .platform, .personNeeded)]
            )
        case .liability: onLiabilityTime(act)
        case .thirdPartyNotice: onNoticeTime(act)
        case .thirdPartyLimit:
            .moved(entering(.review, act), effects: [.breachRecorded(timer)])
        case .execution: onExecutionTime(act)
        case .verification: onVerificationTime(act)
        case .outsideFollowUp: onFollowUpTime(act)
        case .limitation: .stayed(self, effects: [.noticeDue(to: .buyer, .limitationNear)])
        }
    }

    /// A duty of the merchant's passed. As often as the policy says, the platform takes over
    /// (M2-17).
    private func missing(
        _ timer: ClaimTimer,
        _ act: ClaimAct,
        then next: ClaimState? = nil
    ) -> ClaimTransition {
        var claim = self
        if against == .merchant { claim.missedResponses += 1 }
        let breach = ClaimEffect.breachRecorded(timer)
        if claim.isMerchantsTurn,
            claim.missedResponses >= act.rules.levels.missedResponsesForIntervention
        {
            return .moved(
                claim.entering(.reviewQueued, act), effects: [breach, .platformIntervenes])
        }
        guard let next else { return .stayed(claim, effects: [breach]) }
        return .moved(claim.entering(next, act), effects: [breach])
    }

    /// A claim is never abandoned without a reminder (M3-45). When it comes late, as after a time
    /// in which the gateway was down, the buyer has the time that it promises.
    private func reminding(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        let promised = act.rules.levels.buyerReminderBefore
        let left = clocks[.buyerEvidence]?.clock.deadline(act.rules.calendar)?.instant
        let enough = act.at + (promised.duration ?? .zero) / 2
        if left.map({ $0 <= act.at || $0 < enough }) ?? true {
            claim.start(.buyerEvidence, promised, at: act.at)
        }
        if clocks[.buyerReminder] == nil { claim.start(.buyerReminder, promised, at: act.at) }
        claim.clocks[.buyerReminder]?.isRung = true
        return .stayed(claim, effects: [.noticeDue(to: .buyer, .evidenceReminder)])
    }

    /// The claim is not closed in time: what lies with the merchant goes to the platform, by
    /// itself (M0-34, M2-22).
    private func onLimit(_ timer: ClaimTimer, _ act: ClaimAct) -> ClaimTransition {
        let effects: [ClaimEffect] = [.breachRecorded(timer), .platformIntervenes]
        guard isMerchantsTurn else { return .stayed(self, effects: effects) }
        return .moved(entering(.reviewQueued, act), effects: effects)
    }

    /// Nobody has moved it for days: the next tier is prepared (M4-17). A remedy that was ordered,
    /// and a person's hold, are not cut short; there the clock rings again until somebody acts.
    private func onStandstill(_ act: ClaimAct) -> ClaimTransition {
        let breach = ClaimEffect.breachRecorded(.noProgress)
        var claim = self
        claim.isTierExhausted = true
        switch state {
        case .open, .evidence, .remedyOffered, .reviewQueued, .review, .liability:
            return .moved(
                claim.entering(heldState ?? .escalateTier2, act),
                effects: [breach, .escalationPrepared(tier: 2), .evidenceHeld]
            )
        case .detected, .waitingThirdParty, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4, .closedNotCovered,
            .closedWithdrawn, .closedAbandoned, .closedRecovered, .closedRemedied,
            .closedFinal, .closedFraud, .closedRefundedExternal:
            claim.restartStandstill(at: act.at, act.rules)
            let next: ClaimEffect =
                isTierExhausted || state.isOutside
                ? .noticeDue(to: .platform, .personNeeded) : .escalationPrepared(tier: 2)
            return .stayed(claim, effects: [breach, next])
        }
    }

    /// An agent's finding that the merchant did not dispute becomes the ruling, unless a quorum
    /// must agree first, or only a person orders what it gives (claims.md E4).
    private func onLiabilityTime(_ act: ClaimAct) -> ClaimTransition {
        guard let proposal, !proposal.isPersonOnly,
            act.rules.votesNeeded(for: proposal, price: price) == 1
        else {
            return .stayed(
                self,
                effects: [.breachRecorded(.liability), .noticeDue(to: .platform, .personNeeded)]
            )
        }
        return applying(proposal, by: Set(votes.keys), act)
    }

    /// A word to the buyer is owed, and again after the same time (M3-31).
    private func onNoticeTime(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.start(.thirdPartyNotice, act.rules.levels.thirdPartyNoticeEvery, at: act.at)
        return .stayed(
            claim,
            effects: [
                .breachRecorded(.thirdPartyNotice), .noticeDue(to: .platform, .progressDue),
            ]
        )
    }

    private func onExecutionTime(_ act: ClaimAct) -> ClaimTransition {
        let breach = ClaimEffect.breachRecorded(.execution)
        var claim = self
        switch execution?.payer {
        case .merchant:
            guard let execution else { return .stayed(claim, effects: [breach]) }
            claim.missedResponses += 1
            return claim.fallingBack(execution, act).adding(breach)
        case .thirdParty:
            // Nothing else runs while it is waited for: the platform urges it again (M3-44).
            claim.start(.execution, act.rules.levels.thirdPartyNoticeEvery, at: act.at)
            return .stayed(claim, effects: [breach, .noticeDue(to: .platform, .progressDue)])
        case .platform, .deposit, .depositOnApproval, nil:
            // Money that the platform was asked to pay may be on its way: it is not asked twice.
            return .stayed(claim, effects: [breach, .noticeDue(to: .platform, .personNeeded)])
        }
    }

    /// A replacement that nobody can judge is waited for once more, and then the money goes back.
    private func onVerificationTime(_ act: ClaimAct) -> ClaimTransition {
        let breach = ClaimEffect.breachRecorded(.verification)
        guard clocks[.verification]?.clock.startedAt == enteredAt else {
            return onVerification(false, act).adding(breach)
        }
        var claim = self
        claim.start(.verification, act.rules.levels.replaceWithin, at: act.at)
        return .stayed(claim, effects: [breach])
    }

    private func onFollowUpTime(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.start(.outsideFollowUp, ClaimRules.outsideFollowUp(state), at: act.at)
        return .stayed(claim, effects: [.noticeDue(to: .buyer, .followUpDue)])
    }
}
