import CardModel
import Testing
import WireFormat

@testable import Gateway

/// What stands against an erasure, reason by reason.
@Suite("Legal hold") struct LegalHoldTests {
    static let completed = Instant(secondsSinceEpoch: 1_795_161_600)
    static let rule = RetentionRule(period: .seconds(1_000))

    private func hold(
        claims: [ClaimState] = [],
        redemptions: [RedemptionRecord.State] = [],
        after seconds: Int64
    ) -> LegalHold? {
        LegalHold(
            claims: claims.map(Self.claim),
            redemptions: redemptions,
            completedAt: Self.completed,
            rule: Self.rule,
            now: Self.completed + .seconds(seconds)
        )
    }

    private static func claim(_ state: ClaimState) -> Claim {
        let detected = Claim(
            id: "clm", item: "dlv/1", family: .codeUnusable,
            policy: PolicyPin(id: "w7", version: 1, hash: []), defect: .used,
            against: .merchant, price: nil, demand: .reissue, isEvidenceComplete: true,
            filedAt: completed)
        guard var stored = detected.jsonValue.objectValue else { return detected }
        stored["state"] = .string(state.rawValue)
        return Claim(jsonValue: .object(stored)) ?? detected
    }

    @Test("the retention holds until its very end, and says when that is")
    func retention() {
        let during = hold(after: 999)
        #expect(during?.reasons == [.retention])
        #expect(during?.endsAt == Self.completed + .seconds(1_000))
        #expect(hold(after: 1_000) == nil)
    }

    @Test("a claim holds exactly while it is not closed", arguments: ClaimState.allCases)
    func claims(state: ClaimState) {
        let hold = hold(claims: [state], after: 2_000)
        #expect(hold?.reasons == (state.isClosed ? nil : [.openClaim]))
        #expect(hold?.endsAt == nil)
        #expect(hold?.insurmountable ?? [] == [])
    }

    @Test(
        "an order whose end is not known holds, and no reason passes over it",
        arguments: RedemptionRecord.State.allCases)
    func redemptions(state: RedemptionRecord.State) {
        let isKnown: Bool =
            switch state {
            case .planned, .settled, .notTaken: true
            case .intended, .accepted, .unknown, .person: false
            }
        let hold = hold(redemptions: [state], after: 2_000)
        #expect((hold == nil) == isKnown)
        #expect(hold?.insurmountable ?? [] == (isKnown ? [] : [.openRedemption]))
    }

    @Test("several reasons stand together, and an open end has no date")
    func together() {
        let hold = hold(claims: [.open], redemptions: [.unknown], after: 0)
        #expect(hold?.reasons == [.openClaim, .openRedemption, .retention])
        #expect(hold?.endsAt == nil)
        #expect(hold?.insurmountable == [.openRedemption])
    }
}
