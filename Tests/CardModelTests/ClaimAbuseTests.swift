import Testing
import WireFormat

@testable import CardModel

/// What one side might do to hold a claim up, to hold it shut, or to be paid twice.
@Suite("Claim: abuse")
struct ClaimAbuseTests {
    private typealias Fixture = ClaimFixture

    private func standstill(_ claim: Claim) -> Instant? {
        claim.clocks[.noProgress]?.clock.deadline(.cn2026)?.instant
    }

    @Test("a merchant's words and papers do not count as movement when it is not his turn (M4-17)")
    func spam() throws {
        var fixture = try Fixture.inState(.review)
        let due = standstill(fixture.claim)
        for _ in 0..<1_200 {
            fixture.act(.messagePosted(isAutomatic: false), .merchant)
            fixture.act(.evidenceAdded(isComplete: true), .merchant)
        }
        #expect(standstill(fixture.claim) == due)
        var waiting = try Fixture.inState(.remedyOffered)
        for _ in 0..<1_200 { waiting.act(.messagePosted(isAutomatic: false), .merchant) }
        #expect(waiting.claim.clocks.values.allSatisfy { $0.clock.suspensions.count <= 1 })
        #expect(waiting.claim.clocks[.hardLimit]?.clock.isSuspended == true)
    }

    @Test("a machine that asks again and learns nothing is no movement either (M4-17)")
    func reasks() throws {
        var fixture = try Fixture.inState(.review)
        let due = standstill(fixture.claim)
        let nothing = Verdict(state: .indeterminate, certainty: .local)
        fixture.act(.verdictRecorded(nothing), .system)
        #expect(standstill(fixture.claim) == due)
        let answer = Verdict(state: .used, certainty: .authoritative)
        fixture.act(.verdictRecorded(answer), .system, after: 3 * 86_400)
        #expect(standstill(fixture.claim) != due)
    }

    @Test("questions of the parties do not take a claim from its reviewer (M2-05)")
    func questions() throws {
        for state in [ClaimState.review, .reviewQueued] {
            var fixture = try Fixture.inState(state)
            let due = fixture.claim.due(.cn2026)
            for role in [ClaimActor.merchant, .buyer] {
                let other: ClaimActor = role == .buyer ? .merchant : .buyer
                let answer = fixture.act(.evidenceRequested(from: other), role)
                #expect(answer == .notAllowed(.wrongActor))
            }
            #expect(fixture.claim.due(.cn2026) == due)
        }
    }

    @Test("the parties cannot send each other to and fro for ever (M2-05)")
    func toAndFro() throws {
        var fixture = try Fixture.inState(.open)
        fixture.act(.evidenceRequested(from: .buyer), .merchant)
        fixture.act(.evidenceRequested(from: .merchant), .buyer)
        fixture.act(.evidenceRequested(from: .buyer), .merchant)
        #expect(fixture.claim.state == .reviewQueued)
    }

    @Test("offers end, and none replaces one that stands (M2-05)")
    func offers() throws {
        var fixture = try Fixture.inState(.remedyOffered)
        let other = try #require(Redress(.coupon))
        #expect(fixture.act(.remedyOffered(other), .merchant) == .notAllowed(.wrongState))
        let retreat = fixture.act(.evidenceRequested(from: .buyer), .merchant)
        #expect(retreat == .notAllowed(.wrongState))
        for _ in 0..<2 {
            fixture.act(.remedyAnswered(isAccepted: false), .buyer)
            fixture.act(.remedyOffered(other), .merchant)
            #expect(fixture.claim.state == .remedyOffered)
        }
        fixture.act(.remedyAnswered(isAccepted: false), .buyer)
        #expect(fixture.act(.remedyOffered(other), .merchant) == .notAllowed(.noMoreOffers))
        fixture.act(.remedyOffered(other), .platform)
        #expect(fixture.claim.state == .remedyOffered)
    }

    @Test("an offer that is refused leaves the claim in its tier outside (M4-32)")
    func offerOutside() throws {
        var fixture = try Fixture.inState(.escalateTier3)
        fixture.act(.remedyOffered(try Fixture.reissue()), .merchant)
        var silent = fixture
        fixture.act(.remedyAnswered(isAccepted: false), .buyer)
        silent.ring(.remedyAnswer)
        #expect(fixture.claim.state == .escalateTier3 && silent.claim.state == .escalateTier3)
    }

