import WireFormat

@testable import CardModel

/// The claim machine once more, written from claims.md E2 and E4: one flat list of rules, event
/// by event, over a bag of facts. It knows where a claim goes and what is refused; texts, notices
/// and reasons of a refusal are not its business.
struct ClaimModel {
    enum Answer: Equatable {
        case to(ClaimState)
        case stay
        case no
    }

    var rules: ClaimRules
    let price: Money?
    var state = ClaimState.detected
    var against: LiableParty
    var isComplete: Bool
    var owed: ClaimActor?
    var back: ClaimState?
    var clocks: [ClaimTimer: (clock: ServiceClock, hasRung: Bool)] = [:]
    var started: [ClaimTimer: Int] = [:]
    var missed = 0, extensions = 0, requests = 0, offers = 0
    var offer: (redress: Redress, by: ClaimActor)?
    var proposal: ClaimRuling?
    var votes: [String: ClaimRuling] = [:]
    var ruling: (what: ClaimRuling, at: Instant, judges: Set<String>)?
    var isDisputed = false, isAppealed = false, hasRemedy = false, isStuck = false
    var isAutomationHeld = false
    var attempt: (redress: Redress, payer: Execution.Payer, approvals: Set<String>)?
    var attempts = 0, unheardChecks = 0
    var defects: Set<VerdictState>

    var levels: WarrantyPolicy.ServiceLevels { rules.policy.serviceLevels }

    static let talks: Set<ClaimState> = [.open, .evidence, .remedyOffered]
    static let reviews: Set<ClaimState> = [.reviewQueued, .review, .waitingThirdParty, .liability]
    static let outside: Set<ClaimState> = [.escalateTier2, .escalateTier3, .escalateTier4]
    static let whole: Set<ClaimTimer> = [
        .firstResponse, .proposal, .resolution, .hardLimit, .noProgress,
    ]

    var owner: ClaimActor? {
        switch state {
        case .detected, .verifyRemedy: .system
        case .open: .merchant
        case .evidence: owed
        case .remedyOffered, .escalateTier2, .escalateTier3: .buyer
        case .appeal: .arbiter
        case .executing:
            attempt?.payer == .merchant
                ? .merchant : attempt?.payer == .thirdParty ? .thirdParty : .platform
        default: state.isClosed ? nil : .platform
        }
    }

    // MARK: Clocks

    mutating func start(_ timer: ClaimTimer, _ budget: PolicyDuration, _ now: Instant) {
        started[timer, default: 0] += 1
        clocks[timer] = (ServiceClock(budget: budget, startedAt: now), false)
        pause(now)
    }

    /// Overall clocks but the first answer stand while buyer or third party are waited for.
    mutating func pause(_ now: Instant) {
        let isBuyers = state == .remedyOffered || (state == .evidence && owed == .buyer)
        let isThirds =
            state == .waitingThirdParty || (state == .executing && attempt?.payer == .thirdParty)
        for timer in clocks.keys where Self.whole.contains(timer) && timer != .firstResponse {
            clocks[timer]?.clock.wait(
                for: isBuyers ? .buyer : isThirds ? .thirdParty : nil, at: now)
        }
    }

    func hasRung(_ timer: ClaimTimer) -> Bool { clocks[timer]?.hasRung == true }

    mutating func go(_ next: ClaimState, _ now: Instant, owed next2: ClaimActor? = nil) -> Answer {
        state = next
        unheardChecks = 0
        owed = next == .evidence ? next2 : nil
        if next != .holdRisk, next != .remedyOffered { back = nil }
        let kept = next.isClosed ? [] : Self.whole
        clocks = clocks.filter { kept.contains($0.key) || $0.key == .limitation }
        remindOfCourt()
        pause(now)
        for (timer, budget) in budgets { start(timer, budget, now) }
        return .to(next)
    }

