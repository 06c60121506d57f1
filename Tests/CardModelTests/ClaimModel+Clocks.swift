import WireFormat

@testable import CardModel

/// What clocks do when they ring.
extension ClaimModel {
    mutating func ring(_ timer: ClaimTimer, _ now: Instant) -> Answer {
        guard let running = clocks[timer], !running.hasRung,
            let due = running.clock.deadline(rules.calendar), now >= due.instant
        else { return .no }
        clocks[timer]?.hasRung = true
        switch timer {
        case .firstResponse, .proposal, .merchantEvidence:
            if against == .merchant { missed += 1 }
            let isTaken = isMerchantsTurn && missed >= levels.missedResponsesForIntervention
            return isTaken || timer == .merchantEvidence ? go(.reviewQueued, now) : .stay
        case .resolution, .hardLimit: return isMerchantsTurn ? go(.reviewQueued, now) : .stay
        case .noProgress:
            isStuck = true
            if Self.talks.contains(state) || [.reviewQueued, .review, .liability].contains(state) {
                return go(back ?? .escalateTier2, now)
            }
            moved(now)
            return .stay
        case .buyerReminder, .buyerEvidence:
            if timer == .buyerEvidence, hasRung(.buyerReminder) { return go(.closedAbandoned, now) }
            clocks[.buyerReminder]?.hasRung = true
            let end = clocks[.buyerEvidence]?.clock.deadline(rules.calendar)?.instant ?? now
            if end < now + .seconds(3_600) {
                start(.buyerEvidence, levels.buyerReminderBefore, now)
            }
            return .stay
        case .remedyAnswer: return lapse(now)
        case .limitation, .reviewStart, .review, .appeal, .riskReview: return .stay
        case .liability:
            guard let proposal, quorum(proposal) == 1, !proposal.isPersonOnly else { return .stay }
            return rule(proposal, Set(votes.keys), now)
        case .thirdPartyNotice:
            start(.thirdPartyNotice, levels.thirdPartyNoticeEvery, now)
            return .stay
        case .thirdPartyLimit: return go(.review, now)
        case .execution:
            guard attempt?.payer != .merchant else {
                missed += 1
                return fallBack(now)
            }
            if attempt?.payer == .thirdParty {
                start(.execution, levels.thirdPartyNoticeEvery, now)
            }
            return .stay
        case .verification:
            unheardChecks += 1
            guard unheardChecks == 1 else { return badCode(now) }
            start(.verification, levels.replaceWithin, now)
            return .stay
        case .outsideFollowUp:
            if let budget = budgets.first?.1 { start(.outsideFollowUp, budget, now) }
            return .stay
        }
    }
}
