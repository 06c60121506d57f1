import AdapterKit
import CardModel
import Testing
import WireFormat

@testable import Gateway

/// What the issuer calls good, held against the promises of its listing and its printed day.
extension PromisedVerdictTests {
    private static func listing(_ kinds: ListingPromise.Kind...) throws -> PromisedTerms {
        PromisedTerms(
            promises: try kinds.map {
                try #require(
                    ListingPromise(
                        kind: $0, text: nil, sourceSHA256: String(repeating: "0f", count: 32)))
            })
    }

    @Test("a card that lasts shorter than its listing promised has a short shelf life (M2-15)")
    func listedShelfLife() throws {
        let promised = try Self.listing(.minimumShelfLife(days: 90))
        let short = try verdict(promised: promised) {
            $0.expiresOn = Self.today.adding(days: 89)
        }
        #expect(short.state == .shortShelfLife)
        #expect(short.certainty == .derived)
        #expect(short.issuerState == .okUnused)
        let enough = Self.today.adding(days: 90)
        #expect(try verdict(promised: promised) { $0.expiresOn = enough }.state == .okUnused)
        #expect(try verdict(promised: promised).state == .okUnused)
        // The longest of several promises counts.
        let both = try Self.listing(.minimumShelfLife(days: 30), .minimumShelfLife(days: 91))
        #expect(try verdict(promised: both) { $0.expiresOn = enough }.state == .shortShelfLife)
    }

    @Test("a card that is worth less than its listing promised is undervalued (M2-15)")
    func listedValue() throws {
        let fifty = try #require(Self.fifty)
        let promised = try Self.listing(.faceValue(fifty))
        for value in [nil, Self.thirty] {
            let lower = try verdict(promised: promised, value: value) {
                $0.actualValue = Self.thirty
            }
            #expect(lower.state == .undervalued)
            #expect(lower.certainty == .authoritative)
            #expect(lower.expectedValue == fifty && lower.actualValue == Self.thirty)
        }
        let kept = try verdict(promised: promised, value: Self.thirty) { $0.actualValue = fifty }
        #expect(kept.state == .okUnused && kept.expectedValue == Self.thirty)
        #expect(try verdict(promised: promised).state == .okUnused)
        // Of both defects the value decides, as it does by the order and the policy.
        let both = try Self.listing(.minimumShelfLife(days: 90), .faceValue(fifty))
        let found = try verdict(promised: both) {
            $0.actualValue = Self.thirty
            $0.expiresOn = Self.today
        }
        #expect(found.state == .undervalued)
    }

    @Test("a printed day that passed hides no balance that was over, when the issuer tells it")
    func balanceOverBesideLabel() throws {
        let yesterday = Self.today.adding(days: -1)
        let over = try verdict(label: yesterday) { $0.balanceUntil = yesterday }
        #expect(over.state == .expired)
        #expect(over.certainty == .derived && over.issuerState == .okUnused)
        #expect(over.expiresOn == yesterday)
        #expect(
            try verdict(label: yesterday) { $0.balanceUntil = Self.today }.state == .okUnused)
        #expect(try verdict(.indeterminate, label: yesterday).state == .expired)
    }
}
