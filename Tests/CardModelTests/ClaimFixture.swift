import Testing
import WireFormat

@testable import CardModel

/// A claim of 100 yuan that tests lead through its states, and the time it is.
struct ClaimFixture {
    var claim: Claim
    var now = Instant(secondsSinceEpoch: 1_790_568_000)  // Monday 28 September 2026, noon
    var policy = WarrantyPolicy.sevenDays
    var deposit: Int64 = 50_000

    static let price = Money(minorUnits: 10_000, currency: "CNY")

    init(
        against: LiableParty = .merchant,
        price: Money? = ClaimFixture.price,
        defect: VerdictState = .notFound,
        isComplete: Bool = false
    ) {
        claim = Claim(
            id: "clm_1", item: "chk_1", family: defect.defectFamily ?? .codeUnusable,
            policy: PolicyPin(id: "w7", version: 1, hash: [1]), defect: defect, against: against,
            price: price, demand: .reissue, isEvidenceComplete: isComplete, filedAt: now)
        // What the platform agrees on, and what holds without that.
        policy.serviceLevels.buyerEvidenceWithin = nil
        policy.serviceLevels.platformDecidesWithin = nil
        if let cap = Self.price { policy.deposit.caps = .init(perCase: cap, perDay: cap) }
    }

    var rules: ClaimRules {
        ClaimRules(
            policy: policy,
            calendar: .cn2026,
            deposit: DepositStanding(
                deposit: Money(minorUnits: deposit, currency: "CNY"), backstop: nil, paidToday: nil)
        )
    }

    /// The act a minute later; the claim is what it makes of it.
    @discardableResult
    mutating func act(
        _ event: ClaimEvent, _ role: ClaimActor, _ account: String? = nil, after seconds: Int64 = 60
    ) -> ClaimTransition {
        now = now + .seconds(seconds)
        let principal = ClaimPrincipal(role, account: account ?? role.rawValue)
        let transition = claim.transition(on: event, by: principal, at: now, under: rules)
        claim = transition.claim ?? claim
        return transition
    }

    /// The clock rings when its time is over.
    @discardableResult
    mutating func ring(_ timer: ClaimTimer) -> ClaimTransition {
        let due = claim.pendingRings(.cn2026).first { $0.timer == timer }
        now = max(now, due?.at.instant ?? now)
        return act(.timerRung(timer), .system, after: 0)
    }

    /// Of the price, or of a part of it.
    static func refund(_ yuan: Int64 = 100) throws -> Redress {
        let amount = Money(minorUnits: yuan * 100, currency: "CNY")
        let isPart = amount.map { $0.isAtMost(Money(minorUnits: 9_999, currency: "CNY") ?? $0) }
        return try #require(
            Redress(isPart == true ? .partialRefund : .refundOriginal, amount: amount))
    }

    static func reissue() throws -> Redress { try #require(Redress(.reissue)) }
    static func evidence() throws -> EvidenceReference { try #require(EvidenceReference("leaf 7")) }

    /// A claim that came to `state` by its usual way.
    static func inState(
        _ state: ClaimState, against: LiableParty = .merchant
    ) throws -> ClaimFixture {
        var fixture = ClaimFixture(against: against)
        for (event, role) in try way(to: state) {
            if case .timerRung(let timer) = event {
                fixture.ring(timer)
            } else {
                fixture.act(event, role)
            }
        }
        try #require(fixture.claim.state == state)
        return fixture
    }

    private static func way(to state: ClaimState) throws -> [(ClaimEvent, ClaimActor)] {
        func after(
            _ state: ClaimState, _ event: ClaimEvent, _ role: ClaimActor
        ) throws
            -> [(ClaimEvent, ClaimActor)]
        { try way(to: state) + [(event, role)] }
        switch state {
        case .detected: return []
        case .open: return try after(.detected, .coverageConfirmed, .system)
        case .evidence: return try after(.open, .messagePosted(isAutomatic: false), .merchant)
        case .remedyOffered: return try after(.open, .remedyOffered(try reissue()), .merchant)
        case .reviewQueued:
            return try after(.remedyOffered, .remedyAnswered(isAccepted: false), .buyer)
        case .review: return try after(.open, .reviewStarted, .platform)
        case .waitingThirdParty: return try after(.review, .thirdPartyNamed, .platform)
        case .liability:
            return try after(
                .review, .liabilityProposed(.liable(.merchant, try refund())), .platform)
        case .executing:
            return try after(.review, .ruled(.liable(.merchant, try reissue())), .platform)
        case .verifyRemedy:
            let receipt = RemedyReceipt(attempt: 1, result: .done(try reissue()))
            return try after(.executing, .remedyReceipt(receipt), .merchant)
        case .appeal: return try after(.closedNotCovered, .appealFiled, .buyer)
        case .holdRisk: return try after(.open, .riskRaised, .system)
        case .escalateTier2: return try after(.review, .timerRung(.noProgress), .system)
        case .escalateTier3: return try after(.escalateTier2, .externalUpdate(.exhausted), .buyer)
        case .escalateTier4: return try after(.escalateTier3, .externalUpdate(.exhausted), .buyer)
        case .closedNotCovered:
            return try after(.review, .ruled(.notLiable(try evidence())), .platform)
        case .closedWithdrawn: return try after(.open, .withdrawn, .buyer)
        case .closedAbandoned:
            return try way(to: .evidence) + [
                (.timerRung(.buyerReminder), .system), (.timerRung(.buyerEvidence), .system),
            ]
        case .closedRecovered:
            let good = Verdict(state: .okUnused, certainty: .authoritative)
            return try after(.waitingThirdParty, .verdictRecorded(good), .system)
        case .closedRemedied:
            return try after(.verifyRemedy, .remedyVerified(isGood: true), .system)
        case .closedFinal: return try after(.escalateTier2, .externalUpdate(.settled), .platform)
        case .closedFraud: return try after(.holdRisk, .fraudConfirmed, .platform)
        case .closedRefundedExternal:
            return try after(.escalateTier3, .externalUpdate(.fundsBack), .buyer)
        }
    }
}
