import WireFormat

/// What every open claim takes, whatever its state.
extension Claim {
    /// `nil` for an event that the state decides about.
    func common(_ act: ClaimAct) -> ClaimTransition? {
        let claim = noting(act)
        switch act.event {
        case .messageRead: return .stayed(claim, effects: [])
        case .messagePosted(let isAutomatic): return claim.onMessage(isAutomatic, act)
        case .demandStated(let remedy): return claim.onDemand(remedy)
        case .evidenceAdded(let isComplete) where state != .evidence:
            return .stayed(claim.knowing(isComplete, from: act.by.role), effects: [])
        case .verdictRecorded(let verdict): return claim.onVerdict(verdict, act)
        case .withdrawn: return claim.onWithdrawal(act)
        case .riskRaised: return claim.onRisk(act)
        case .riskNoted: return claim.onNotedRisk()
        case .riskCleared where state != .holdRisk && isAutomationHeld:
            var cleared = claim
            cleared.isAutomationHeld = false
            return .stayed(cleared, effects: [])
        case .ruled(.excluded(let exclusion)) where isBeforeExecution:
            return claim.onVote(.excluded(exclusion), act)
        case .escalated(let step): return claim.onEscalation(step, act)
        case .coverageConfirmed, .coverageRefused, .timerRung, .evidenceRequested,
            .evidenceAdded, .remedyOffered, .remedyAnswered, .reviewStarted, .reviewExtended,
            .thirdPartyNamed, .progressReported, .liabilityProposed, .disputed, .ruled,
            .remedyReceipt, .remedyVerified, .payoutApproved, .appealFiled, .appealDecided,
            .riskCleared, .fraudConfirmed, .externalUpdate, .reopened, .liabilityFound:
            return nil
        }
    }

    /// Somebody who owes work moved the claim on (M4-17).
    func noting(_ act: ClaimAct) -> Claim {
        guard isProgress(act) else { return self }
        var claim = self
        claim.restartStandstill(at: act.at, act.rules)
        return claim
    }

    /// Evidence may come before anybody asks for it. What the merchant has is his own log.
    func knowing(_ isComplete: Bool, from role: ClaimActor) -> Claim {
        guard isComplete, role != .merchant, role != .thirdParty else { return self }
        var claim = self
        claim.isEvidenceComplete = true
        return claim
    }

    /// Before anything was ordered that money or a code follows from.
    var isBeforeExecution: Bool {
        switch state {
        case .open, .evidence, .remedyOffered, .reviewQueued, .review, .waitingThirdParty,
            .liability:
            true
        case .detected, .executing, .verifyRemedy, .appeal, .holdRisk, .escalateTier2,
            .escalateTier3, .escalateTier4, .closedNotCovered, .closedWithdrawn,
            .closedAbandoned, .closedRecovered, .closedRemedied, .closedFinal, .closedFraud,
            .closedRefundedExternal:
            false
        }
    }

    /// A person of the merchant's has answered; a machine has not (M2-02), and one that goes on
    /// answering brings a person of the platform's in (M2-27). The answer sends an open
    /// claim on: to the buyer, when facts are missing, else to review.
    private func onMessage(_ isAutomatic: Bool, _ act: ClaimAct) -> ClaimTransition {
        guard act.by.role == .merchant else { return .stayed(self, effects: []) }
        var claim = self
        guard !isAutomatic else {
            claim.automaticMessages += 1
            let isLoop = claim.automaticMessages == ClaimRules.automaticMessagesAccepted
            return .stayed(
                claim,
                effects: isLoop ? [.platformJoins, .noticeDue(to: .platform, .personNeeded)] : [])
        }
        claim.automaticMessages = 0
        claim.stop(.firstResponse)
        guard state == .open else { return .stayed(claim, effects: []) }
        return claim.afterAnswer(act)
    }

    func afterAnswer(_ act: ClaimAct) -> ClaimTransition {
        guard isEvidenceComplete else {
            return .moved(
                entering(.evidence, act, owedBy: .buyer),
                effects: [.noticeDue(to: .buyer, .evidenceDue)]
            )
        }
        return .moved(entering(.reviewQueued, act), effects: [])
    }

    private func onDemand(_ remedy: Remedy) -> ClaimTransition {
        guard isBeforeExecution, !remedy.isPersonOnly else { return .notAllowed(.wrongState) }
        var claim = self
        claim.demand = remedy
        return .stayed(claim, effects: [])
    }

