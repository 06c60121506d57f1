import Testing
import WireFormat

@testable import CardModel

@Suite("Claim: owner and due time")
struct ClaimStateTests {
    static let rows: [(state: ClaimState, owner: ClaimActor, due: PolicyDuration)] = [
        (.open, .merchant, .minutes(2)), (.evidence, .buyer, .hours(24)),
        (.remedyOffered, .buyer, .hours(24)), (.reviewQueued, .platform, .workingDays(3)),
        (.review, .platform, .hours(48)), (.waitingThirdParty, .platform, .hours(24)),
        (.liability, .platform, .hours(24)), (.executing, .merchant, .hours(24)),
        (.verifyRemedy, .system, .hours(1)), (.appeal, .arbiter, .workingDays(3)),
        (.holdRisk, .platform, .hours(24)), (.escalateTier2, .buyer, .workingDays(1)),
        (.escalateTier3, .buyer, .days(7)), (.escalateTier4, .platform, .days(30)),
    ]

    @Test("every open state has one owner and the due time of E2 (M0-05, M1-09)", arguments: rows)
    func open(state: ClaimState, owner: ClaimActor, due: PolicyDuration) throws {
        let fixture = try ClaimFixture.inState(state)
        #expect(fixture.claim.owner == owner)
        let clock = ServiceClock(budget: due, startedAt: fixture.claim.enteredAt)
        #expect(fixture.claim.due(.cn2026) == clock.deadline(.cn2026))
        #expect(fixture.claim.pendingRings(.cn2026).contains { $0.timer != .limitation })
    }

    @Test("every state is open with a row above, just detected, or closed without an owner")
    func closed() throws {
        for state in ClaimState.allCases where !Self.rows.contains(where: { $0.state == state }) {
            let fixture = try ClaimFixture.inState(state)
            #expect(state == .detected || state.isClosed)
            #expect((fixture.claim.owner == nil) == state.isClosed)
            #expect((fixture.claim.due(.cn2026) == nil) == state.isClosed)
            #expect(
                fixture.claim.pendingRings(.cn2026).allSatisfy { $0.timer == .limitation },
                "\(state)")
        }
        let detected = try ClaimFixture.inState(.detected).claim
        #expect(detected.owner == .system)
        #expect(detected.due(.cn2026)?.instant == detected.filedAt)
    }

    @Test("who owes facts or the remedy owns the claim (M0-19, M3-42)")
    func others() throws {
        var asked = try ClaimFixture.inState(.open)
        asked.act(.evidenceRequested(from: .merchant), .buyer)
        #expect(asked.claim.owner == .merchant)
        for (party, owner) in [
            (LiableParty.platform, ClaimActor.platform), (.thirdParty, .thirdParty),
        ] {
            var ruled = try ClaimFixture.inState(.review)
            ruled.act(.ruled(.liable(party, try ClaimFixture.reissue())), .platform)
            #expect(ruled.claim.owner == owner)
        }
    }

    @Test("a time that has passed stays the due time, and shows that the owner is late")
    func late() throws {
        var fixture = try ClaimFixture.inState(.open)
        let due = fixture.claim.due(.cn2026)
        fixture.ring(.firstResponse)
        #expect(fixture.claim.due(.cn2026) == due)
    }
}
