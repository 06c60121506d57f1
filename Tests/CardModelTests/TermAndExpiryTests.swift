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
        let cases: [(Int?, Int?, CardExpiries.Finding?)] = [
            (90, 30, nil), (nil, nil, nil), (nil, 30, nil), (90, nil, nil),
            (-1, 30, .expired(.useBy)), (0, 30, .short(.useBy, promisedDays: 90)),
            (89, 30, .short(.useBy, promisedDays: 90)),
            (90, -1, .expired(.balance)), (90, 0, .short(.balance, promisedDays: 30)),
            (90, 29, .short(.balance, promisedDays: 30)),
            (-1, -1, .expired(.useBy)), (10, -1, .expired(.balance)),
            (10, 10, .short(.useBy, promisedDays: 90)),
            (nil, 29, .short(.balance, promisedDays: 30)),
        ]
        for (useBy, balance, expected) in cases {
            let card = CardExpiries(
                useBy: useBy.map { today.adding(days: $0) },
                balanceUntil: balance.map { today.adding(days: $0) }
            )
            #expect(card.judged(at: start, promise: promise, zone: zone) == expected)
        }
        let unpromised = CardExpiries(useBy: today, balanceUntil: today)
        #expect(unpromised.judged(at: start, promise: .init(), zone: zone) == nil)
        #expect(CardExpiries.Finding.expired(.balance).state == .expired)
        #expect(CardExpiries.Finding.short(.balance, promisedDays: 1).state == .shortShelfLife)
    }
}