    /// A right that nobody has made good lapses some day, wherever the claim stands.
    mutating func remindOfCourt() {
        let isWell: Set<ClaimState> = [.closedRecovered, .closedRemedied, .closedRefundedExternal]
        if isWell.contains(state) {
            clocks[.limitation] = nil
        } else if clocks[.limitation] == nil {
            let clock = ServiceClock(budget: ClaimRun.untilReminder, startedAt: ClaimRun.filedAt)
            clocks[.limitation] = (clock, false)
        }
    }

    var budgets: [(ClaimTimer, PolicyDuration)] {
        let l = levels
        let isCode =
            attempt.map { [.reissue, .repair, .wait].contains($0.redress.remedy) } ?? false
        return switch state {
        case .evidence where owed == .merchant: [(.merchantEvidence, l.merchantEvidenceWithin)]
        case .evidence: [(.buyerEvidence, .hours(24)), (.buyerReminder, .hours(22))]
        case .remedyOffered: [(.remedyAnswer, l.remedyAnswerWithin)]
        case .reviewQueued: [(.reviewStart, l.reviewStartMaximum)]
        case .review: [(.review, l.platformDecidesWithin ?? l.hardLimit)]
        case .waitingThirdParty:
            [(.thirdPartyNotice, l.thirdPartyNoticeEvery), (.thirdPartyLimit, l.thirdPartyLimit)]
        case .liability: [(.liability, l.decideLiabilityWithin)]
        case .executing: [(.execution, isCode ? l.replaceWithin : l.refundWithin)]
        case .verifyRemedy: [(.verification, l.verifyReplacementWithin)]
        case .appeal: [(.appeal, l.appealDecidedWithin)]
        case .holdRisk: [(.riskReview, l.riskReviewWithin)]
        case .escalateTier2: [(.outsideFollowUp, .workingDays(1))]
        case .escalateTier3: [(.outsideFollowUp, .days(7))]
        case .escalateTier4: [(.outsideFollowUp, .days(30))]
        default: []
        }
    }

    mutating func moved(_ now: Instant) {
        if clocks[.noProgress] != nil {
            start(.noProgress, levels.escalateWithoutProgress, now)
        }
    }

    // MARK: Acts that several rules share

    mutating func open(_ now: Instant) -> Answer {
        let next: ClaimState =
            against == .merchant
            ? .open : against == .thirdParty ? .waitingThirdParty : .reviewQueued
        if next == .open { start(.firstResponse, levels.firstResponse, now) }
        start(.proposal, levels.proposal, now)
        start(.resolution, levels.resolution, now)
        start(.hardLimit, levels.hardLimit, now)
        start(.noProgress, levels.escalateWithoutProgress, now)
        return go(next, now)
    }

    mutating func order(
        _ redress: Redress, _ payer: Execution.Payer, _ now: Instant
    ) -> Answer {
        attempts += 1
        attempt = (redress, payer, [])
        offer = nil
        clocks[.proposal] = nil
        clocks[.firstResponse] = nil
        return go(.executing, now)
    }

    mutating func rule(_ what: ClaimRuling, _ judges: Set<String>, _ now: Instant) -> Answer {
        ruling = (what, now, judges)
        proposal = nil
        votes = [:]
        switch what {
        case .liable(let party, let redress):
            against = party
            return order(
                redress,
                party == .merchant ? .merchant : party == .thirdParty ? .thirdParty : .platform, now
            )
        case .notLiable, .excluded: return go(.closedNotCovered, now)
        case .fraud: return go(.closedFraud, now)
        }
    }

    func isPayable(_ redress: Redress) -> Bool {
        guard let amount = redress.amount else { return true }
        guard let price, price.currency == amount.currency else { return false }
        let isWhole = amount.minorUnits == price.minorUnits
        return isWhole
            || (redress.remedy != .refundOriginal && amount.minorUnits < price.minorUnits)
    }

