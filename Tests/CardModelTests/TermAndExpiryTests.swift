import Testing
import WireFormat

@testable import CardModel

@Suite("Membership terms and the two expiries of a card")
struct TermAndExpiryTests {
    private let start = Instant(secondsSinceEpoch: 1_795_248_000)
    private let terms = WarrantyPolicy.MembershipTerms(lengthDays: 30)

    private func finding(_ length: Duration) -> MembershipTerm.Finding {
        MembershipTerm(start: start, end: start + length).judged(by: terms)
    }

    @Test("thirty days that end after three are shortened, in days (M3-26, M4-06)")
    func membershipExample() {
        let short = finding(.seconds(3 * 86_400))
        #expect(short == .shortened(expectedDays: 30, actualDays: 3))
        #expect(short.state == .termShortened)
        #expect(finding(.seconds(30 * 86_400)).state == nil)
    }

    @Test("the tolerance is forgiven, and not a millisecond more")
    func tolerance() {
        let edge: Duration = .seconds(29 * 86_400)
        #expect(finding(edge) == .asPromised)
        #expect(finding(edge + .milliseconds(1)) == .asPromised)
        #expect(
            finding(edge - .milliseconds(1)) == .shortened(expectedDays: 30, actualDays: 28)
        )
        var strict = terms
        strict.toleranceHours = 0
        let term = MembershipTerm(
            start: start,
            end: start + .seconds(30 * 86_400) - .milliseconds(1)
        )
        #expect(term.judged(by: strict) == .shortened(expectedDays: 30, actualDays: 29))
        #expect(term.judged(by: terms) == .asPromised)
        #expect(finding(.seconds(-5)) == .shortened(expectedDays: 30, actualDays: 0))
        #expect(finding(.seconds(86_400)) == .shortened(expectedDays: 30, actualDays: 1))
    }

    @Test("each day of a carrier card is judged by its own promise (E3 rule 8)")
    func expiries() {
        let zone = LocalZone.shanghai
        let today = zone.day(of: start)
        let promise = WarrantyPolicy.Promise(
            minimumShelfLifeDays: 90,
            minimumBalanceValidityDays: 30
        )
        typealias Side = CardExpiries.Side
        let cases: [(useBy: Int?, balance: Int?, over: Side?, short: Side?)] = [
            (90, 30, nil, nil), (nil, nil, nil, nil), (nil, 30, nil, nil), (90, nil, nil, nil),
            (-1, 30, .useBy, .useBy), (0, 30, nil, .useBy), (89, 30, nil, .useBy),
            (90, -1, .balance, .balance), (90, 0, nil, .balance), (90, 29, nil, .balance),
            (-1, -1, .useBy, .useBy), (10, -1, .balance, .useBy), (10, 10, nil, .useBy),
            (nil, 29, nil, .balance),
        ]
        for row in cases {
            let card = CardExpiries(
                useBy: row.useBy.map { today.adding(days: $0) },
                balanceUntil: row.balance.map { today.adding(days: $0) }
            )
            #expect(card.over(at: start, zone: zone) == row.over, "\(row)")
            #expect(card.short(at: start, promise: promise, zone: zone) == row.short, "\(row)")
        }
        let unpromised = CardExpiries(useBy: today, balanceUntil: today)
        #expect(unpromised.over(at: start, zone: zone) == nil)
        #expect(unpromised.short(at: start, promise: .init(), zone: zone) == nil)
    }

    @Test("a term beside its promise reads back as it was, with the whole days that ran (M4-06)")
    func comparison() {
        let term = MembershipTerm(start: start, end: start + .seconds(3 * 86_400 - 1))
        let comparison = TermComparison(term, expectedDays: 30)
        #expect(comparison.jsonValue["actual_days"] == 2)
        #expect(comparison.jsonValue["expected_days"] == 30)
        #expect(TermComparison(jsonValue: comparison.jsonValue) == comparison)
        let unpromised = TermComparison(term, expectedDays: nil)
        #expect(TermComparison(jsonValue: unpromised.jsonValue) == unpromised)
        #expect(TermComparison(jsonValue: ["starts_at": "2026-11-20T08:00:00Z"]) == nil)
    }
}
