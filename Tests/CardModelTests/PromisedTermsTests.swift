import Testing
import WireFormat

@testable import CardModel

/// What an order states beside value and label, and what it is held against.
@Suite("Promised terms")
struct PromisedTermsTests {
    private let start = Instant(secondsSinceEpoch: 1_795_248_000)
    private let digest = String(repeating: "a1", count: 32)

    private func attributes(_ values: [String: String]) throws -> CodeAttributes {
        try #require(CodeAttributes(values))
    }

    @Test("attributes are compared one by one, and what is not told proves nothing (M3-50, M2-29)")
    func checklist() throws {
        let stated = try attributes(["region": "cn", "rank": "diamond", "server": "east-1"])
        let told = try attributes(["region": "JP", "server": " East-1 ", "skin": "none"])
        let checks = stated.checked(against: told)
        #expect(checks.map(\.name) == ["rank", "region", "server"])
        #expect(checks.map(\.agrees) == [nil, false, true])
        #expect(checks.map(\.actual) == [nil, "JP", " East-1 "])
        #expect(checks.defect == .wrongRegion)
        #expect(stated.checked(against: .none).defect == nil)
        #expect(CodeAttributes.none.checked(against: told).isEmpty)
    }

    @Test(
        "a difference is called by what differs (M3-50, M2-29)",
        arguments: [
            ("region", VerdictState.wrongRegion), ("server", .wrongRegion),
            ("version", .wrongVersion), ("edition", .wrongVersion), ("product", .wrongProduct),
            ("rank", .accountMismatch), ("level", .accountMismatch),
        ]
    )
    func states(name: String, state: VerdictState) throws {
        let stated = try attributes([name: "a"])
        #expect(stated.checked(against: try attributes([name: "b"])).defect == state)
        #expect(stated.checked(against: try attributes([name: "A "])).defect == nil)
        #expect(stated.checked(against: try attributes(["other": "b"])).defect == nil)
    }

    @Test("of several differences the one that says most decides")
    func precedence() throws {
        let names = ["product", "server", "edition", "rank"]
        let states: [VerdictState] = [.wrongProduct, .wrongRegion, .wrongVersion, .accountMismatch]
        for first in names.indices {
            let differing = Dictionary(uniqueKeysWithValues: names[first...].map { ($0, "a") })
            let told = differing.mapValues { _ in "b" }
            let checks = try attributes(differing).checked(against: try attributes(told))
            #expect(checks.defect == states[first])
        }
    }

    @Test("the policy's region counts where the order states none and the issuer tells one")
    func policysRegion() throws {
        let promise = WarrantyPolicy.Promise(region: "cn")
        let told = try attributes(["region": "jp"])
        let open = PromisedTerms()
        #expect(open.checks(against: told, promise: promise).defect == .wrongRegion)
        #expect(open.checks(against: .none, promise: promise).isEmpty)
        let stated = PromisedTerms(attributes: told)
        #expect(stated.checks(against: told, promise: promise).map(\.agrees) == [true])
    }

    @Test("attributes beyond the limits are refused, and of an issuer's left out")
    func limits() {
        let long = String(repeating: "密", count: CodeAttributes.longestValue)
        #expect(CodeAttributes(["region": long]) != nil)
        let many = (0...CodeAttributes.most).map { (name: "a\($0)", value: "x") }
        #expect(CodeAttributes(Dictionary(uniqueKeysWithValues: many)) == nil)
        #expect(CodeAttributes(told: many).values.count == CodeAttributes.most)
        let longestName = String(repeating: "n", count: CodeAttributes.longestName)
        let wrong = [
            ("region", long + "密"), ("region", ""), ("region", "  "), ("region", "a\nb"),
            ("Region", "cn"), ("1st", "cn"), ("", "cn"), ("a-b", "cn"), (longestName + "n", "cn"),
        ]
        for (name, value) in wrong {
            #expect(CodeAttributes([name: value]) == nil, "\(name)")
            #expect(CodeAttributes(told: [(name: name, value: value)]).isEmpty, "\(name)")
        }
        #expect(CodeAttributes([longestName: "cn"]) != nil)
    }

