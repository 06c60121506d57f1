import WireFormat

@testable import CardModel

/// The rules, event by event: where it applies, and what then holds.
extension ClaimModel {
    mutating func step(_ event: ClaimEvent, _ by: ClaimPrincipal, _ now: Instant) -> Answer {
        guard Self.mayAct(by.role, event) else { return .no }
        let saved = self
        let answer = apply(event, by, now)
        if answer == .no { self = saved }
        if answer != .no, by.role == .merchant, Self.isInPerson(event) {
            clocks[.firstResponse] = nil
        }
        return answer
    }

    /// Of what a merchant may do, all but what a machine of his can.
    private static func isInPerson(_ event: ClaimEvent) -> Bool {
        switch event {
        case .messageRead, .messagePosted(isAutomatic: true): false
        default: true
        }
    }

    static func mayAct(_ role: ClaimActor, _ event: ClaimEvent) -> Bool {
        switch event {
        case .coverageConfirmed, .coverageRefused, .verdictRecorded, .liabilityFound, .timerRung,
            .remedyVerified, .riskNoted:
            role == .system
        case .demandStated, .withdrawn, .remedyAnswered: role == .buyer
        case .messagePosted, .messageRead, .evidenceAdded: true
        case .evidenceRequested: role != .thirdParty
        case .remedyOffered: role == .merchant || role == .platform
        case .disputed: role == .merchant
        case .remedyReceipt: [.platform, .merchant, .thirdParty].contains(role)
        case .appealFiled: role == .buyer || role == .merchant
        case .appealDecided: role == .arbiter
        case .riskRaised: [.platform, .arbiter, .system].contains(role)
        case .escalated, .externalUpdate, .reopened: [.buyer, .platform, .arbiter].contains(role)
        case .reviewStarted, .reviewExtended, .thirdPartyNamed, .liabilityProposed,
            .progressReported, .payoutApproved, .riskCleared, .fraudConfirmed, .ruled:
            role == .platform || role == .arbiter
        }
    }

    private mutating func apply(
        _ event: ClaimEvent, _ by: ClaimPrincipal, _ now: Instant
    ) -> Answer {
        if state.isClosed { return afterClose(event, by, now) }
        if state == .detected { return whenDetected(event, now) }
        if isMovement(event, by.role) { moved(now) }
        let isEarly = Self.talks.contains(state) || Self.reviews.contains(state)
        switch event {
        case .timerRung(let timer): return ring(timer, now)
        case .messageRead: return .stay
        case .messagePosted(let isAutomatic):
            guard by.role == .merchant, !isAutomatic else { return .stay }
            clocks[.firstResponse] = nil
            guard state == .open else { return .stay }
            return isComplete ? go(.reviewQueued, now) : go(.evidence, now, owed: .buyer)
        case .demandStated(let remedy):
            return isEarly && remedy != .refundPlusThree ? .stay : .no
        case .evidenceAdded(let isWhole):
            let isOurs = by.role != .merchant && by.role != .thirdParty
            guard isWhole else { return .stay }
            guard state == .evidence else {
                if isOurs { isComplete = true }
                return .stay
            }
            guard by.role == owed || (owed == .buyer && isOurs) else { return .stay }
            isComplete = true
            if by.role == .merchant { clocks[.firstResponse] = nil }
            return go(.reviewQueued, now)
        case .verdictRecorded(let verdict): return hear(verdict, isEarly, now)
        case .withdrawn:
            return [.executing, .verifyRemedy, .appeal].contains(state)
                ? .no : go(.closedWithdrawn, now)
        case .riskRaised:
            guard isEarly else { return .no }
            let next =
                state == .evidence || state == .remedyOffered ? back ?? .reviewQueued : state
            _ = go(.holdRisk, now)
            back = next
            return .to(.holdRisk)
        case .riskNoted:
            isAutomationHeld = true
            return .stay
        case .riskCleared:
            guard state == .holdRisk || isAutomationHeld else { return .no }
            isAutomationHeld = false
            return state == .holdRisk ? go(back ?? .reviewQueued, now) : .stay
        case .fraudConfirmed: return state == .holdRisk ? rule(.fraud, [by.account], now) : .no
        case .escalated(let step): return escalate(step, by.role, now)
        case .externalUpdate(let outcome): return external(outcome, now)
        case .appealDecided(let outcome): return appeal(outcome, by.account, now)
        case .remedyReceipt(let receipt): return receive(receipt, by.role, now)
        case .remedyVerified(let isGood):
            guard state == .verifyRemedy else { return .no }
            return isGood ? go(.closedRemedied, now) : badCode(now)
        case .payoutApproved: return approve(by.account, now)
        default: return settle(event, by, isEarly, now)
        }
    }

