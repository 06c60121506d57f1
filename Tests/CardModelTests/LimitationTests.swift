import Testing
import WireFormat

@testable import CardModel

@Suite("Limitation of claims") struct LimitationTests {
    @Test(
        "a right lapses with the day of the same name three years later (M4-33)",
        arguments: [
            ("2026-11-02T02:00:00Z", "2029-11-02T16:00:00Z"),
            // In Shanghai it is the next day already.
            ("2026-11-02T16:00:00Z", "2029-11-03T16:00:00Z"),
            ("2028-02-29T04:00:00Z", "2031-02-28T16:00:00Z"),
        ])
    func endsWithItsDay(known: String, ends: String) throws {
        let limitation = Limitation(knownAt: try #require(Instant(rfc3339: known)))
        #expect(limitation.endsAt.rfc3339 == ends)
        #expect(limitation.endsAt.duration(since: limitation.remindsAt) == .seconds(180 * 86_400))
    }

    @Test("the longest period ends before evidence of it may be gone (M4-33)")
    func isShorterThanRetention() throws {
        // Four years have one leap day, and the last day runs to its end.
        let known = try #require(Instant(rfc3339: "2027-03-01T16:00:00Z"))
        let limitation = Limitation(knownAt: known)
        #expect(limitation.endsAt.duration(since: known) <= .seconds(1_097 * 86_400))
    }

    @Test("a claim closed without a remedy reminds the buyer before his right lapses (M4-33)")
    func reminds() throws {
        for state in [ClaimState.closedNotCovered, .closedAbandoned, .closedWithdrawn] {
            var fixture = try ClaimFixture.inState(state)
            let rings = fixture.claim.pendingRings(.cn2026)
            #expect(rings.map(\.timer) == [.limitation], "\(state)")
            let remindsAt = try #require(fixture.claim.limitation).remindsAt
            let rung = try #require(rings.first).at.instant
            #expect((0..<1_000).contains(rung.duration(since: remindsAt).wholeMilliseconds))
            let reminder = fixture.ring(.limitation)
            #expect(reminder.effects == [.noticeDue(to: .buyer, .limitationNear)], "\(state)")
            #expect(fixture.claim.pendingRings(.cn2026).isEmpty, "\(state)")
            #expect(fixture.claim.state == state)
        }
    }

    @Test("who has his remedy is reminded of nothing (M4-33)")
    func remedied() throws {
        for state in [ClaimState.closedRemedied, .closedRecovered, .closedRefundedExternal] {
            #expect(try ClaimFixture.inState(state).claim.pendingRings(.cn2026).isEmpty, "\(state)")
        }
    }
}
