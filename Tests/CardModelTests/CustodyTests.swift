import Testing
import WireFormat

@testable import CardModel

@Suite("Custody")
struct CustodyTests {
    private let dispensed = Instant(secondsSinceEpoch: 1_795_240_000)
    private let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
    private let margin: Duration = .seconds(120)

    private func party(_ event: Instant?, _ custody: Custody) -> LiableParty {
        let verdict = Verdict(
            state: .used,
            certainty: .authoritative,
            issuer: event.map { IssuerStatement(at: $0) }
        )
        return Liability.decide(
            LiabilityFacts(verdict: verdict, custody: custody, skewMargin: margin)
        ).party
    }

    @Test("whoever held the code when it died is liable; near a border nobody is (±1 ms)")
    func threePoints() {
        let custody = Custody(dispenseOKAt: dispensed, deliveredAt: delivered)
        let cases: [(Instant, LiableParty)] = [
            (dispensed - .milliseconds(120_001), .merchant),
            (dispensed - .milliseconds(120_000), .undetermined),
            (dispensed, .undetermined),
            (dispensed + .milliseconds(120_000), .undetermined),
            (dispensed + .milliseconds(120_001), .platform),
            (delivered - .milliseconds(120_001), .platform),
            (delivered - .milliseconds(120_000), .undetermined),
            (delivered + .milliseconds(120_000), .undetermined),
            (delivered + .milliseconds(120_001), .buyer),
        ]
        for (event, expected) in cases { #expect(party(event, custody) == expected, "\(event)") }
    }

    @Test("without a dispense check, use up to the hand-over is the merchant's")
    func withoutDispense() {
        let custody = Custody(deliveredAt: delivered)
        #expect(party(dispensed + .seconds(1), custody) == .merchant)
        #expect(party(delivered - .milliseconds(120_001), custody) == .merchant)
        #expect(party(delivered, custody) == .undetermined)
        #expect(party(delivered + .milliseconds(120_001), custody) == .buyer)
    }

    @Test("before the hand-over, nobody but the sellers can have used it")
    func beforeDelivery() {
        #expect(party(dispensed, Custody()) == .merchant)
        #expect(party(nil, Custody()) == .merchant)
        #expect(party(delivered, Custody(dispenseOKAt: dispensed)) == .platform)
        #expect(party(nil, Custody(dispenseOKAt: dispensed)) == .undetermined)
    }

    @Test("a time of use that a later good check contradicts goes to a person")
    func contradiction() {
        let custody = Custody(dispenseOKAt: delivered + .seconds(7_200), deliveredAt: delivered)
        #expect(party(delivered + .seconds(3_600), custody) == .undetermined)
        #expect(party(delivered - .seconds(3_600), custody) == .merchant)
        #expect(party(delivered + .seconds(10_800), custody) == .buyer)
    }

    @Test("no time of use after the hand-over: a person decides")
    func withoutEventTime() {
        #expect(party(nil, Custody(deliveredAt: delivered)) == .undetermined)
        #expect(
            party(nil, Custody(dispenseOKAt: dispensed, deliveredAt: delivered)) == .undetermined
        )
    }
}