    private mutating func settle(
        _ event: ClaimEvent, _ by: ClaimPrincipal, _ isEarly: Bool, _ now: Instant
    ) -> Answer {
        let isParty = by.role == .buyer || by.role == .merchant
        switch event {
        case .evidenceRequested(let from):
            let isReview = state == .reviewQueued || state == .review
            let isRetreat = state == .remedyOffered && by.role == .merchant
            guard from == .buyer || from == .merchant, from != by.role, !isRetreat,
                Self.talks.contains(state) || (isReview && !isParty)
            else { return .no }
            if isParty { requests += 1 }
            return isParty && requests > levels.mostOwnerHandOvers
                ? go(.reviewQueued, now) : go(.evidence, now, owed: from)
        case .remedyOffered(let redress):
            let isPlace = (isEarly && state != .remedyOffered) || Self.outside.contains(state)
            guard isPlace, redress.remedy != .refundPlusThree, isPayable(redress),
                by.role != .merchant || offers <= levels.mostOwnerHandOvers
            else { return .no }
            clocks[.proposal] = nil
            if by.role == .merchant {
                offers += 1
                clocks[.firstResponse] = nil
            }
            offer = (redress, by.role)
            let place = Self.outside.contains(state) ? state : nil
            _ = go(.remedyOffered, now)
            back = place
            return .to(.remedyOffered)
        case .remedyAnswered(let isAccepted):
            guard state == .remedyOffered, let offer else { return .no }
            guard isAccepted else { return lapse(now) }
            return order(offer.redress, offer.by == .merchant ? .merchant : .platform, now)
        default: return review(event, by, isEarly, now)
        }
    }

    private mutating func review(
        _ event: ClaimEvent,
        _ by: ClaimPrincipal,
        _ isEarly: Bool,
        _ now: Instant
    ) -> Answer {
        switch event {
        case .reviewStarted:
            return Self.talks.contains(state) || Self.outside.contains(state)
                || state == .reviewQueued || state == .waitingThirdParty ? go(.review, now) : .no
        case .reviewExtended(let budget):
            guard state == .review, extensions < levels.mostExtensions,
                budget.duration.map({ $0 > .zero && $0 <= .seconds(30 * 86_400) }) ?? true
            else { return .no }
            extensions += 1
            start(.review, budget, now)
            return .stay
        case .thirdPartyNamed:
            guard state == .review || state == .reviewQueued,
                started[.thirdPartyLimit, default: 0] <= levels.mostExtensions
            else { return .no }
            return go(.waitingThirdParty, now)
        case .progressReported:
            guard state == .waitingThirdParty else { return .no }
            start(.thirdPartyNotice, levels.thirdPartyNoticeEvery, now)
            return .stay
        case .liabilityFound(let party):
            let isReported = state == .reviewQueued && against == .undetermined
            guard state == .waitingThirdParty || isReported else { return .no }
            if isReported { isComplete = true }
            against = party
            return open(now)
        case .liabilityProposed(let what):
            guard state == .review, isSound(what) else { return .no }
            clocks[.proposal] = nil
            proposal = what
            votes = [by.account: what]
            return go(.liability, now)
        case .disputed:
            guard state == .liability, !isDisputed,
                let due = clocks[.liability]?.clock.deadline(rules.calendar), now < due.instant
            else { return .no }
            isDisputed = true
            proposal = nil
            votes = [:]
            return go(.review, now)
        case .ruled(let what):
            let isExclusion = if case .excluded = what { isEarly } else { false }
            guard
                isExclusion || state == .review || state == .liability
                    || Self.outside.contains(state)
            else { return .no }
            return vote(what, by.account, now)
        default: return .no
        }
    }

    mutating func lapse(_ now: Instant) -> Answer {
        offer = nil
        return go(back ?? .reviewQueued, now)
    }

    private mutating func whenDetected(_ event: ClaimEvent, _ now: Instant) -> Answer {
        switch event {
        case .coverageConfirmed: open(now)
        case .coverageRefused: go(.closedNotCovered, now)
        case .withdrawn: go(.closedWithdrawn, now)
        case .verdictRecorded(let verdict): hear(verdict, true, now)
        default: .no
        }
    }

    private mutating func hear(_ verdict: Verdict, _ isEarly: Bool, _ now: Instant) -> Answer {
        if verdict.isGood {
            let isCure =
                isEarly && verdict.certainty == .authoritative
                && defects.allSatisfy(\.isCuredByGoodAnswer)
            return isCure ? go(.closedRecovered, now) : .stay
        }
        guard let family = verdict.state.defectFamily else { return .stay }
        guard family == .codeUnusable else { return .no }
        defects.insert(verdict.state)
        return .stay
    }

