public import WireFormat

extension Claim {
    /// What `event` does to the claim; total and pure.
    ///
    /// Acts that any open claim takes come first, then one function a state.
    ///
    /// - Parameters:
    ///   - principal: who acts; the role must be one that the event belongs to.
    ///   - rules: the policy the order pinned, the working days, and what the deposit holds.
    public func transition(
        on event: ClaimEvent,
        by principal: ClaimPrincipal,
        at instant: Instant,
        under rules: ClaimRules
    ) -> ClaimTransition {
        guard event.actors.contains(principal.role) else { return .notAllowed(.wrongActor) }
        let act = ClaimAct(event: event, by: principal, at: instant, rules: rules)
        let isAnswer = firstAnsweredAt == nil && self.isAnswer(act)
        let isMerchantsOwn = principal.role == .merchant && event.isPersonal
        return decide(act).mapClaim { claim in
            if isAnswer { claim.firstAnsweredAt = instant }
            if isMerchantsOwn {
                claim.merchantActedAt = instant
                // Whatever he does in person is his answer: he is not counted as silent.
                claim.stop(.firstResponse)
            }
        }
    }

    private func decide(_ act: ClaimAct) -> ClaimTransition {
        switch state {
        case .detected: fromDetected(act)
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            fromClosed(act)
        case .open, .evidence, .remedyOffered, .reviewQueued, .review, .waitingThirdParty,
            .liability, .executing, .verifyRemedy, .appeal, .holdRisk, .escalateTier2,
            .escalateTier3, .escalateTier4:
            whileOpen(act)
        }
    }

    private func whileOpen(_ act: ClaimAct) -> ClaimTransition {
        if case .timerRung(let timer) = act.event { return onTimer(timer, act) }
        if let common = common(act) { return common }
        return switch state {
        case .open, .evidence, .remedyOffered: whileSettling(act)
        case .reviewQueued, .review, .waitingThirdParty, .liability: whileReviewed(act)
        case .executing, .verifyRemedy: whileExecuted(act)
        case .appeal: fromAppeal(act)
        case .holdRisk: fromHold(act)
        case .escalateTier2, .escalateTier3, .escalateTier4: whileEscalated(act)
        case .detected, .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            .notAllowed(.wrongState)
        }
    }

    private func fromDetected(_ act: ClaimAct) -> ClaimTransition {
        switch act.event {
        case .coverageConfirmed: opened(act)
        case .coverageRefused(let reason): refused(reason, act)
        case .verdictRecorded(let verdict): onVerdict(verdict, act)
        case .withdrawn: .moved(entering(.closedWithdrawn, act), effects: [])
        // A hit of a risk rule waits until the claim is open: its clocks run while a person looks.
        case .timerRung, .demandStated, .messagePosted, .messageRead, .evidenceRequested,
            .evidenceAdded, .remedyOffered, .remedyAnswered, .reviewStarted, .reviewExtended,
            .thirdPartyNamed, .progressReported, .liabilityProposed, .disputed, .ruled,
            .remedyReceipt, .remedyVerified, .payoutApproved, .appealFiled, .appealDecided,
            .riskRaised, .riskNoted, .riskCleared, .fraudConfirmed, .escalated, .externalUpdate,
            .reopened, .liabilityFound:
            .notAllowed(.wrongState)
        }
    }

    /// The claim goes to whom it is against: the merchant answers, the platform looks into its own
    /// fault and into what nobody can tell (M3-21), and coordinates a third party's.
    func opened(_ act: ClaimAct) -> ClaimTransition {
        let state: ClaimState =
            switch against {
            case .merchant: .open
            case .thirdParty: .waitingThirdParty
            case .platform, .none, .buyer, .undetermined: .reviewQueued
            }
        var claim = self
        let levels = act.rules.levels
        // A merchant who is said to have delivered nothing is heard of it, and may be silent.
        if state == .open || (against == .undetermined && isNonDelivery) {
            claim.start(.firstResponse, levels.firstResponse, at: act.at)
        }
        for (timer, budget) in [
            (ClaimTimer.proposal, levels.proposal), (.resolution, levels.resolution),
            (.hardLimit, levels.hardLimit), (.noProgress, levels.escalateWithoutProgress),
        ] {
            claim.start(timer, budget, at: act.at)
        }
        var effects: [ClaimEffect] = [.noticeDue(to: .buyer, .claimOpened)]
        // Who may turn out to be liable is heard from the first.
        if against == .merchant || against == .undetermined {
            effects.append(.noticeDue(to: .merchant, .claimOpened))
            if isOffPlatform { effects.append(.noticeDue(to: .buyer, .offPlatform)) }
        }
        if against == .merchant { effects += claim.holdDeposit() }
        return .moved(claim.entering(state, act), effects: effects)
    }

