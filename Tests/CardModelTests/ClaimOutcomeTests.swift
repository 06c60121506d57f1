import Testing
import WireFormat

@testable import CardModel

/// What a closing claim is published as.
@Suite("Outcomes of claims")
struct ClaimOutcomeTests {
    private func outcome(_ claim: Claim, replaces: Int? = nil) -> ClaimOutcome? {
        ClaimOutcome(closing: claim, number: 7, merchant: "m-1", replaces: replaces)
    }

    @Test(
        "Every closed claim has an outcome, and no open one (M2-12)", arguments: ClaimState.allCases
    )
    func states(_ state: ClaimState) throws {
        let fixture = try ClaimFixture.inState(state)
        let outcome = self.outcome(fixture.claim)
        #expect((outcome != nil) == state.isClosed)
        guard let outcome else { return }
        #expect(outcome.openedAt == fixture.claim.filedAt)
        #expect(outcome.closedAt == fixture.claim.enteredAt)
        #expect(try ClaimOutcome(jsonValue: outcome.jsonValue) == outcome)
    }

    @Test("The first act in person answers; a machine's word and a look do not (M2-02, M2-03)")
    func firstAnswer() throws {
        var fixture = try ClaimFixture.inState(.open)
        fixture.act(.messagePosted(isAutomatic: true), .merchant)
        fixture.act(.messageRead, .merchant)
        fixture.act(.messagePosted(isAutomatic: false), .platform)
        #expect(fixture.claim.firstAnsweredAt == nil)
        fixture.act(.evidenceRequested(from: .buyer), .merchant)
        let answered = fixture.now
        #expect(fixture.claim.firstAnsweredAt == answered)
        fixture.act(.messagePosted(isAutomatic: false), .merchant)
        #expect(fixture.claim.firstAnsweredAt == answered)
    }

    @Test("An act that is refused answers nothing")
    func refusedAnswer() throws {
        var fixture = try ClaimFixture.inState(.open)
        let refused = fixture.act(.ruled(.notLiable(try ClaimFixture.evidence())), .merchant)
        #expect(refused.claim == nil)
        fixture.act(.disputed(try ClaimFixture.evidence()), .merchant)
        #expect(fixture.claim.firstAnsweredAt == nil)
    }

    @Test("Where the claim never lay with the merchant the platform's person answers")
    func platformAnswers() throws {
        var fixture = ClaimFixture(against: .platform)
        fixture.act(.coverageConfirmed, .system)
        fixture.act(.messagePosted(isAutomatic: false), .buyer)
        #expect(fixture.claim.firstAnsweredAt == nil)
        fixture.act(.reviewStarted, .platform)
        #expect(fixture.claim.firstAnsweredAt == fixture.now)
    }

    @Test("The first remedy is the one offered first, or ordered without an offer (M1-33)")
    func firstRemedy() throws {
        var offered = try ClaimFixture.inState(.remedyOffered)
        let first = offered.now
        offered.act(.remedyAnswered(isAccepted: false), .buyer)
        offered.act(.remedyOffered(try ClaimFixture.refund()), .platform)
        #expect(offered.claim.firstRemedyAt == first)
        let ordered = try ClaimFixture.inState(.executing)
        #expect(ordered.claim.firstRemedyAt == ordered.now)
        let refused = try ClaimFixture.inState(.closedNotCovered)
        #expect(refused.claim.firstRemedyAt == nil)
    }

    @Test("How a remedy was paid tells the merchant's refund from his deposit's")
    func settlement() throws {
        let refund = try ClaimFixture.refund()
        var paid = try ClaimFixture.inState(.review)
        paid.act(.ruled(.liable(.merchant, refund)), .platform)
        var unpaid = paid
        paid.act(.remedyReceipt(RemedyReceipt(attempt: 1, result: .done(refund))), .platform)
        #expect(outcome(paid.claim)?.result == .refunded)
        unpaid.act(.remedyReceipt(RemedyReceipt(attempt: 1, result: .refused)), .merchant)
        #expect(unpaid.claim.execution?.payer == .deposit)
        unpaid.act(.remedyReceipt(RemedyReceipt(attempt: 2, result: .done(refund))), .platform)
        #expect(outcome(unpaid.claim)?.result == .paidOutFromDeposit)
        #expect(outcome(try ClaimFixture.inState(.closedRemedied).claim)?.result == .remedied)
    }

    @Test("Who is liable is whom the ruling named; an appeal that upholds a refusal blames nobody")
    func liability() throws {
        var appealed = try ClaimFixture.inState(.closedNotCovered)
        #expect(outcome(appealed.claim)?.liable == LiableParty.none)
        appealed.act(.appealFiled, .buyer)
        appealed.act(.appealDecided(.upheld), .arbiter)
        #expect(appealed.claim.state == .closedFinal)
        #expect(outcome(appealed.claim)?.liable == LiableParty.none)
        #expect(outcome(try ClaimFixture.inState(.closedFraud).claim)?.liable == LiableParty.none)
        #expect(outcome(try ClaimFixture.inState(.closedWithdrawn).claim)?.liable == .merchant)
        var platform = try ClaimFixture.inState(.review)
        let reissue = try ClaimFixture.reissue()
        platform.act(.ruled(.liable(.platform, reissue)), .platform)
        platform.act(.remedyReceipt(RemedyReceipt(attempt: 1, result: .done(reissue))), .platform)
        platform.act(.remedyVerified(isGood: true), .system)
        #expect(outcome(platform.claim)?.liable == .platform)
    }

    @Test("A claim that was opened again keeps its times, and replaces its outcome")
    func reopened() throws {
        var fixture = try ClaimFixture.inState(.closedRemedied)
        let first = try #require(outcome(fixture.claim))
        fixture.act(.reopened(try ClaimFixture.evidence()), .buyer, after: 86_400)
        #expect(outcome(fixture.claim) == nil)
        fixture.act(.withdrawn, .buyer)
        let second = try #require(outcome(fixture.claim, replaces: 6))
        #expect(second.replaces == 6)
        #expect(second.openedAt == first.openedAt)
        #expect(second.proposalAt == first.proposalAt)
        #expect(second.closedAt > first.closedAt)
    }

    @Test("A clock that was set back gives no time before the opening")
    func clockSetBack() throws {
        var fixture = try ClaimFixture.inState(.open)
        fixture.act(.messagePosted(isAutomatic: false), .merchant, after: -7_200)
        fixture.act(.withdrawn, .buyer)
        let outcome = try #require(self.outcome(fixture.claim))
        #expect(outcome.closedAt == outcome.openedAt)
        #expect(outcome.firstResponseAt == outcome.openedAt)
    }

    @Test("What a claim remembers of its first answer and remedy is read back as it was stored")
    func stored() throws {
        let claim = try ClaimFixture.inState(.closedRemedied).claim
        #expect(claim.firstRemedyAt != nil)
        #expect(Claim(jsonValue: claim.jsonValue) == claim)
        var damaged = try #require(claim.jsonValue.objectValue)
        damaged["first_remedy_at"] = "yesterday"
        #expect(Claim(jsonValue: .object(damaged)) == nil)
    }
}
