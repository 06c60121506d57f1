import Testing
import WireFormat

@testable import CardModel

/// claims.md E2, row by row.
@Suite("Claim: transitions")
struct ClaimTransitionTests {
    private typealias Fixture = ClaimFixture

    @Test("a claim opens with whom it is against, and a merchant's deposit is held (M1-09, M3-27)")
    func opens() throws {
        let price = try #require(Fixture.price)
        for (party, state) in [
            (LiableParty.merchant, ClaimState.open), (.platform, .reviewQueued),
            (.undetermined, .reviewQueued), (.thirdParty, .waitingThirdParty),
        ] {
            var fixture = Fixture(against: party)
            let effects = fixture.act(.coverageConfirmed, .system).effects
            #expect(fixture.claim.state == state)
            #expect(effects.contains(.depositFrozen(price)) == (party == .merchant))
        }
        var refused = Fixture()
        refused.act(.coverageRefused(.userLeak), .system)
        #expect(refused.claim.state == .closedNotCovered)
        #expect(refused.claim.refusal == .userLeak)
    }

    @Test("a person's answer moves the claim on, a machine's and a receipt do not (M2-02, M2-03)")
    func answers() throws {
        var fixture = try Fixture.inState(.open)
        let due = fixture.claim.due(.cn2026)
        fixture.act(.messagePosted(isAutomatic: true), .merchant)
        fixture.act(.messageRead, .merchant)
        #expect(fixture.claim.due(.cn2026) == due)
        fixture.act(.messagePosted(isAutomatic: false), .merchant)
        #expect(fixture.claim.state == .evidence && fixture.claim.owner == .buyer)
        var whole = Fixture(isComplete: true)
        whole.act(.coverageConfirmed, .system)
        whole.act(.messagePosted(isAutomatic: false), .merchant)
        #expect(whole.claim.state == .reviewQueued)
    }

    @Test("2 min, 2 h and 24 h of silence bring the platform in (M2-20, M1-33, M2-22, M0-34)")
    func silence() throws {
        var fixture = try Fixture.inState(.open)
        let opened = fixture.now
        #expect(fixture.ring(.firstResponse).effects == [.breachRecorded(.firstResponse)])
        #expect(fixture.now == opened + .seconds(120))
        #expect(fixture.ring(.proposal).effects == [.platformJoins, .breachRecorded(.proposal)])
        #expect(fixture.now == opened + .seconds(7_200))
        let effects = fixture.ring(.resolution).effects
        #expect(effects == [.breachRecorded(.resolution), .platformIntervenes])
        #expect(fixture.claim.state == .reviewQueued && fixture.claim.owner == .platform)
        #expect(fixture.now == opened + .seconds(86_400))
    }

    @Test("as many missed answers as the policy says bring the platform in sooner (M2-17)")
    func missedResponses() throws {
        var fixture = Fixture()
        fixture.policy.serviceLevels.missedResponsesForIntervention = 2
        fixture.act(.coverageConfirmed, .system)
        fixture.ring(.firstResponse)
        #expect(fixture.claim.state == .open)
        #expect(fixture.ring(.proposal).effects.contains(.platformIntervenes))
        #expect(fixture.claim.state == .reviewQueued)
    }

    @Test("whatever a merchant does in person stops the clock of his first answer (M2-02, M2-17)")
    func answeredByAct() throws {
        for answer: ClaimEvent in [
            .evidenceAdded(isComplete: false), .evidenceRequested(from: .buyer),
        ] {
            var fixture = try Fixture.inState(.open)
            fixture.act(.messageRead, .merchant)
            fixture.act(.messagePosted(isAutomatic: true), .merchant, after: 1)
            #expect(fixture.claim.clocks[.firstResponse] != nil)
            fixture.act(answer, .merchant, after: 1)
            #expect(fixture.claim.firstAnsweredAt == fixture.now)
            #expect(fixture.claim.clocks[.firstResponse] == nil)
            #expect(fixture.claim.clocks[.proposal] != nil)
            #expect(fixture.claim.missedResponses == 0)
        }
    }

