import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// What the issuer calls good, held against what was promised.
@Suite("Verdicts beside promises")
struct PromisedVerdictTests {
    static let start = GatewayWorld.start
    static let today = LocalZone.shanghai.day(of: start)
    static let fifty = Money(minorUnits: 5_000, currency: "CNY")
    static let thirty = Money(minorUnits: 3_000, currency: "CNY")

    private static func policy(
        membership: Bool = false,
        _ promise: WarrantyPolicy.Promise = .init()
    ) -> WarrantyPolicy {
        var policy = WarrantyPolicy.sevenDays
        policy.promise = promise
        if membership { policy.membership = .init(lengthDays: 30) }
        return policy
    }

    func verdict(
        _ state: VerdictState = .okUnused,
        at event: Instant? = nil,
        promised: PromisedTerms = .none,
        label: CalendarDate? = nil,
        value: Money? = nil,
        policy: WarrantyPolicy = .sevenDays,
        isTrusted: Bool = true,
        told change: (inout InquiryResult) -> Void = { _ in }
    ) throws -> Verdict {
        var result = InquiryResult(state: state, issuer: IssuerStatement(at: event))
        change(&result)
        return VerdictRules.verdict(
            result,
            isTrusted: isTrusted,
            terms: ItemTerms(
                line: 1, product: "p", merchant: "m", expiresOn: label, faceValue: value,
                placedAt: nil, termsDisclosedAt: nil, policy: try policy.pin, promised: promised),
            custody: Custody(deliveredAt: Self.start),
            adapter: ScriptedAdapter(always: result).descriptor,
            policy: policy,
            answeredAt: Self.start + .days(3)
        )
    }

    private static func attributes(_ values: [String: String]) throws -> CodeAttributes {
        try #require(CodeAttributes(values))
    }

    private static func term(_ days: Int64, from start: Instant = start) -> MembershipTerm {
        MembershipTerm(start: start, end: start + .seconds(days * 86_400))
    }

