import WireFormat

/// After the platform's own ruling: appeal (复核), hold, tiers outside, and closed claims.
extension Claim {
    func fromAppeal(_ act: ClaimAct) -> ClaimTransition {
        guard case .appealDecided(let outcome) = act.event else { return .notAllowed(.wrongState) }
        guard let ruling, !ruling.accounts.contains(act.by.account) else {
            return .notAllowed(.samePerson)
        }
        switch outcome {
        case .upheld: return closed(.closedFinal, act)
        case .changed(let changed):
            guard changed != ruling.ruling else { return closed(.closedFinal, act) }
            // What the buyer has is not taken from him by a rule.
            guard case .liable(_, let redress) = changed, !wasRemedied else {
                return closed(.closedFinal, act)
            }
            guard redress.remedy.isPersonOnly || isWithinPrice(redress) else {
                return .notAllowed(.wrongAmount)
            }
            return applying(changed, by: ruling.accounts.union([act.by.account]), act)
        }
    }

    func fromHold(_ act: ClaimAct) -> ClaimTransition {
        switch act.event {
        case .riskCleared:
            .moved(noting(act).entering(heldState ?? .reviewQueued, act), effects: [])
        case .fraudConfirmed: noting(act).confirmingFraud(act)
        default: .notAllowed(.wrongState)
        }
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
        case .messagePosted, .messageRead, .evidenceAdded, .externalUpdate(.progress):
            .stayed(self, effects: [])
        default: .notAllowed(.claimIsClosed)
        }
    }

    /// One appeal a ruling, in its time (M3-46); the evidence is kept meanwhile (M3-47).
    private func onAppeal(_ act: ClaimAct) -> ClaimTransition {
        guard let ruling, state != .closedFinal, state != .closedWithdrawn else {
            return .notAllowed(.claimIsClosed)
        }
        guard !isAppealUsed else { return .notAllowed(.alreadyHeard) }
        let clock = ServiceClock(budget: act.rules.levels.appealWithin, startedAt: ruling.at)
        if let deadline = clock.deadline(act.rules.calendar), act.at >= deadline.instant {
            return .notAllowed(.tooLate)
        }
        var claim = self
        claim.isAppealUsed = true
        claim.wasRemedied = state == .closedRemedied
        return .moved(claim.entering(.appeal, act), effects: [.evidenceHeld])
    }

    /// New evidence, or a remedy that failed after all. A ruling is not reopened but appealed.
    private func onReopening(_ act: ClaimAct) -> ClaimTransition {
        switch state {
        case .closedAbandoned, .closedRecovered, .closedRemedied:
            var claim = self
            claim.execution = nil
            claim.start(.resolution, act.rules.levels.resolution, at: act.at)
            claim.start(.hardLimit, act.rules.levels.hardLimit, at: act.at)
            claim.start(.noProgress, act.rules.levels.escalateWithoutProgress, at: act.at)
            return .moved(
                claim.entering(.reviewQueued, act),
                effects: [.noticeDue(to: .platform, .personNeeded)]
            )
        default: return .notAllowed(.claimIsClosed)
        }
    }
}