    func isSound(_ what: ClaimRuling) -> Bool {
        switch what {
        case .liable(let party, let redress):
            [.merchant, .platform, .thirdParty].contains(party)
                && (redress.remedy == .refundPlusThree || isPayable(redress))
        case .notLiable, .excluded: true
        case .fraud: false
        }
    }

    /// More people than one where what was paid, or what is given, reaches the amount.
    func quorum(_ what: ClaimRuling) -> Int {
        guard let threshold = rules.policy.arbitration.quorumAmount else { return 1 }
        var amounts = [price]
        if case .liable(_, let redress) = what, let amount = redress.amount {
            amounts.append(amount)
        }
        let isSmall = amounts.allSatisfy {
            $0?.currency == threshold.currency && ($0?.minorUnits ?? .max) < threshold.minorUnits
        }
        return isSmall ? 1 : rules.policy.arbitration.arbiters
    }

    mutating func vote(_ what: ClaimRuling, _ account: String, _ now: Instant) -> Answer {
        guard isSound(what), votes[account] != what || quorum(what) == 1 else { return .no }
        votes[account] = what
        guard votes.values.count(where: { $0 == what }) >= quorum(what) else { return .stay }
        return rule(what, Set(votes.keys), now)
    }

    mutating func toPerson(_ now: Instant) -> Answer {
        attempt = nil
        return go(.reviewQueued, now)
    }

    /// The deposit answers for a merchant, and where it is short the claim goes outside.
    mutating func fallBack(_ now: Instant) -> Answer {
        guard let attempt, attempt.payer == .merchant else { return toPerson(now) }
        let isCode = [.reissue, .repair, .wait].contains(attempt.redress.remedy)
        guard let amount = attempt.redress.amount ?? (isCode ? price : nil),
            let refund = attempt.redress.amount == nil
                ? Redress(.refundOriginal, amount: amount) : attempt.redress
        else { return toPerson(now) }
        guard reaches(amount) else {
            self.attempt = nil
            return go(.escalateTier2, now)
        }
        let caps = rules.policy.deposit.caps
        let isCapped =
            caps.map {
                amount.minorUnits <= $0.perCase.minorUnits
                    && amount.minorUnits + (rules.deposit.paidToday?.minorUnits ?? 0)
                        <= $0.perDay.minorUnits
            } ?? false
        return order(
            refund, isCapped && !isAutomationHeld ? .deposit : .depositOnApproval, now)
    }

    func reaches(_ amount: Money) -> Bool {
        let backstop = rules.policy.deposit.backstop ? rules.deposit.backstop?.minorUnits ?? 0 : 0
        return (rules.deposit.deposit?.minorUnits ?? 0) + backstop >= amount.minorUnits
    }

    mutating func badCode(_ now: Instant) -> Answer {
        guard let price, let payer = attempt?.payer,
            let refund = Redress(.refundOriginal, amount: price)
        else { return toPerson(now) }
        return order(refund, payer, now)
    }

    var isMerchantsTurn: Bool { state == .open || (state == .evidence && owed == .merchant) }
}

extension ClaimModel {
    /// What counts as movement: people who owe something and do it, and an issuer's clear answer.
    func isMovement(_ event: ClaimEvent, _ role: ClaimActor) -> Bool {
        let isWorker = role != .buyer && role != .system
        return switch event {
        case .messagePosted(let isAutomatic):
            !isAutomatic && isWorker && (role != .merchant || isMerchantsTurn)
        case .evidenceAdded: isWorker && (role != .merchant || isMerchantsTurn)
        case .verdictRecorded(let verdict):
            verdict.certainty == .authoritative && !verdict.isUndecided
        case .liabilityFound: true
        case .remedyAnswered, .messageRead, .demandStated, .withdrawn, .riskRaised, .riskNoted,
            .escalated, .appealFiled, .reopened, .timerRung, .coverageConfirmed, .coverageRefused:
            false
        default: isWorker
        }
    }
}