    @Test("a promise of a kind is kept, broken or not known, and words are a person's (M2-15)")
    func outcomes() throws {
        let fifty = try #require(Money(minorUnits: 5_000, currency: "CNY"))
        let forty = try #require(Money(minorUnits: 4_000, currency: "CNY"))
        let dollars = try #require(Money(minorUnits: 5_000, currency: "USD"))
        let today = LocalZone.shanghai.day(of: start)
        func facts(_ change: (inout ListingPromise.Facts) -> Void) -> ListingPromise.Facts {
            var facts = ListingPromise.Facts(zone: .shanghai)
            change(&facts)
            return facts
        }
        func delivered(after seconds: Int64) -> ListingPromise.Facts {
            facts {
                $0.placedAt = start
                $0.deliveredAt = start + .seconds(seconds)
            }
        }
        func lasting(_ days: Int) -> ListingPromise.Facts {
            facts {
                $0.deliveredAt = start
                $0.expiresOn = today.adding(days: days)
            }
        }
        let rows: [(ListingPromise.Kind?, ListingPromise.Facts, ListingPromise.Outcome)] = [
            (.deliverWithin(.minutes(1)), delivered(after: 60), .kept),
            (.deliverWithin(.minutes(1)), delivered(after: 61), .broken),
            (.deliverWithin(.minutes(1)), facts { $0.deliveredAt = start }, .unknown),
            (.deliverWithin(.workingDays(1)), delivered(after: 60), .unknown),
            (.faceValue(fifty), facts { $0.actualValue = fifty }, .kept),
            (.faceValue(fifty), facts { $0.actualValue = forty }, .broken),
            (.faceValue(fifty), facts { $0.actualValue = dollars }, .unknown),
            (.faceValue(fifty), facts { _ in }, .unknown),
            (.region("cn"), facts { $0.region = "CN" }, .kept),
            (.region("cn"), facts { $0.region = "jp" }, .broken),
            (.region("cn"), facts { _ in }, .unknown),
            (.minimumShelfLife(days: 90), lasting(90), .kept),
            (.minimumShelfLife(days: 90), lasting(89), .broken),
            (.minimumShelfLife(days: 90), facts { $0.deliveredAt = start }, .unknown),
            (nil, delivered(after: 60), .words),
        ]
        for (kind, facts, outcome) in rows {
            let promise = try #require(
                ListingPromise(kind: kind, text: "包售后", sourceSHA256: digest))
            #expect(promise.outcome(facts) == outcome, "\(String(describing: kind))")
        }
    }

    @Test("terms read back as they were, and a promise without a kind and words is none")
    func reading() throws {
        let kinds: [ListingPromise.Kind?] = [
            .deliverWithin(.minutes(1)), .region("cn"), .minimumShelfLife(days: 90),
            Money(minorUnits: 5_000, currency: "CNY").map { .faceValue($0) }, nil,
        ]
        let promises = try kinds.map {
            try #require(ListingPromise(kind: $0, text: "秒到账", sourceSHA256: digest))
        }
        let terms = PromisedTerms(
            balanceUntil: CalendarDate(iso8601: "2027-06-30"),
            attributes: try attributes(["region": "cn"]),
            promises: promises
        )
        #expect(PromisedTerms(jsonValue: terms.jsonValue) == terms)
        let stored = try JSONValue.parse(terms.jsonValue.serializedWithoutNullMembers())
        #expect(PromisedTerms(jsonValue: stored) == terms)
        #expect(PromisedTerms(jsonValue: [:])?.isEmpty == true)
        #expect(PromisedTerms(jsonValue: ["promises": [["text": "x"]]]) == nil)
        #expect(ListingPromise(kind: nil, text: nil, sourceSHA256: digest) == nil)
        #expect(ListingPromise(kind: nil, text: "", sourceSHA256: digest) == nil)
        #expect(ListingPromise(kind: nil, text: "x", sourceSHA256: "a1") == nil)
        let other = PromisedTerms(attributes: try attributes(["region": "jp"]))
        #expect(PromisedTerms.none.completed(by: terms) == terms)
        #expect(other.completed(by: terms).attributes == other.attributes)
        #expect(other.completed(by: terms).promises == promises)
    }

    @Test("a receipt adds the attributes and promises that the dispense left out (M3-50, M2-15)")
    func completedInPart() throws {
        func promise(_ text: String) throws -> ListingPromise {
            try #require(ListingPromise(kind: nil, text: text, sourceSHA256: digest))
        }
        let first = PromisedTerms(
            attributes: try attributes(["region": "cn"]), promises: [try promise("a")])
        let later = PromisedTerms(
            attributes: try attributes(["region": "jp", "rank": "gold"]),
            promises: [try promise("b"), try promise("a")])
        let whole = first.completed(by: later)
        #expect(whole.attributes.values == ["region": "cn", "rank": "gold"])
        #expect(whole.promises == [try promise("a"), try promise("b")])
        #expect(first.completed(by: whole) == whole)
        #expect(whole.completed(by: later) == whole)
        // A full list takes no more.
        let many = try (0..<ListingPromise.most).map { try promise("p\($0)") }
        let names = (0..<CodeAttributes.most).map { ("n\($0)", "x") }
        let full = PromisedTerms(
            attributes: try attributes(Dictionary(uniqueKeysWithValues: names)), promises: many)
        #expect(full.completed(by: later) == full)
    }

    @Test("the broken promise of a kind is found, and one that is kept or unknown is none (M2-15)")
    func firstBroken() throws {
        func shelfLife(_ days: Int) throws -> ListingPromise {
            try #require(
                ListingPromise(
                    kind: .minimumShelfLife(days: days), text: nil, sourceSHA256: digest))
        }
        let terms = PromisedTerms(promises: [try shelfLife(5), try shelfLife(90)])
        var facts = ListingPromise.Facts(zone: .shanghai)
        #expect(terms.firstBroken(.minimumShelfLife, by: facts) == nil)
        facts.deliveredAt = start
        facts.expiresOn = LocalZone.shanghai.day(of: start).adding(days: 10)
        #expect(try terms.firstBroken(.minimumShelfLife, by: facts) == shelfLife(90))
        #expect(terms.firstBroken(.faceValue, by: facts) == nil)
    }

    @Test("what a use left behind is told whole or not at all (M1-18)")
    func usage() throws {
        #expect(UsageTrace() == nil)
        let money = Money(minorUnits: 1_000, currency: "CNY")
        let trace = try #require(
            UsageTrace(
                firstUsedAt: start,
                remainingValue: money,
                usedByHint: "…5678",
                loginAnomaly: "new device"
            )
        )
        #expect(UsageTrace(jsonValue: trace.jsonValue) == trace)
        #expect(trace.jsonValue["used_by_hint"] == "…5678")
        #expect(UsageTrace(jsonValue: ["login_anomaly": true]) == nil)
    }
}
