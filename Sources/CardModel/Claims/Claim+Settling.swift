import WireFormat

/// Between the two parties: report (反馈), facts (举证), an offer.
extension Claim {
    func whileSettling(_ act: ClaimAct) -> ClaimTransition {
        switch act.event {
        // Nor does the merchant take his own offer back by a question.
        case .evidenceRequested where state == .remedyOffered && act.by.role == .merchant:
            .notAllowed(.wrongState)
        case .evidenceRequested(let actor): noting(act).onRequest(from: actor, act)
        case .evidenceAdded(let isComplete): onEvidence(isComplete, act)
        // An offer that stands is answered first: nobody accepts what he has not seen.
        case .remedyOffered where state == .remedyOffered: .notAllowed(.wrongState)
        case .remedyOffered(let redress): noting(act).onOffer(redress, act)
        case .remedyAnswered(let isAccepted): onAnswer(isAccepted, act)
        case .reviewStarted:
            .moved(noting(act).entering(.review, act), effects: [.platformIntervenes])
        case .coverageConfirmed, .coverageRefused, .verdictRecorded, .timerRung, .demandStated,
            .messagePosted, .messageRead, .withdrawn, .reviewExtended, .thirdPartyNamed,
            .progressReported, .liabilityProposed, .disputed, .ruled, .remedyReceipt,
            .remedyVerified, .payoutApproved, .appealFiled, .appealDecided, .riskRaised,
            .riskNoted, .riskCleared, .fraudConfirmed, .escalated, .externalUpdate, .reopened,
            .liabilityFound:
            .notAllowed(.wrongState)
        }
    }

    /// Facts are owed by the two who have them: the buyer, or the merchant's activation log. The
    /// parties cannot send each other to and fro: then the platform takes it (M2-05).
    func onRequest(from actor: ClaimActor, _ act: ClaimAct) -> ClaimTransition {
        guard actor == .buyer || actor == .merchant, actor != act.by.role else {
            return .notAllowed(.wrongActor)
        }
        var claim = self
        if act.by.role == .buyer || act.by.role == .merchant {
            claim.evidenceRequests += 1
            guard claim.evidenceRequests <= act.rules.levels.mostOwnerHandOvers else {
                return .moved(claim.entering(.reviewQueued, act), effects: [.platformIntervenes])
            }
        }
        return .moved(
            claim.entering(.evidence, act, owedBy: actor),
            effects: [.noticeDue(to: actor, .evidenceDue)]
        )
    }

    private func onEvidence(_ isComplete: Bool, _ act: ClaimAct) -> ClaimTransition {
        let owed = evidenceOwedBy ?? .buyer
        // What the buyer owes may come from a check or an agent as well, never from the merchant.
        let isAnswer =
            act.by.role == owed
            || owed == .buyer && act.by.role != .merchant && act.by.role != .thirdParty
        guard isComplete, isAnswer else { return .stayed(noting(act), effects: []) }
        var claim = noting(act)
        claim.isEvidenceComplete = true
        if act.by.role == .merchant { claim.stop(.firstResponse) }
        return .moved(claim.entering(.reviewQueued, act), effects: [])
    }

    /// An offer answers the duty to make a plan. It costs nobody more than he paid: beyond the
    /// price only a person rules. The merchant cannot go on offering to keep the claim from those
    /// who decide (M2-05), and an offer made while it is outside leads back there.
    func onOffer(_ redress: Redress, _ act: ClaimAct) -> ClaimTransition {
        guard !redress.remedy.isPersonOnly else { return .notAllowed(.wrongActor) }
        guard isWithinPrice(redress) else { return .notAllowed(.wrongAmount) }
        var claim = self
        if act.by.role == .merchant {
            guard merchantOffers <= act.rules.levels.mostOwnerHandOvers else {
                return .notAllowed(.noMoreOffers)
            }
            claim.merchantOffers += 1
            claim.stop(.firstResponse)
        }
        claim.noteRemedy(at: act.at)
        claim.offer = redress
        claim.offeredBy = act.by.role
        claim = claim.entering(.remedyOffered, act)
        claim.heldState = state.isOutside ? state : nil
        return .moved(claim, effects: [.noticeDue(to: .buyer, .offerWaits)])
    }

    /// A payment is bounded by what was paid; what was paid must be known. A refund is all of it,
    /// and less has another name: else one fen would count as a case made good.
    func isWithinPrice(_ redress: Redress) -> Bool {
        guard let amount = redress.amount else { return true }
        guard let price else { return false }
        return redress.remedy == .refundOriginal ? amount == price : amount.isAtMost(price)
    }

    /// Silence is never taken as consent, and a refusal costs the buyer nothing.
    private func onAnswer(_ isAccepted: Bool, _ act: ClaimAct) -> ClaimTransition {
        guard state == .remedyOffered, let offer else { return .notAllowed(.wrongState) }
        guard isAccepted else { return offerLapsed(act) }
        return ordering(offer, from: offeredBy == .merchant ? .merchant : .platform, act)
    }

    func offerLapsed(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.offer = nil
        return .moved(claim.entering(heldState ?? .reviewQueued, act), effects: [])
    }
}