    @Test("the activation log comes, or its absence is recorded (M0-19, M1-17)")
    func activationLog() throws {
        var asked = try Fixture.inState(.open)
        asked.act(.evidenceRequested(from: .merchant), .buyer)
        var silent = asked
        asked.act(.evidenceAdded(isComplete: true), .merchant)
        #expect(asked.claim.state == .reviewQueued)
        let effects = silent.ring(.merchantEvidence).effects
        #expect(effects.contains(.defaultRecorded(by: .merchant)))
        #expect(silent.claim.state == .reviewQueued)
    }

    @Test("a buyer who stays silent is reminded, and may come back (M3-45)")
    func abandoned() throws {
        var fixture = try Fixture.inState(.evidence)
        let asked = fixture.now
        #expect(
            fixture.ring(.buyerReminder).effects == [.noticeDue(to: .buyer, .evidenceReminder)])
        #expect(fixture.now == asked + .seconds(22 * 3_600))
        fixture.ring(.buyerEvidence)
        #expect(fixture.now == asked + .seconds(24 * 3_600))
        #expect(fixture.claim.state == .closedAbandoned)
        fixture.act(.reopened(try Fixture.evidence()), .buyer)
        #expect(fixture.claim.state == .reviewQueued && fixture.claim.owner == .platform)
    }

    @Test("silence on an offer is no consent, a refusal costs nothing (E2)")
    func offers() throws {
        var silent = try Fixture.inState(.remedyOffered)
        var refused = silent
        var accepted = silent
        silent.ring(.remedyAnswer)
        refused.act(.remedyAnswered(isAccepted: false), .buyer)
        accepted.act(.remedyAnswered(isAccepted: true), .buyer)
        #expect(silent.claim.state == .reviewQueued && refused.claim.state == .reviewQueued)
        #expect(accepted.claim.state == .executing && accepted.claim.owner == .merchant)
    }

    @Test("clocks of others stand while the buyer is waited for")
    func suspension() throws {
        var fixture = try Fixture.inState(.remedyOffered)
        let left = try #require(fixture.claim.clocks[.resolution]?.clock)
        #expect(left.deadline(.cn2026) == nil)
        fixture.act(.remedyAnswered(isAccepted: false), .buyer, after: 3_600)
        let due = fixture.claim.clocks[.resolution]?.clock.deadline(.cn2026)?.instant
        #expect(due == left.startedAt + .seconds(86_400 + 3_600))
    }

    @Test("a review is extended twice, each time with notice (M3-41)")
    func extensions() throws {
        var fixture = try Fixture.inState(.review)
        for _ in 0..<2 {
            let effects = fixture.act(.reviewExtended(by: .days(2)), .platform).effects
            #expect(effects == [.noticeDue(to: .buyer, .reviewExtended)])
            #expect(fixture.claim.due(.cn2026)?.instant == fixture.now + .seconds(2 * 86_400))
        }
        let third = fixture.act(.reviewExtended(by: .days(2)), .platform)
        #expect(third == .notAllowed(.noMoreExtensions))
    }

    @Test("while a third party is waited for the buyer hears every day (M3-29, M3-31, M3-44)")
    func thirdParty() throws {
        var fixture = try Fixture.inState(.waitingThirdParty)
        for day in 1...3 {
            let effects = fixture.ring(.thirdPartyNotice).effects
            #expect(effects.first == .breachRecorded(.thirdPartyNotice), "day \(day)")
        }
        fixture.ring(.thirdPartyLimit)
        #expect(fixture.claim.state == .review)
    }

    @Test("a finding that is not disputed becomes the ruling; it is disputed once, in its time")
    func dispute() throws {
        var fixture = try Fixture.inState(.liability)
        var late = fixture
        fixture.act(.disputed(try Fixture.evidence()), .merchant)
        #expect(fixture.claim.state == .review && fixture.claim.proposal == nil)
        let finding = ClaimRuling.liable(.merchant, try Fixture.refund())
        fixture.act(.liabilityProposed(finding), .platform)
        let again = fixture.act(.disputed(try Fixture.evidence()), .merchant)
        #expect(again == .notAllowed(.alreadyHeard))
        fixture.ring(.liability)
        #expect(fixture.claim.state == .executing && fixture.claim.ruling?.ruling == finding)
        let tooLate = late.act(.disputed(try Fixture.evidence()), .merchant, after: 86_400)
        #expect(tooLate == .notAllowed(.tooLate))
    }

    @Test(
        "a merchant who refuses or is silent: the deposit pays the price, within the caps (M3-27)")
    func depositPays() throws {
        var refused = try Fixture.inState(.executing)
        var silent = refused
        var poor = refused
        poor.deposit = 9_999
        refused.act(.remedyReceipt(RemedyReceipt(attempt: 1, result: .refused)), .merchant)
        let effects = silent.ring(.execution).effects
        #expect(refused.claim.execution?.payer == .deposit)
        #expect(silent.claim.execution?.redress == (try Fixture.refund()))
        let cancelled = effects.firstIndex { if case .remedyCancelled = $0 { true } else { false } }
        let asked = effects.firstIndex { if case .remedyRequested = $0 { true } else { false } }
        #expect(try #require(cancelled) < #require(asked))
        poor.ring(.execution)
        #expect(poor.claim.state == .escalateTier2 && poor.claim.execution == nil)
    }

    @Test("above the caps two different people must agree (E4)")
    func approvals() throws {
        var fixture = try Fixture.inState(.executing)
        fixture.policy.deposit.caps = nil
        fixture.ring(.execution)
        #expect(fixture.claim.execution?.payer == .depositOnApproval)
        fixture.act(.payoutApproved, .platform, "anna")
        let same = fixture.act(.payoutApproved, .arbiter, "anna")
        #expect(same == .notAllowed(.samePerson))
        #expect(fixture.claim.execution?.payer == .depositOnApproval)
        let effects = fixture.act(.payoutApproved, .platform, "bert").effects
        let execution = try #require(fixture.claim.execution)
        #expect(execution.payer == .deposit && effects == [.remedyRequested(execution)])
    }

    @Test("a hit about who sold holds what the deposit pays by itself, and nothing else (M1-42)")
    func notedRisk() throws {
        var fixture = try Fixture.inState(.executing)
        let noted = fixture.act(.riskNoted, .system)
        #expect(noted.effects == [.noticeDue(to: .platform, .riskFound)])
        #expect(fixture.act(.riskNoted, .system).effects.isEmpty)
        #expect(fixture.claim.state == .executing && fixture.claim.isAutomationHeld)
        var cleared = fixture
        cleared.act(.riskCleared, .platform)
        cleared.ring(.execution)
        #expect(cleared.claim.execution?.payer == .deposit)
        fixture.ring(.execution)
        #expect(fixture.claim.execution?.payer == .depositOnApproval)
        #expect(Claim(jsonValue: fixture.claim.jsonValue) == fixture.claim)
    }

    @Test("three automatic answers in a row bring a person of the platform in, once (M2-27)")
    func replyLoop() throws {
        var fixture = try Fixture.inState(.open)
        let machine = ClaimEvent.messagePosted(isAutomatic: true)
        #expect(fixture.act(machine, .merchant).effects.isEmpty)
        fixture.act(.messagePosted(isAutomatic: true), .buyer)
        #expect(fixture.act(machine, .merchant).effects.isEmpty)
        let third = fixture.act(machine, .merchant).effects
        #expect(third == [.platformJoins, .noticeDue(to: .platform, .personNeeded)])
        #expect(fixture.act(machine, .merchant).effects.isEmpty && fixture.claim.state == .open)
        var answered = try Fixture.inState(.open)
        for _ in 0..<2 { answered.act(machine, .merchant) }
        answered.act(.messagePosted(isAutomatic: false), .merchant)
        for _ in 0..<2 { #expect(answered.act(machine, .merchant).effects.isEmpty) }
    }

    @Test("a code that does not work is the second failure: the money goes back (M1-21)")
    func secondFailure() throws {
        var fixture = try Fixture.inState(.verifyRemedy)
        var unheard = fixture
        fixture.act(.remedyVerified(isGood: false), .system)
        #expect(fixture.claim.execution?.redress == (try Fixture.refund()))
        #expect(fixture.claim.failedRemedies == 1)
        unheard.ring(.verification)
        #expect(unheard.claim.state == .verifyRemedy)
        unheard.ring(.verification)
        #expect(unheard.claim.execution?.redress == (try Fixture.refund()))
    }

    @Test("nothing moved for three working days: the next tier is prepared (M4-17)")
    func standstill() throws {
        var fixture = try Fixture.inState(.review)
        let effects = fixture.ring(.noProgress).effects
        #expect(fixture.claim.state == .escalateTier2)
        #expect(effects.contains(.escalationPrepared(tier: 2)))
        // Monday 28 September: 29, 30, and 8 October after the holidays.
        #expect(fixture.now == Instant(rfc3339: "2026-10-09T00:00:00+08:00"))
    }

    @Test("tiers are gone through in order, but for the named jumps (M4-32, M1-22)")
    func tiers() throws {
        func step(_ tier: Int, _ ground: EscalationStep.Ground) throws -> ClaimEvent {
            .escalated(to: try #require(EscalationStep(tier: tier, ground: ground)))
        }
        var fixture = try Fixture.inState(.reviewQueued)
        var early = fixture
        #expect(early.act(try step(2, .exhausted), .buyer) == .notAllowed(.tierNotReached))
        #expect(early.act(try step(4, .fraud), .buyer) == .notAllowed(.tierNotReached))
        early.act(try step(4, .systemic), .platform)
        #expect(early.claim.state == .escalateTier4)
        fixture.ring(.hardLimit)
        #expect(fixture.act(try step(3, .exhausted), .buyer) == .notAllowed(.tierNotReached))
        fixture.act(try step(2, .exhausted), .buyer)
        #expect(fixture.claim.state == .escalateTier2)
        var silent = ClaimFixture(defect: .notDelivered)
        silent.act(.coverageConfirmed, .system)
        #expect(silent.act(try step(3, .silentNonDelivery), .buyer).claim == nil)
        silent.ring(.firstResponse)
        silent.act(try step(3, .silentNonDelivery), .buyer)
        #expect(silent.claim.state == .escalateTier3)
        #expect(EscalationStep(tier: 1, ground: .exhausted) == nil)
    }

    @Test("an appeal is heard once, in seven days, by somebody else (M3-46)")
    func appeals() throws {
        var fixture = try Fixture.inState(.closedNotCovered)
        var late = fixture
        let tooLate = late.act(.appealFiled, .buyer, after: 7 * 86_400)
        #expect(tooLate == .notAllowed(.tooLate))
        fixture.act(.appealFiled, .buyer)
        let same = fixture.act(.appealDecided(.upheld), .arbiter, "platform")
        #expect(same == .notAllowed(.samePerson))
        let changed = ClaimRuling.liable(.merchant, try Fixture.refund())
        fixture.act(.appealDecided(.changed(changed)), .arbiter)
        #expect(fixture.claim.state == .executing)
        let receipt = RemedyReceipt(attempt: 1, result: .done(try Fixture.refund()))
        fixture.act(.remedyReceipt(receipt), .platform)
        #expect(fixture.claim.state == .closedRemedied)
        #expect(fixture.act(.appealFiled, .merchant) == .notAllowed(.alreadyHeard))
    }

    @Test("a hold is cleared back to where it was, or confirmed by a person (M1-42)")
    func hold() throws {
        var fixture = try Fixture.inState(.liability)
        fixture.act(.riskRaised, .system)
        fixture.act(.riskCleared, .platform)
        #expect(fixture.claim.state == .liability && fixture.claim.proposal != nil)
        var fraud = try Fixture.inState(.closedFraud)
        fraud.act(.appealFiled, .buyer)
        #expect(fraud.claim.state == .appeal)
    }
}