    /// Holds the merchant's deposit, once until it is free again; never for what was dealt outside
    /// the platform.
    mutating func holdDeposit() -> [ClaimEffect] {
        guard let price, !isDepositHeld, !isOffPlatform else { return [] }
        isDepositHeld = true
        holds += 1
        return [.depositFrozen(price)]
    }

    func refused(_ reason: NotCoveredReason, _ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.refusal = reason
        return claim.closed(.closedNotCovered, act)
    }

    func closed(_ state: ClaimState, _ act: ClaimAct) -> ClaimTransition {
        var claim = entering(state, act)
        claim.isDepositHeld = false
        return .moved(claim, effects: [.depositReleased, .noticeDue(to: .buyer, .closed)])
    }

    func entering(
        _ state: ClaimState,
        _ act: ClaimAct,
        owedBy: ClaimActor? = nil
    ) -> Claim {
        entering(state, at: act.at, act.rules, owedBy: owedBy)
    }
}

/// One event with everything it came with.
struct ClaimAct {
    let event: ClaimEvent
    let by: ClaimPrincipal
    let at: Instant
    let rules: ClaimRules
}

extension Claim {
    /// Whether somebody who owes work did something, so that the claim counts as moved (M4-17). A
    /// merchant's word or paper moves nothing while it is not his turn, and neither does an answer
    /// that decides nothing: a machine asks again by itself.
    func isProgress(_ act: ClaimAct) -> Bool {
        switch act.event {
        case .messagePosted(isAutomatic: true): false
        case .messagePosted(isAutomatic: false), .evidenceAdded:
            act.by.role.owesWork && (act.by.role != .merchant || isMerchantsTurn)
        case .verdictRecorded(let verdict):
            verdict.certainty == .authoritative && !verdict.isUndecided
        case .liabilityFound: true
        case .messageRead, .demandStated, .timerRung, .coverageConfirmed, .coverageRefused,
            .withdrawn, .remedyAnswered, .appealFiled, .riskRaised, .riskNoted, .escalated,
            .reopened:
            false
        case .evidenceRequested, .remedyOffered, .reviewStarted, .reviewExtended,
            .thirdPartyNamed, .progressReported, .liabilityProposed, .disputed, .ruled,
            .remedyReceipt, .remedyVerified, .payoutApproved, .appealDecided, .riskCleared,
            .fraudConfirmed, .externalUpdate:
            act.by.role.owesWork
        }
    }

    /// Whether it answers the buyer in person. A merchant who was asked answers for himself; where
    /// the claim never lay with him, whoever works on it answers.
    func isAnswer(_ act: ClaimAct) -> Bool {
        let isAsked =
            rounds[.firstResponse] == nil ? act.by.role.owesWork : act.by.role == .merchant
        return isAsked && act.event.isPersonal
    }

    /// Whether the merchant is the one who must act on the claim between the parties.
    var isMerchantsTurn: Bool {
        state == .open || (state == .evidence && evidenceOwedBy == .merchant)
    }
}

extension ClaimActor {
    var owesWork: Bool {
        switch self {
        case .merchant, .platform, .arbiter, .thirdParty: true
        case .buyer, .system: false
        }
    }
}

extension ClaimEvent {
    /// Whether a person did it, as far as the event tells.
    var isPersonal: Bool {
        switch self {
        case .messagePosted(let isAutomatic): !isAutomatic
        case .messageRead, .coverageConfirmed, .coverageRefused, .verdictRecorded,
            .liabilityFound, .timerRung, .remedyVerified, .riskNoted:
            false
        case .demandStated, .evidenceRequested, .evidenceAdded, .withdrawn, .remedyOffered,
            .remedyAnswered, .reviewStarted, .reviewExtended, .thirdPartyNamed,
            .progressReported, .liabilityProposed, .disputed, .ruled, .remedyReceipt,
            .payoutApproved, .appealFiled, .appealDecided, .riskRaised, .riskCleared,
            .fraudConfirmed, .escalated, .externalUpdate, .reopened:
            true
        }
    }
}
