import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// From an issuer's answer to the verdict that stands.
@Suite("Verdict rules")
struct VerdictRulesTests {
    static let today = LocalZone.shanghai.day(of: GatewayWorld.start)
    static let fifty = Money(minorUnits: 5_000, currency: "CNY")

    private func verdict(
        _ result: InquiryResult,
        label: CalendarDate? = nil,
        value: Money? = nil,
        policy: WarrantyPolicy = .sevenDays,
        deliveredAt: Instant? = GatewayWorld.start,
        answeredAt: Instant = GatewayWorld.start
    ) throws -> Verdict {
        let terms = ItemTerms(
            line: 1,
            product: "p",
            merchant: "m",
            expiresOn: label,
            faceValue: value,
            placedAt: nil,
            termsDisclosedAt: nil,
            policy: try policy.pin
        )
        return VerdictRules.verdict(
            result,
            terms: terms,
            custody: Custody(deliveredAt: deliveredAt),
            adapter: ScriptedAdapter(always: result).descriptor,
            policy: policy,
            answeredAt: answeredAt
        )
    }

    @Test("a label that is over at delivery is reported even when the issuer is down")
    func labelExpiry() throws {
        let down = InquiryResult.indeterminate(.issuerUnavailable)
        let over = try verdict(down, label: Self.today.adding(days: -1))
        #expect(over.state == .expired)
        #expect(over.certainty == .local)
        #expect(over.issuerState == .indeterminate)
        #expect(over.cause == nil)
        #expect(over.timing == .beforeDelivery)
        let good = try verdict(down, label: Self.today)
        #expect(good.state == .indeterminate)
        #expect(good.cause == .issuerUnavailable)
    }

    @Test("expiry is judged at the hand-over, whenever the question is asked")
    func judgedAtDelivery() throws {
        let down = InquiryResult.indeterminate(.timedOut)
        let later = GatewayWorld.start + .days(30)
        let verdict = try verdict(down, label: Self.today, answeredAt: later)
        #expect(verdict.state == .indeterminate)
        let dispensed = try self.verdict(
            down,
            label: Self.today,
            deliveredAt: nil,
            answeredAt: later
        )
        #expect(dispensed.state == .expired)
    }

    @Test("the issuer is believed over the label, but not over its own date")
    func issuersDate() throws {
        let yesterday = Self.today.adding(days: -1)
        let good = InquiryResult(state: .okUnused)
        #expect(try verdict(good, label: yesterday).state == .okUnused)
        var dated = good
        dated.expiresOn = yesterday
        let over = try verdict(dated, label: Self.today.adding(days: 100))
        #expect(over.state == .expired)
        #expect(over.certainty == .derived)
        #expect(over.issuerState == .okUnused)
    }

    @Test("a used code that is also expired stays used")
    func usedAndExpired() throws {
        let used = InquiryResult.used(at: GatewayWorld.start - .days(1))
        #expect(try verdict(used, label: Self.today.adding(days: -1)).state == .used)
    }

    @Test("a good code that is worth less than promised is undervalued, with both values")
    func undervalued() throws {
        var result = InquiryResult(state: .okUnused)
        result.actualValue = Money(minorUnits: 3_000, currency: "CNY")
        let verdict = try verdict(result, value: Self.fifty)
        #expect(verdict.state == .undervalued)
        #expect(verdict.expectedValue == Self.fifty)
        #expect(verdict.actualValue?.minorUnits == 3_000)
        #expect(verdict.issuerState == .okUnused)
        result.actualValue = Self.fifty
        #expect(try self.verdict(result, value: Self.fifty).state == .okUnused)
    }

    @Test("a good code that lasts shorter than promised has a short shelf life")
    func shelfLife() throws {
        var policy = WarrantyPolicy.sevenDays
        policy.promise.minimumShelfLifeDays = 30
        var result = InquiryResult(state: .okUnused)
        result.expiresOn = Self.today.adding(days: 29)
        #expect(try verdict(result, policy: policy).state == .shortShelfLife)
        result.expiresOn = Self.today.adding(days: 30)
        #expect(try verdict(result, policy: policy).state == .okUnused)
    }

    @Test("an answer that is not good is not lowered any further")
    func notLowered() throws {
        var result = InquiryResult(state: .revoked)
        result.actualValue = Money(minorUnits: 1, currency: "CNY")
        #expect(try verdict(result, value: Self.fifty).state == .revoked)
    }
}