    /// A good answer ends what a good answer can end; a further defect attaches.
    func onVerdict(_ verdict: Verdict, _ act: ClaimAct) -> ClaimTransition {
        if verdict.isGood {
            // What only people can tell, and a person has yet to find, no issuer's answer ends.
            let isCured = ([defect] + attachedDefects).allSatisfy {
                $0.isCuredByGoodAnswer && !(against == .undetermined && $0.witness == .people)
            }
            guard isCured, verdict.certainty == .authoritative, isBeforeExecution || isDetected
            else { return .stayed(self, effects: []) }
            return closed(.closedRecovered, act)
        }
        guard let family = verdict.state.defectFamily else { return .stayed(self, effects: []) }
        guard family == self.family else { return .notAllowed(.otherFamily) }
        let claim = attaching(verdict.state)
        let isNew = claim.attachedDefects.count > attachedDefects.count
        return .stayed(claim, effects: isNew ? [.defectAttached(verdict.state)] : [])
    }

    private var isDetected: Bool { state == .detected }

    private func attaching(_ defect: VerdictState) -> Claim {
        guard defect != self.defect, !attachedDefects.contains(defect) else { return self }
        var claim = self
        claim.attachedDefects.append(defect)
        return claim
    }

    /// What was ordered is not taken back: money or a code may be on its way.
    private func onWithdrawal(_ act: ClaimAct) -> ClaimTransition {
        state == .executing || state == .verifyRemedy || state == .appeal
            ? .notAllowed(.wrongState) : closed(.closedWithdrawn, act)
    }

    private func onNotedRisk() -> ClaimTransition {
        var claim = self
        claim.isAutomationHeld = true
        return .stayed(
            claim, effects: isAutomationHeld ? [] : [.noticeDue(to: .platform, .riskFound)])
    }

    private func onRisk(_ act: ClaimAct) -> ClaimTransition {
        guard isBeforeExecution else { return .notAllowed(.wrongState) }
        var claim = entering(.holdRisk, act)
        claim.heldState =
            state == .evidence || state == .remedyOffered ? heldState ?? .reviewQueued : state
        return .moved(claim, effects: [.noticeDue(to: .platform, .personNeeded)])
    }

    /// Tiers are gone through in order, but for the jumps the requirements name (M4-32).
    private func onEscalation(_ step: EscalationStep, _ act: ClaimAct) -> ClaimTransition {
        guard let target = escalationTarget(step, act) else { return .notAllowed(.tierNotReached) }
        // One above the caps was never asked for: there is nothing to cancel.
        let cancelled: [ClaimEffect] =
            state == .executing && execution?.payer == .merchant
            ? execution.map { [.remedyCancelled($0)] } ?? [] : []
        var claim = entering(target, act)
        claim.execution = nil
        return .moved(
            claim,
            effects: cancelled + [.escalationPrepared(tier: step.tier), .evidenceHeld]
        )
    }

    private func escalationTarget(_ step: EscalationStep, _ act: ClaimAct) -> ClaimState? {
        let isReached: Bool =
            switch (state, step.ground) {
            case (.escalateTier4, _), (.verifyRemedy, _), (.appeal, _): false
            case (.executing, _) where isMoneyOnItsWay: false
            case (.escalateTier3, _): step.tier == 4
            case (.escalateTier2, .exhausted): step.tier == 3 || step.tier == 4
            case (.escalateTier2, _): step.tier > 2
            case (_, .exhausted): step.tier == 2 && isFirstTierExhausted
            case (_, .silentNonDelivery): step.tier == 3 && isSilentNonDelivery
            case (_, .fraud): step.tier >= 3 && act.by.role != .buyer
            case (_, .systemic): step.tier == 4 && act.by.role != .buyer
            }
        guard isReached else { return nil }
        switch step.tier {
        case 2: return .escalateTier2
        case 3: return .escalateTier3
        default: return .escalateTier4
        }
    }

    /// Whoever was asked may be carrying it out; the merchant has not, and what two people must
    /// agree to was not asked for.
    private var isMoneyOnItsWay: Bool {
        switch execution?.payer {
        case .platform, .deposit, .thirdParty: true
        case .merchant, .depositOnApproval, nil: false
        }
    }

    /// The platform's own channel was late, or did not move.
    private var isFirstTierExhausted: Bool {
        isTierExhausted || clocks[.hardLimit]?.isRung == true
    }

    private var isSilentNonDelivery: Bool {
        isNonDelivery && clocks[.firstResponse]?.isRung == true
    }

    /// 付款未发货: the one trouble with which a silent merchant lets the buyer go to the payment
    /// firm at once (M1-26).
    var isNonDelivery: Bool { [.notDelivered, .shortDelivery].contains(defect) }
}
