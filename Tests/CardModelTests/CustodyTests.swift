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

    @Test("dead at dispense is the merchant's, whatever time is told, with or without one (D-1)")
    func deadAtDispense() {
        let custody = Custody(dispenseBadAt: dispensed, deliveredAt: delivered)
        let told: [Instant?] = [
            nil, dispensed - .seconds(3_600), dispensed, delivered - .milliseconds(120_000),
            delivered, delivered + .seconds(86_400),
        ]
        for event in told {
            #expect(party(event, custody) == .merchant)
            #expect(party(event, Custody(dispenseBadAt: dispensed)) == .merchant)
            for state in VerdictState.allCases where state.hasTiming {
                let verdict = Verdict(
                    state: state,
                    certainty: .authoritative,
                    issuer: event.map { IssuerStatement(at: $0) }
                ).timed(custody: custody, zone: .shanghai, skewMargin: margin)
                #expect(verdict.timing == .beforeDelivery)
            }
        }
    }

    @Test("a check at dispense that came after the hand-over proves nothing about it (±1 ms)")
    func dispenseAfterHandOver() {
        var custody = Custody(dispenseBadAt: delivered, deliveredAt: delivered)
        #expect(party(nil, custody) == .merchant)
        custody.dispenseBadAt = delivered + .milliseconds(1)
        #expect(party(nil, custody) == .undetermined)
        #expect(party(delivered + .seconds(3_600), custody) == .buyer)
        let verdict = Verdict(state: .used, certainty: .authoritative)
        #expect(
            verdict.timed(custody: custody, zone: .shanghai, skewMargin: margin).timing == .unknown
        )
    }

    @Test(
        "good and then dead at dispense it died on the platform; dead and then good, nobody knows")
    func bothAtDispense() {
        var custody = Custody(
            dispenseOKAt: dispensed,
            dispenseBadAt: dispensed + .milliseconds(1),
            deliveredAt: delivered
        )
        #expect(party(delivered + .seconds(3_600), custody) == .platform)
        custody.dispenseBadAt = dispensed
        #expect(party(delivered + .seconds(3_600), custody) == .undetermined)
    }

    @Test("expired before the hand-over is the merchant's with or without a date (M1-06)")
    func expiredAtDispense() {
        for expiresOn in [nil, LocalZone.shanghai.day(of: dispensed).adding(days: -1)] {
            for custody in [Custody(), Custody(dispenseBadAt: dispensed)] {
                let verdict = Verdict(
                    state: .expired,
                    certainty: .authoritative,
                    expiresOn: expiresOn
                ).timed(custody: custody, zone: .shanghai, skewMargin: margin)
                let facts = LiabilityFacts(verdict: verdict, custody: custody)
                #expect(Liability.decide(facts).party == .merchant)
                #expect(verdict.timing == .unknown)
            }
        }
    }

    @Test("only a use, a revocation or an expiry that somebody other than a party tells is a death")
    func deaths() {
        for state in VerdictState.allCases {
            let isDeath = [.used, .partiallyUsed, .expired, .revoked].contains(state)
            for certainty in Certainty.allCases {
                let isProven = ![.claimed, .conflict].contains(certainty)
                #expect(
                    Verdict(state: state, certainty: certainty).showsDeadCode
                        == (isDeath && isProven)
                )
            }
        }
    }

    @Test("no time of use after the hand-over: a person decides")
    func withoutEventTime() {
        #expect(party(nil, Custody(deliveredAt: delivered)) == .undetermined)
        #expect(
            party(nil, Custody(dispenseOKAt: dispensed, deliveredAt: delivered)) == .undetermined
        )
    }
}