    @Test("neither an extension nor a third party is endless (M1-22)")
    func endless() throws {
        var fixture = try Fixture.inState(.review)
        for budget in [PolicyDuration.days(31), .workingDays(31), .elapsed(seconds: 0)] {
            let answer = fixture.act(.reviewExtended(by: budget), .platform)
            #expect(answer == .notAllowed(.noMoreExtensions))
        }
        for _ in 0..<3 {
            fixture.act(.thirdPartyNamed, .platform)
            fixture.ring(.thirdPartyLimit)
            #expect(fixture.claim.state == .review)
        }
        let again = fixture.act(.thirdPartyNamed, .platform)
        #expect(again == .notAllowed(.noMoreExtensions))
    }

    @Test("a clock always runs: it rings again where a claim stays (M1-09, M4-40)")
    func alwaysRunning() throws {
        for state in [ClaimState.holdRisk, .appeal, .executing, .escalateTier4] {
            var fixture = try Fixture.inState(state)
            if state == .executing {
                fixture = try Fixture.inState(.review)
                fixture.act(.ruled(.liable(.thirdParty, try Fixture.reissue())), .platform)
            }
            for _ in 0..<12 {
                let next = try #require(fixture.claim.pendingRings(.cn2026).first, "\(state)")
                #expect(fixture.ring(next.timer).claim != nil)
            }
            #expect(fixture.claim.state == state)
        }
    }

    @Test("after a week of downtime each clock rings once, in order, and the buyer has his time")
    func downtime() throws {
        var fixture = try Fixture.inState(.evidence)
        fixture.now = fixture.now + .seconds(7 * 86_400)
        var rung: [ClaimTimer] = []
        while let next = fixture.claim.pendingRings(.cn2026).first,
            next.at.instant <= fixture.now
        {
            rung.append(next.timer)
            fixture.act(.timerRung(next.timer), .system, after: 0)
            #expect(fixture.act(.timerRung(next.timer), .system, after: 0).claim == nil)
        }
        #expect(rung == [.buyerReminder])
        #expect(fixture.claim.state == .evidence)
        #expect(fixture.claim.due(.cn2026)?.instant == fixture.now + .seconds(7_200))
        var hasty = try Fixture.inState(.evidence)
        hasty.ring(.buyerEvidence)
        #expect(hasty.claim.state == .evidence)
        hasty.ring(.buyerEvidence)
        #expect(hasty.claim.state == .closedAbandoned)
    }

    @Test("evidence that came before it was asked for is evidence (M3-45)")
    func earlyEvidence() throws {
        var fixture = try Fixture.inState(.open)
        fixture.act(.evidenceAdded(isComplete: true), .merchant)
        #expect(!fixture.claim.isEvidenceComplete)
        fixture.act(.evidenceAdded(isComplete: true), .buyer)
        fixture.act(.messagePosted(isAutomatic: false), .merchant)
        #expect(fixture.claim.state == .reviewQueued)
        var checked = try Fixture.inState(.evidence)
        checked.act(.evidenceAdded(isComplete: true), .system)
        #expect(checked.claim.state == .reviewQueued)
    }

    @Test("a merchant's word does not make money arrive, nor end what is not his (D-20)")
    func receipts() throws {
        var fixture = try Fixture.inState(.review)
        fixture.act(.ruled(.liable(.merchant, try Fixture.refund())), .platform)
        let done = RemedyReceipt(attempt: 1, result: .done(try Fixture.refund()))
        #expect(fixture.act(.remedyReceipt(done), .merchant) == .notAllowed(.wrongActor))
        fixture.ring(.execution)
        #expect(fixture.claim.execution?.payer == .deposit)
        for result in [RemedyReceipt.Result.failed, .refused] {
            let receipt = RemedyReceipt(attempt: 2, result: result)
            #expect(fixture.act(.remedyReceipt(receipt), .merchant) == .notAllowed(.wrongActor))
        }
        // The first attempt's receipt comes after it was cancelled: it changes nothing.
        #expect(fixture.act(.remedyReceipt(done), .platform) == .notAllowed(.otherRemedy))
        #expect(fixture.claim.execution?.attempt == 2)
    }

