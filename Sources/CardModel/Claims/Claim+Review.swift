import WireFormat

/// The platform looks into it (审核) and finds who is liable (判定).
extension Claim {
    func whileReviewed(_ act: ClaimAct) -> ClaimTransition {
        let claim = noting(act)
        return switch (act.event, state) {
        case (.reviewStarted, .reviewQueued), (.reviewStarted, .waitingThirdParty):
            .moved(claim.entering(.review, act), effects: [])
        case (.reviewExtended(let budget), .review): claim.onExtension(budget, act)
        case (.thirdPartyNamed, .review), (.thirdPartyNamed, .reviewQueued):
            claim.waitingForThirdParty(act)
        case (.liabilityFound(let party), .waitingThirdParty): claim.against(party, act)
        case (.liabilityFound(let party), .reviewQueued) where against == .undetermined:
            claim.established().against(party, act)
        case (.progressReported, .waitingThirdParty): claim.onProgressReport(act)
        case (.liabilityProposed(let ruling), .review): claim.onProposal(ruling, act)
        case (.disputed, .liability): claim.onDispute(act)
        case (.ruled(let ruling), .review), (.ruled(let ruling), .liability):
            claim.onVote(ruling, act)
        case (.evidenceRequested(let actor), .reviewQueued),
            (.evidenceRequested(let actor), .review):
            act.by.role == .buyer || act.by.role == .merchant
                ? .notAllowed(.wrongActor) : claim.onRequest(from: actor, act)
        case (.remedyOffered(let redress), _): claim.onOffer(redress, act)
        default: .notAllowed(.wrongState)
        }
    }

    /// What a person reported an answer has established since: no fact is missing.
    private func established() -> Claim {
        var claim = self
        claim.isEvidenceComplete = true
        return claim
    }

    /// Nobody was to blame while only an outage or a statement was known; now the claim goes to
    /// whom it is against.
    private func against(_ party: LiableParty, _ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.against = party
        return claim.opened(act)
    }

    /// More time, a bounded number of times, and never without the buyer being told (M3-41).
    private func onExtension(_ budget: PolicyDuration, _ act: ClaimAct) -> ClaimTransition {
        guard extensions < act.rules.levels.mostExtensions, ClaimRules.isExtension(budget) else {
            return .notAllowed(.noMoreExtensions)
        }
        var claim = self
        claim.extensions += 1
        claim.start(.review, budget, at: act.at)
        return .stayed(claim, effects: [.noticeDue(to: .buyer, .reviewExtended)])
    }

    /// A third party is waited for as often as a review is extended, and once more (M1-22).
    private func waitingForThirdParty(_ act: ClaimAct) -> ClaimTransition {
        guard rounds[.thirdPartyLimit, default: 0] <= act.rules.levels.mostExtensions else {
            return .notAllowed(.noMoreExtensions)
        }
        return .moved(entering(.waitingThirdParty, act), effects: [])
    }

    private func onProgressReport(_ act: ClaimAct) -> ClaimTransition {
        var claim = self
        claim.start(.thirdPartyNotice, act.rules.levels.thirdPartyNoticeEvery, at: act.at)
        return .stayed(claim, effects: [.noticeDue(to: .buyer, .progressDue)])
    }

    private func onProposal(_ ruling: ClaimRuling, _ act: ClaimAct) -> ClaimTransition {
        if let refusal = refusal(of: ruling, act) { return .notAllowed(refusal) }
        var claim = self
        claim.stop(.proposal)
        if case .liable = ruling { claim.noteRemedy(at: act.at) }
        claim.proposal = ruling
        claim.votes = [act.by.account: ruling]
        return .moved(
            claim.entering(.liability, act),
            effects: [.noticeDue(to: .merchant, .ruled), .noticeDue(to: .buyer, .ruled)]
        )
    }

    private func onDispute(_ act: ClaimAct) -> ClaimTransition {
        guard !isDisputeUsed else { return .notAllowed(.alreadyHeard) }
        if let deadline = clocks[.liability]?.clock.deadline(act.rules.calendar),
            act.at >= deadline.instant
        {
            return .notAllowed(.tooLate)
        }
        var claim = self
        claim.isDisputeUsed = true
        claim.proposal = nil
        claim.votes = [:]
        return .moved(claim.entering(.review, act), effects: [])
    }

    /// One voice of the quorum; with enough of one mind the ruling stands (M0-35).
    func onVote(_ ruling: ClaimRuling, _ act: ClaimAct) -> ClaimTransition {
        if let refusal = refusal(of: ruling, act) { return .notAllowed(refusal) }
        let needed = act.rules.votesNeeded(for: ruling, price: price)
        guard votes[act.by.account] != ruling || needed == 1 else {
            return .notAllowed(.samePerson)
        }
        var claim = self
        claim.votes[act.by.account] = ruling
        let agreeing = claim.votes.filter { $0.value == ruling }
        guard agreeing.count >= needed else { return .stayed(claim, effects: []) }
        return claim.applying(ruling, by: Set(claim.votes.keys), act)
    }

    /// Why a ruling cannot be made: a payment beyond the price needs the threefold remedy, which
    /// only a person orders and which names its own amount.
    func refusal(of ruling: ClaimRuling, _ act: ClaimAct) -> ClaimRefusal? {
        switch ruling {
        case .liable(let party, let redress):
            guard party == .merchant || party == .platform || party == .thirdParty else {
                return .wrongActor
            }
            return redress.remedy.isPersonOnly || isWithinPrice(redress) ? nil : .wrongAmount
        case .notLiable, .excluded: return nil
        case .fraud: return .wrongState
        }
    }

    func applying(
        _ ruling: ClaimRuling,
        by accounts: Set<String>,
        _ act: ClaimAct
    ) -> ClaimTransition {
        var claim = self
        claim.ruling = Decided(ruling: ruling, at: act.at, accounts: accounts)
        claim.proposal = nil
        claim.votes = [:]
        var held: [ClaimEffect] = []
        let transition: ClaimTransition
        switch ruling {
        case .liable(let party, let redress):
            claim.against = party
            if party == .merchant { held = claim.holdDeposit() }
            transition = claim.ordering(redress, from: Self.payer(party), act)
        case .notLiable: transition = claim.refused(.ruledNotLiable, act)
        case .excluded(let exclusion):
            transition = claim.refused(.excluded(by: exclusion.kind), act)
        case .fraud: transition = claim.closed(.closedFraud, act)
        }
        return transition.adding(
            [.noticeDue(to: .buyer, .ruled), .noticeDue(to: .merchant, .ruled)] + held)
    }

    private static func payer(_ party: LiableParty) -> Execution.Payer {
        switch party {
        case .merchant: .merchant
        case .thirdParty: .thirdParty
        case .platform, .none, .buyer, .undetermined: .platform
        }
    }
}