    @Test("another region than the order states is the wrong region, both sides shown (M3-50)")
    func region() throws {
        let promised = PromisedTerms(
            attributes: try Self.attributes(["region": "cn", "rank": "gold"]))
        let told = try Self.attributes(["region": "JP"])
        let wrong = try verdict(promised: promised) { $0.attributes = told }
        #expect(wrong.state == .wrongRegion)
        #expect(wrong.certainty == .derived)
        #expect(wrong.issuerState == .okUnused)
        #expect(
            wrong.attributes == [
                AttributeCheck(name: "rank", expected: "gold", actual: nil),
                AttributeCheck(name: "region", expected: "cn", actual: "JP"),
            ]
        )
        let same = try Self.attributes(["region": " CN "])
        #expect(try verdict(promised: promised) { $0.attributes = same }.state == .okUnused)
    }

    @Test("attributes that the issuer does not tell prove nothing, and stand as open (M2-29)")
    func untold() throws {
        let promised = PromisedTerms(
            attributes: try Self.attributes(["rank": "gold", "skins": "12"]))
        let good = try verdict(promised: promised)
        #expect(good.state == .okUnused)
        #expect(good.attributes.map(\.agrees) == [nil, nil])
        let told = try Self.attributes(["rank": "silver"])
        let other = try verdict(promised: promised) { $0.attributes = told }
        #expect(other.state == .accountMismatch)
        #expect(other.attributes.map(\.agrees) == [false, nil])
        #expect(try verdict { $0.attributes = told }.attributes.isEmpty)
    }

    @Test("the policy's region counts where the order states none (M3-50)")
    func policysRegion() throws {
        let policy = Self.policy(.init(region: "cn"))
        let told = try Self.attributes(["region": "jp"])
        #expect(try verdict(policy: policy) { $0.attributes = told }.state == .wrongRegion)
        #expect(try verdict(policy: policy).attributes.isEmpty)
    }

    @Test("thirty days that end on day three are a shortened term, in days (M4-06)")
    func term() throws {
        let policy = Self.policy(membership: true)
        let short = try verdict(.okActivatedByBuyer, policy: policy) { $0.term = Self.term(3) }
        #expect(short.state == .termShortened)
        #expect(short.certainty == .derived)
        #expect(short.issuerState == .okActivatedByBuyer)
        #expect(short.term == TermComparison(Self.term(3), expectedDays: 30))
        #expect(
            try verdict(policy: policy) { $0.term = Self.term(29) }.state == .okUnused)
        #expect(try verdict(policy: policy).state == .okUnused)
        // Nobody promised a length.
        let unpromised = try verdict { $0.term = Self.term(3) }
        #expect(unpromised.state == .okUnused)
        #expect(unpromised.term == TermComparison(Self.term(3), expectedDays: nil))
    }

    @Test("a membership that ended or was used in the buyer's hands is held against its length")
    func endedInUse() throws {
        let policy = Self.policy(membership: true)
        let ended = try verdict(.expired, at: Self.start + .days(3), policy: policy) {
            $0.term = Self.term(3)
        }
        #expect(ended.state == .termShortened)
        #expect(ended.issuerState == .expired)
        #expect(ended.timing == nil)
        let used = try verdict(.used, at: Self.start + .days(1), policy: policy) {
            $0.term = Self.term(3)
        }
        #expect(used.state == .termShortened)
        let whole = try verdict(.expired, at: Self.start + .days(3), policy: policy) {
            $0.term = Self.term(30, from: Self.start - .days(27))
        }
        #expect(whole.state == .expired)
        #expect(whole.timing == .afterDelivery)
        // Before the hand-over it was used or over, whatever its length; a revoked one is revoked.
        for state in [VerdictState.expired, .used] {
            let before = try verdict(state, at: Self.start - .days(2), policy: policy) {
                $0.term = Self.term(3, from: Self.start - .days(5))
            }
            #expect(before.state == state)
            #expect(before.timing == .beforeDelivery)
        }
        let revoked = try verdict(.revoked, at: Self.start + .days(3), policy: policy) {
            $0.term = Self.term(3)
        }
        #expect(revoked.state == .revoked)
    }

    @Test("a balance that ends before its promise is short, by the policy or by the order")
    func balance() throws {
        let policy = Self.policy(.init(minimumBalanceValidityDays: 90))
        let ends = Self.today.adding(days: 89)
        let short = try verdict(policy: policy) { $0.balanceUntil = ends }
        #expect(short.state == .shortShelfLife)
        #expect(short.balanceUntil == ends)
        #expect(short.expiresOn == nil)
        let enough = Self.today.adding(days: 90)
        #expect(try verdict(policy: policy) { $0.balanceUntil = enough }.state == .okUnused)
        let stated = PromisedTerms(balanceUntil: enough)
        #expect(try verdict(promised: stated) { $0.balanceUntil = ends }.state == .shortShelfLife)
        #expect(try verdict(promised: stated) { $0.balanceUntil = enough }.state == .okUnused)
        #expect(try verdict(promised: stated).balanceUntil == enough)
        #expect(try verdict(promised: stated, policy: policy).state == .okUnused)
    }

    @Test("a balance that was over at the hand-over is expired, when the issuer says so")
    func balanceOver() throws {
        let yesterday = Self.today.adding(days: -1)
        let over = try verdict { $0.balanceUntil = yesterday }
        #expect(over.state == .expired)
        #expect(over.issuerState == .okUnused)
        let stated = PromisedTerms(balanceUntil: yesterday)
        #expect(try verdict(promised: stated).state == .okUnused)
        #expect(try verdict(.indeterminate, promised: stated).state == .indeterminate)
    }

    @Test("of several defects the first in the list is the verdict, row by row")
    func precedence() throws {
        let names = ["product", "region", "edition", "rank"]
        let states: [VerdictState] = [
            .expired, .wrongProduct, .wrongRegion, .wrongVersion, .accountMismatch, .undervalued,
            .termShortened, .shortShelfLife,
        ]
        let policy = Self.policy(membership: true, .init(minimumShelfLifeDays: 90))
        for (row, state) in states.enumerated() {
            let stated = try Self.attributes(
                Dictionary(uniqueKeysWithValues: names.map { ($0, "a") }))
            // Everything is wrong from this row on.
            let wrong = names.enumerated().filter { $0.offset + 1 >= row }.map { ($0.element, "b") }
            let told = try Self.attributes(Dictionary(uniqueKeysWithValues: wrong))
            let found = try verdict(
                promised: PromisedTerms(attributes: stated), value: Self.fifty, policy: policy
            ) {
                $0.attributes = told
                $0.expiresOn = Self.today.adding(days: row == 0 ? -1 : 10)
                $0.actualValue = row <= 5 ? Self.thirty : Self.fifty
                $0.term = Self.term(row <= 6 ? 3 : 30)
            }
            #expect(found.state == state)
            #expect(found.issuerState == .okUnused)
        }
    }

    @Test("an answer that is not good, or not believed, is not lowered")
    func notLowered() throws {
        let promised = PromisedTerms(attributes: try Self.attributes(["region": "cn"]))
        let told = try Self.attributes(["region": "jp"])
        let policy = Self.policy(membership: true)
        for state in [VerdictState.notFound, .revoked, .partiallyUsed, .notActivated] {
            let found = try verdict(state, promised: promised, policy: policy) {
                $0.attributes = told
                $0.term = Self.term(3)
            }
            #expect(found.state == state)
        }
        let doubted = try verdict(promised: promised, policy: policy, isTrusted: false) {
            $0.attributes = told
            $0.term = Self.term(3)
            $0.loginAnomaly = "new device"
        }
        #expect(doubted.state == .indeterminate)
        #expect(doubted.issuerState == .okUnused)
        #expect(doubted.attributes.map(\.actual) == [nil])
        #expect(doubted.term == nil && doubted.usage == nil)
    }

    @Test("the verdict carries first use, what remains, who and what was noticed (M1-18)")
    func usage() throws {
        let usedAt = Self.start - .days(1)
        let found = try verdict(.partiallyUsed, at: usedAt) {
            $0.actualValue = Self.thirty
            $0.history = [
                UsageEvent(at: usedAt, kind: "use", actorHint: "…1111"),
                UsageEvent(at: nil, kind: "use", actorHint: "…2222"),
                UsageEvent(at: nil, kind: "note"),
            ]
            $0.loginAnomaly = "signed in from another country"
        }
        let usage = try #require(found.jsonValue["usage"])
        #expect(usage["first_used_at"]?.stringValue == usedAt.rfc3339)
        #expect(usage["remaining_value"].flatMap { Money(jsonValue: $0) } == Self.thirty)
        #expect(usage["used_by_hint"] == "…2222")
        #expect(usage["login_anomaly"] == "signed in from another country")
        #expect(Verdict(jsonValue: found.jsonValue) == found)
        // The issuer's time of a revoked code is no use of it, and a good one left no trace.
        #expect(try verdict(.revoked, at: usedAt).usage == nil)
        #expect(try verdict().usage == nil)
        let hinted = try verdict(.used) { $0.usedByHint = "…3333" }
        #expect(hinted.usage == UsageTrace(usedByHint: "…3333"))
    }

    @Test("terms are kept with what was promised, and without it as they were")
    func stored() throws {
        let pin = try WarrantyPolicy.sevenDays.pin
        var terms = ItemTerms(
            line: 1, product: "p", merchant: "m", expiresOn: nil, faceValue: nil, placedAt: nil,
            termsDisclosedAt: nil, policy: pin)
        #expect(ItemTerms(storedBytes: terms.storedBytes) == terms)
        #expect(terms.jsonValue["promised"] == .null)
        let promise = try #require(
            ListingPromise(
                kind: .deliverWithin(.minutes(1)), text: "秒到账",
                sourceSHA256: String(repeating: "0f", count: 32)))
        terms.promised = PromisedTerms(
            balanceUntil: Self.today, attributes: try Self.attributes(["region": "cn"]),
            promises: [promise])
        #expect(ItemTerms(storedBytes: terms.storedBytes) == terms)
    }
}
