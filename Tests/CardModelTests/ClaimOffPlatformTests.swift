import Testing
import WireFormat

@testable import CardModel

@Suite("Claims about what was dealt outside the platform")
struct ClaimOffPlatformTests {
    private typealias Fixture = ClaimFixture

    /// The fixture's claim, of an order that was paid outside.
    private func outside(_ claim: Claim) throws -> Claim {
        var value = try #require(claim.jsonValue.objectValue)
        value["is_off_platform"] = true
        return try #require(Claim(jsonValue: .object(value)))
    }

    @Test("nothing is held, the buyer is told why, and the claim opens as any other (M3-51)")
    func opening() throws {
        var fixture = Fixture()
        var inside = fixture
        fixture.claim = try outside(fixture.claim)
        let effects = fixture.act(.coverageConfirmed, .system).effects
        #expect(fixture.claim.state == .open && !fixture.claim.isDepositHeld)
        #expect(effects.contains(.noticeDue(to: .buyer, .offPlatform)))
        #expect(!effects.contains { if case .depositFrozen = $0 { true } else { false } })
        #expect(Claim(jsonValue: fixture.claim.jsonValue) == fixture.claim)
        let usual = inside.act(.coverageConfirmed, .system).effects
        #expect(usual.contains { if case .depositFrozen = $0 { true } else { false } })
        #expect(!usual.contains(.noticeDue(to: .buyer, .offPlatform)))
    }

    @Test("no deposit and no backstop pays, whatever they hold; the next channel is ready (M3-51)")
    func noPayout() throws {
        var fixture = try Fixture.inState(.executing)
        fixture.claim = try outside(fixture.claim)
        let effects = fixture.ring(.execution).effects
        #expect(fixture.claim.state == .escalateTier2 && fixture.claim.execution == nil)
        #expect(effects.contains(.noticeDue(to: .buyer, .offPlatform)))
        #expect(effects.contains(.escalationPrepared(tier: 2)) && effects.contains(.evidenceHeld))
        #expect(!effects.contains { if case .remedyRequested = $0 { true } else { false } })
    }

    @Test("evidence is taken from both sides (M3-51)")
    func evidence() throws {
        var fixture = Fixture()
        fixture.claim = try outside(fixture.claim)
        fixture.act(.coverageConfirmed, .system)
        #expect(fixture.act(.evidenceAdded(isComplete: true), .buyer).claim != nil)
        #expect(fixture.claim.isEvidenceComplete)
        #expect(fixture.act(.evidenceAdded(isComplete: false), .merchant).claim != nil)
    }

    @Test("that the merchant is there, his people show, and neither machines nor the buyer (D-22)")
    func merchantActs() throws {
        var fixture = try Fixture.inState(.open)
        fixture.act(.messagePosted(isAutomatic: true), .merchant)
        fixture.act(.messageRead, .merchant)
        fixture.act(.messagePosted(isAutomatic: false), .buyer)
        #expect(fixture.claim.merchantActedAt == nil)
        fixture.act(.messagePosted(isAutomatic: false), .merchant)
        let first = fixture.now
        #expect(fixture.claim.merchantActedAt == first)
        fixture.act(.messagePosted(isAutomatic: false), .merchant)
        #expect(fixture.claim.merchantActedAt == fixture.now && fixture.now > first)
        #expect(fixture.claim.firstAnsweredAt == first)
        #expect(Claim(jsonValue: fixture.claim.jsonValue) == fixture.claim)
    }

    @Test("what gives money back is a refund, and nothing else (M1-41)")
    func refunds() {
        #expect(
            Remedy.allCases.filter(\.isRefund)
                == [.refundOriginal, .partialRefund, .refundPlusThree])
    }
}
