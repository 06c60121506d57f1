import WireFormat

/// The remedy is carried out (执行) and, where it is a code, seen to work.
extension Claim {
    func whileExecuted(_ act: ClaimAct) -> ClaimTransition {
        switch (act.event, state) {
        case (.remedyReceipt(let receipt), .executing): noting(act).onReceipt(receipt, act)
        case (.payoutApproved, .executing): noting(act).onApproval(act)
        case (.remedyVerified(let isGood), .verifyRemedy): onVerification(isGood, act)
        default: .notAllowed(.wrongState)
        }
    }

    /// Orders a remedy: the one place where an attempt begins.
    func ordering(
        _ redress: Redress,
        from payer: Execution.Payer,
        _ act: ClaimAct
    ) -> ClaimTransition {
        var claim = self
        claim.attempts += 1
        claim.offer = nil
        let execution = Execution(redress: redress, attempt: claim.attempts, payer: payer)
        claim.execution = execution
        claim.noteRemedy(at: act.at)
        claim.stop(.firstResponse)
        let effect: ClaimEffect =
            payer == .depositOnApproval
            ? .noticeDue(to: .platform, .approvalNeeded) : .remedyRequested(execution)
        return .moved(claim.entering(.executing, act), effects: [effect])
    }

    /// A receipt is about the present attempt and about exactly what was ordered.
    private func onReceipt(_ receipt: RemedyReceipt, _ act: ClaimAct) -> ClaimTransition {
        guard let execution, execution.attempt == receipt.attempt,
            execution.payer != .depositOnApproval
        else { return .notAllowed(.otherRemedy) }
        guard execution.isReported(receipt.result, by: act.by.role) else {
            return .notAllowed(.wrongActor)
        }
        switch receipt.result {
        case .done(let redress):
            guard redress == execution.redress else { return .notAllowed(.otherRemedy) }
            guard redress.remedy.isVerified else { return done(execution, act) }
            return .moved(entering(.verifyRemedy, act), effects: [.codeCheckRequested])
        case .refused, .failed: return fallingBack(execution, act)
        }
    }

    private func done(_ execution: Execution, _ act: ClaimAct) -> ClaimTransition {
        closed(.closedRemedied, act).adding(.remedyDone(execution))
    }

    /// A code that works ends the claim; one that does not is the second failure, and the money
    /// goes back (claims.md E2).
    func onVerification(_ isGood: Bool, _ act: ClaimAct) -> ClaimTransition {
        guard let execution else { return .notAllowed(.wrongState) }
        if isGood { return done(execution, act) }
        var claim = self
        claim.failedRemedies += 1
        let cancelled = ClaimEffect.remedyCancelled(execution)
        guard let refund = Redress.refund(of: price) else {
            return claim.handedToPerson(act).adding(cancelled)
        }
        return claim.ordering(refund, from: execution.payer, act).adding(cancelled)
    }

    /// Whoever owes the remedy has not carried it out. A merchant's deposit answers for him, within
    /// the caps by itself and above them when two people agree; where it does not reach, the
    /// claim leaves the platform (M3-27, M2-13).
    func fallingBack(_ execution: Execution, _ act: ClaimAct) -> ClaimTransition {
        let cancelled = ClaimEffect.remedyCancelled(execution)
        switch execution.payer {
        case .merchant: return payingFromDeposit(execution, act).adding(cancelled)
        case .platform, .thirdParty, .deposit, .depositOnApproval:
            return handedToPerson(act).adding(cancelled)
        }
    }

    private func payingFromDeposit(
        _ execution: Execution,
        _ act: ClaimAct
    ) -> ClaimTransition {
        let remedy = execution.redress.remedy
        let refund: Redress? =
            if remedy.isPayment {
                execution.redress
            } else {
                // The price stands for a code that works, and for nothing less.
                remedy.isVerified ? Redress.refund(of: price) : nil
            }
        guard !isOffPlatform else {
            return leavingPlatform(.offPlatform, act).adding(.defaultRecorded(by: .merchant))
        }
        guard let refund, let amount = refund.amount else { return handedToPerson(act) }
        let rules = act.rules
        let withBackstop = rules.policy.deposit.backstop
        guard rules.deposit.covers(amount, withBackstop: withBackstop) else {
            return leavingPlatform(.fundsShort, act).adding(.defaultRecorded(by: .merchant))
        }
        let payer: Execution.Payer =
            rules.isWithinCaps(amount) && !isAutomationHeld ? .deposit : .depositOnApproval
        return ordering(refund, from: payer, act).adding(.defaultRecorded(by: .merchant))
    }

    /// No rule says what comes next: the platform's reviewers do.
    func handedToPerson(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.execution = nil
        return .moved(
            claim.entering(.reviewQueued, act),
            effects: [.noticeDue(to: .platform, .personNeeded)]
        )
    }

    /// Two people for an amount above the caps, and money that is really there (claims.md E4).
    private func onApproval(_ act: ClaimAct) -> ClaimTransition {
        guard var execution, execution.payer == .depositOnApproval,
            let amount = execution.redress.amount
        else { return .notAllowed(.wrongState) }
        guard !execution.approvals.contains(act.by.account) else {
            return .notAllowed(.samePerson)
        }
        var claim = self
        execution.approvals.insert(act.by.account)
        claim.execution = execution
        guard execution.approvals.count >= Execution.approvalsNeeded else {
            return .stayed(claim, effects: [])
        }
        let withBackstop = act.rules.policy.deposit.backstop
        guard act.rules.deposit.covers(amount, withBackstop: withBackstop) else {
            return claim.leavingPlatform(.fundsShort, act)
        }
        return claim.ordering(execution.redress, from: .deposit, act)
    }

    /// Nothing of the platform's pays, and the buyer is told why.
    private func leavingPlatform(_ reason: ClaimNotice, _ act: ClaimAct) -> ClaimTransition {
        var claim = entering(.escalateTier2, act)
        claim.execution = nil
        return .moved(
            claim,
            effects: [
                .noticeDue(to: .buyer, reason), .escalationPrepared(tier: 2), .evidenceHeld,
            ]
        )
    }
}
