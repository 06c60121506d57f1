import WireFormat

/// After the platform's own ruling: appeal (复核), hold, tiers outside, and closed claims.
extension Claim {
    /// As many different people must agree as the ruling itself needs (M0-35), and none of them is
    /// one of those who ruled.
    func fromAppeal(_ act: ClaimAct) -> ClaimTransition {
        guard case .appealDecided(let outcome) = act.event else { return .notAllowed(.wrongState) }
        guard let ruling, !ruling.accounts.contains(act.by.account) else {
            return .notAllowed(.samePerson)
        }
        let decided: ClaimRuling
        switch outcome {
        case .upheld: decided = ruling.ruling
        case .changed(let changed):
            if let refusal = refusal(of: changed, act) { return .notAllowed(refusal) }
            decided = changed
        }
        guard votes[act.by.account] != decided else { return .notAllowed(.samePerson) }
        var claim = noting(act)
        claim.votes[act.by.account] = decided
        let agreeing = claim.votes.filter { $0.value == decided }
        guard agreeing.count >= act.rules.votesNeeded(for: decided, price: price) else {
            return .stayed(claim, effects: [])
        }
        return claim.concluding(ruling, decided, act)
    }

    private func concluding(
        _ ruling: Decided,
        _ decided: ClaimRuling,
        _ act: ClaimAct
    ) -> ClaimTransition {
        let accounts = ruling.accounts.union(votes.keys)
        var claim = self
        claim.votes = [:]
        // What the buyer has is not taken from him by a rule, and not paid to him twice.
        if decided != ruling.ruling, case .liable = decided, !wasRemedied {
            return claim.applying(decided, by: accounts, act)
        }
        claim.ruling = Decided(ruling: decided, at: act.at, accounts: accounts)
        return claim.closed(.closedFinal, act)
    }

    func fromHold(_ act: ClaimAct) -> ClaimTransition {
        switch act.event {
        case .riskCleared:
            clearingRisk().noting(act).released(act)
        case .fraudConfirmed: noting(act).confirmingFraud(act)
        default: .notAllowed(.wrongState)
        }
    }

    private func clearingRisk() -> Claim {
        var claim = self
        claim.isAutomationHeld = false
        return claim
    }

    private func released(_ act: ClaimAct) -> ClaimTransition {
        .moved(entering(heldState ?? .reviewQueued, act), effects: [])
    }

    /// A person's word, and one that can be appealed.
    private func confirmingFraud(_ act: ClaimAct) -> ClaimTransition {
        applying(.fraud, by: [act.by.account], act)
    }

    func whileEscalated(_ act: ClaimAct) -> ClaimTransition {
        let claim = noting(act)
        switch act.event {
        case .externalUpdate(.progress):
            var moved = claim
            moved.start(.outsideFollowUp, ClaimRules.outsideFollowUp(state), at: act.at)
            return .stayed(moved, effects: [])
        case .externalUpdate(.settled): return claim.closed(.closedFinal, act)
        case .externalUpdate(.fundsBack): return claim.closed(.closedRefundedExternal, act)
        case .externalUpdate(.exhausted): return claim.goingOn(act)
        case .remedyOffered(let redress): return claim.onOffer(redress, act)
        case .ruled(let ruling): return claim.onVote(ruling, act)
        case .reviewStarted: return .moved(claim.entering(.review, act), effects: [])
        default: return .notAllowed(.wrongState)
        }
    }

    /// A channel without a result leads to the next one, and the last one to the end.
    private func goingOn(_ act: ClaimAct) -> ClaimTransition {
        switch state {
        case .escalateTier2:
            .moved(entering(.escalateTier3, act), effects: [.escalationPrepared(tier: 3)])
        case .escalateTier3:
            .moved(entering(.escalateTier4, act), effects: [.escalationPrepared(tier: 4)])
        default: closed(.closedFinal, act)
        }
    }

    func fromClosed(_ act: ClaimAct) -> ClaimTransition {
        switch act.event {
        case .appealFiled: onAppeal(act)
        case .reopened: onReopening(act)
        case .liabilityFound(let party) where state == .closedRecovered: returning(party, act)
        case .messagePosted, .messageRead, .evidenceAdded, .externalUpdate(.progress):
            .stayed(self, effects: [])
        case .timerRung(.limitation): onTimer(.limitation, act)
        default: .notAllowed(.claimIsClosed)
        }
    }

    /// One appeal a ruling, in its time (M3-46); the evidence is kept meanwhile (M3-47).
    private func onAppeal(_ act: ClaimAct) -> ClaimTransition {
        guard let ruling, isAppealable else { return .notAllowed(.claimIsClosed) }
        guard !isAppealUsed else { return .notAllowed(.alreadyHeard) }
        // Who has won does not use up the one appeal of who has lost.
        guard act.by.role == .buyer || ruling.ruling.isAgainstMerchant else {
            return .notAllowed(.wrongActor)
        }
        let clock = ServiceClock(budget: act.rules.levels.appealWithin, startedAt: ruling.at)
        if let deadline = clock.deadline(act.rules.calendar), act.at >= deadline.instant {
            return .notAllowed(.tooLate)
        }
        var claim = self
        claim.isAppealUsed = true
        claim.wasRemedied = state == .closedRemedied || state == .closedRefundedExternal
        claim.start(.noProgress, act.rules.levels.escalateWithoutProgress, at: act.at)
        let held = claim.against == .merchant ? claim.holdDeposit() : []
        return .moved(claim.entering(.appeal, act), effects: [.evidenceHeld] + held)
    }

    /// New evidence, or a remedy that failed after all. A ruling is not reopened but appealed, and
    /// money that was paid ends the claim; what a machine alone refused comes before a person.
    private func onReopening(_ act: ClaimAct) -> ClaimTransition {
        guard isReopenable else { return .notAllowed(.claimIsClosed) }
        var claim = self
        claim.execution = nil
        claim.refusal = nil
        claim.ruling = nil
        claim.proposal = nil
        claim.votes = [:]
        claim.isAppealUsed = false
        claim.isTierExhausted = false
        claim.start(.resolution, act.rules.levels.resolution, at: act.at)
        claim.start(.hardLimit, act.rules.levels.hardLimit, at: act.at)
        claim.start(.noProgress, act.rules.levels.escalateWithoutProgress, at: act.at)
        let held = claim.against == .merchant ? claim.holdDeposit() : []
        return .moved(
            claim.entering(.reviewQueued, act),
            effects: [.noticeDue(to: .platform, .personNeeded)] + held
        )
    }

    /// Whether the ruling, and nothing that came after it, ended the claim.
    private var isAppealable: Bool {
        switch state {
        case .closedNotCovered, .closedRemedied, .closedFraud, .closedRefundedExternal: true
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4, .closedWithdrawn, .closedAbandoned,
            .closedRecovered, .closedFinal:
            false
        }
    }

    /// What was good again is bad again: there is one claim for an item and a family of defects, so
    /// the same one opens, with clocks of its own.
    private func returning(_ party: LiableParty, _ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.against = party
        claim.execution = nil
        claim.ruling = nil
        claim.proposal = nil
        claim.votes = [:]
        claim.isAppealUsed = false
        claim.isTierExhausted = false
        return claim.opened(act)
    }

    private var isReopenable: Bool {
        switch state {
        case .closedAbandoned, .closedRecovered, .closedWithdrawn: true
        case .closedRemedied: execution?.redress.remedy.isPayment != true
        case .closedNotCovered: ruling == nil
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4, .closedFinal, .closedFraud,
            .closedRefundedExternal:
            false
        }
    }
}
