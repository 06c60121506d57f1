import Testing
import WireFormat

@testable import CardModel

@Suite("Claim: quorum and appeal")
struct ClaimQuorumTests {
    private func inReview(_ state: ClaimState = .review) throws -> ClaimFixture {
        var fixture = try ClaimFixture.inState(state)
        fixture.policy.arbitration = .init(
            quorumAmount: Money(minorUnits: 10_000, currency: "CNY"), arbiters: 2)
        return fixture
    }

    private func ruling(_ yuan: Int64 = 100) throws -> ClaimRuling {
        .liable(.merchant, try ClaimFixture.refund(yuan))
    }

    @Test("one person has one voice, however often and in whatever role he speaks (M0-35)")
    func oneVoice() throws {
        var fixture = try inReview()
        fixture.act(.ruled(try ruling()), .platform, "anna")
        for role in [ClaimActor.platform, .arbiter] {
            #expect(fixture.act(.ruled(try ruling()), role, "anna") == .notAllowed(.samePerson))
        }
        // Another word of hers replaces the first.
        fixture.act(.ruled(try ruling(50)), .platform, "anna")
        fixture.act(.ruled(try ruling()), .platform, "bert")
        #expect(fixture.claim.state == .review)
        fixture.act(.ruled(try ruling()), .platform, "carl")
        #expect(fixture.claim.state == .executing)
        #expect(fixture.claim.ruling?.accounts == ["anna", "bert", "carl"])
    }

    @Test("what was paid is in dispute, however little a ruling gives (M0-35)")
    func amountInDispute() throws {
        var fixture = try inReview()
        fixture.act(.ruled(try ruling(1)), .platform, "anna")
        #expect(fixture.claim.state == .review)
        let small = ClaimRules(policy: fixture.policy, calendar: .cn2026)
        let price = Money(minorUnits: 9_999, currency: "CNY")
        #expect(small.votesNeeded(for: try ruling(1), price: price) == 1)
        #expect(small.votesNeeded(for: try ruling(100), price: price) == 2)
        #expect(small.votesNeeded(for: try ruling(1), price: nil) == 2)
        #expect(small.votesNeeded(for: .fraud, price: Money(minorUnits: 1, currency: "USD")) == 2)
    }

    @Test("no clock rules in the place of a quorum, nor orders what only a person orders (E4)")
    func noClock() throws {
        var fixture = try inReview(.liability)
        fixture.ring(.liability)
        #expect(fixture.claim.state == .liability)
        fixture.act(.ruled(try ruling()), .platform, "bert")
        #expect(fixture.claim.state == .executing)
        var threefold = try ClaimFixture.inState(.review)
        let redress = try #require(
            Redress(.refundPlusThree, amount: Money(minorUnits: 40_000, currency: "CNY")))
        threefold.act(.liabilityProposed(.liable(.merchant, redress)), .platform)
        threefold.ring(.liability)
        #expect(threefold.claim.state == .liability)
    }

    @Test("an appeal needs as many, and goes to nobody who voted (M0-35, M3-46)")
    func appealQuorum() throws {
        var fixture = try inReview()
        let notLiable = ClaimRuling.notLiable(try ClaimFixture.evidence())
        fixture.act(.ruled(try ruling()), .platform, "anna")
        fixture.act(.ruled(notLiable), .platform, "bert")
        fixture.act(.ruled(notLiable), .platform, "carl")
        #expect(fixture.claim.state == .closedNotCovered)
        fixture.act(.appealFiled, .buyer)
        for account in ["anna", "bert", "carl"] {
            let answer = fixture.act(.appealDecided(.changed(try ruling())), .arbiter, account)
            #expect(answer == .notAllowed(.samePerson))
        }
        fixture.act(.appealDecided(.changed(try ruling())), .arbiter, "dora")
        #expect(fixture.claim.state == .appeal)
        let again = fixture.act(.appealDecided(.changed(try ruling())), .arbiter, "dora")
        #expect(again == .notAllowed(.samePerson))
        fixture.act(.appealDecided(.changed(try ruling())), .arbiter, "emil")
        #expect(fixture.claim.state == .executing)
    }

    @Test("a merchant who has won does not use up the buyer's appeal (M3-46)")
    func winner() throws {
        var fixture = try ClaimFixture.inState(.closedNotCovered)
        #expect(fixture.act(.appealFiled, .merchant) == .notAllowed(.wrongActor))
        fixture.act(.appealFiled, .buyer)
        #expect(fixture.claim.state == .appeal)
    }
}