    @Test("money that was paid is not paid again: neither reopened nor by appeal (M3-27)")
    func paidTwice() throws {
        var paid = try Fixture.inState(.review)
        paid.act(.ruled(.liable(.merchant, try Fixture.refund())), .platform)
        paid.act(
            .remedyReceipt(RemedyReceipt(attempt: 1, result: .done(try Fixture.refund()))),
            .platform)
        let reopened = paid.act(.reopened(try Fixture.evidence()), .buyer)
        #expect(reopened == .notAllowed(.claimIsClosed))
        var back = try Fixture.inState(.executing)
        back.deposit = 0
        back.ring(.execution)
        back.act(.externalUpdate(.fundsBack), .buyer)
        back.act(.appealFiled, .buyer)
        let changed = ClaimRuling.liable(.platform, try Fixture.refund())
        back.act(.appealDecided(.changed(changed)), .arbiter)
        #expect(back.claim.state == .closedFinal)
    }

    @Test("a code that fails later is no paid remedy: the claim opens again, deposit held (E2)")
    func failedLater() throws {
        var fixture = try Fixture.inState(.closedRemedied)
        let price = try #require(Fixture.price)
        let effects = fixture.act(.reopened(try Fixture.evidence()), .buyer).effects
        #expect(fixture.claim.state == .reviewQueued && fixture.claim.ruling == nil)
        #expect(effects.contains(.depositFrozen(price)))
        #expect(fixture.claim.holds == 2)
    }

    @Test("what a machine refused comes before a person with new evidence (E4)")
    func refusedByMachine() throws {
        var fixture = Fixture()
        fixture.act(.coverageRefused(.usedAfterDelivery), .system)
        fixture.act(.reopened(try Fixture.evidence()), .buyer)
        #expect(fixture.claim.state == .reviewQueued && fixture.claim.refusal == nil)
        var ruled = try Fixture.inState(.closedNotCovered)
        #expect(ruled.act(.reopened(try Fixture.evidence()), .buyer).claim == nil)
    }

    @Test("a deposit is held once, and again when the merchant is found liable later (M3-27)")
    func holds() throws {
        let price = try #require(Fixture.price)
        var late = try Fixture.inState(.review, against: .undetermined)
        let effects = late.act(.ruled(.liable(.merchant, try Fixture.refund())), .platform).effects
        #expect(effects.first { $0 == .depositFrozen(price) } != nil)
        var twice = try Fixture.inState(.waitingThirdParty)
        let again = twice.act(.liabilityFound(.merchant), .system).effects
        #expect(!again.contains(.depositFrozen(price)))
    }

    @Test("what two people must agree to is not on its way: the buyer may go outside (M4-17)")
    func unapproved() throws {
        var fixture = try Fixture.inState(.executing)
        fixture.policy.deposit.caps = nil
        fixture.ring(.execution)
        fixture.ring(.hardLimit)
        let step = try #require(EscalationStep(tier: 2, ground: .exhausted))
        let effects = fixture.act(.escalated(to: step), .buyer).effects
        #expect(fixture.claim.state == .escalateTier2)
        #expect(effects == [.escalationPrepared(tier: 2), .evidenceHeld])
    }

    @Test("a coupon that is refused does not cost the whole price; waiting is no remedy by itself")
    func proportion() throws {
        var fixture = try Fixture.inState(.review)
        let coupon = try #require(Redress(.coupon))
        fixture.act(.ruled(.liable(.merchant, coupon)), .platform)
        fixture.ring(.execution)
        #expect(fixture.claim.state == .reviewQueued && fixture.claim.execution == nil)
        var waited = try Fixture.inState(.review)
        let wait = try #require(Redress(.wait))
        waited.act(.ruled(.liable(.merchant, wait)), .platform)
        waited.act(.remedyReceipt(RemedyReceipt(attempt: 1, result: .done(wait))), .merchant)
        #expect(waited.claim.state == .verifyRemedy)
    }
}