    private mutating func escalate(
        _ step: EscalationStep, _ role: ClaimActor, _ now: Instant
    ) -> Answer {
        let isMovable =
            ![.escalateTier4, .verifyRemedy, .appeal].contains(state)
            && (state != .executing
                || attempt?.payer == .merchant || attempt?.payer == .depositOnApproval)
        let isReached =
            switch state {
            case .escalateTier3: step.tier == 4
            case .escalateTier2: step.tier > 2
            default:
                switch step.ground {
                case .exhausted: step.tier == 2 && (isStuck || hasRung(.hardLimit))
                case .silentNonDelivery: false  // no claim here is about a delivery
                case .fraud: step.tier > 2 && role != .buyer
                case .systemic: step.tier == 4 && role != .buyer
                }
            }
        guard isMovable, isReached else { return .no }
        attempt = nil
        return go([.escalateTier2, .escalateTier3, .escalateTier4][step.tier - 2], now)
    }

    private mutating func external(_ outcome: ExternalOutcome, _ now: Instant) -> Answer {
        guard Self.outside.contains(state) else { return .no }
        switch outcome {
        case .progress:
            if let budget = budgets.first?.1 { start(.outsideFollowUp, budget, now) }
            return .stay
        case .settled: return go(.closedFinal, now)
        case .fundsBack: return go(.closedRefundedExternal, now)
        case .exhausted:
            return go(
                state == .escalateTier2
                    ? .escalateTier3 : state == .escalateTier3 ? .escalateTier4 : .closedFinal, now)
        }
    }

    private mutating func appeal(
        _ outcome: AppealOutcome, _ account: String, _ now: Instant
    ) -> Answer {
        guard state == .appeal, let ruling, !ruling.judges.contains(account) else { return .no }
        var what = ruling.what
        if case .changed(let other) = outcome {
            guard isSound(other) else { return .no }
            what = other
        }
        guard votes[account] != what else { return .no }
        votes[account] = what
        guard votes.values.count(where: { $0 == what }) >= quorum(what) else { return .stay }
        let judges = ruling.judges.union(votes.keys)
        if case .liable = what, what != ruling.what, !hasRemedy { return rule(what, judges, now) }
        votes = [:]
        self.ruling = (what, now, judges)
        return go(.closedFinal, now)
    }

    private mutating func receive(
        _ receipt: RemedyReceipt, _ role: ClaimActor, _ now: Instant
    ) -> Answer {
        guard state == .executing, let attempt, receipt.attempt == attempts,
            attempt.payer != .depositOnApproval,
            role == .platform || (role == .merchant && attempt.payer == .merchant)
                || (role == .thirdParty && attempt.payer == .thirdParty)
        else { return .no }
        guard case .done(let redress) = receipt.result else { return fallBack(now) }
        let isCode = [.reissue, .repair, .wait].contains(redress.remedy)
        guard redress == attempt.redress, isCode || role == .platform else { return .no }
        return go(isCode ? .verifyRemedy : .closedRemedied, now)
    }

    private mutating func approve(_ account: String, _ now: Instant) -> Answer {
        guard state == .executing, let payment = attempt, payment.payer == .depositOnApproval,
            let amount = payment.redress.amount, !payment.approvals.contains(account)
        else { return .no }
        attempt?.approvals.insert(account)
        guard payment.approvals.count == 1 else { return .stay }
        guard reaches(amount) else {
            attempt = nil
            return go(.escalateTier2, now)
        }
        return order(payment.redress, .deposit, now)
    }

    private mutating func afterClose(
        _ event: ClaimEvent, _ by: ClaimPrincipal, _ now: Instant
    ) -> Answer {
        switch event {
        case .messagePosted, .messageRead, .evidenceAdded, .externalUpdate(.progress): return .stay
        case .timerRung(.limitation): return ring(.limitation, now)
        case .appealFiled:
            let isRuled: Set<ClaimState> = [
                .closedNotCovered, .closedRemedied, .closedFraud, .closedRefundedExternal,
            ]
            guard let ruling, isRuled.contains(state), !isAppealed,
                by.role == .buyer || ruling.what.isAgainstMerchant,
                now < ruling.at + .seconds(7 * 86_400)
            else { return .no }
            isAppealed = true
            hasRemedy = state == .closedRemedied || state == .closedRefundedExternal
            start(.noProgress, levels.escalateWithoutProgress, now)
            return go(.appeal, now)
        case .liabilityFound(let party):
            guard state == .closedRecovered else { return .no }
            against = party
            (attempt, ruling, proposal, votes) = (nil, nil, nil, [:])
            (isAppealed, isStuck) = (false, false)
            return open(now)
        case .reopened:
            let wasPaid = attempt?.redress.amount != nil
            guard
                state == .closedAbandoned || state == .closedRecovered || state == .closedWithdrawn
                    || (state == .closedRemedied && !wasPaid)
                    || (state == .closedNotCovered && ruling == nil)
            else { return .no }
            (attempt, ruling, proposal, votes) = (nil, nil, nil, [:])
            (isAppealed, isStuck) = (false, false)
            start(.resolution, levels.resolution, now)
            start(.hardLimit, levels.hardLimit, now)
            start(.noProgress, levels.escalateWithoutProgress, now)
            return go(.reviewQueued, now)
        default: return .no
        }
    }
}
