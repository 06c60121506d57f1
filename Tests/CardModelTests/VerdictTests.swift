import Testing
import WireFormat

@testable import CardModel

@Suite("Verdict")
struct VerdictTests {
    /// The promised list, word for word.
    static let states = """
        ok_unused ok_activated_by_buyer malformed not_found not_activated wrong_product \
        wrong_region wrong_version undervalued partially_used used expired short_shelf_life \
        revoked locked duplicate_delivery duplicate_stock oversold not_delivered short_delivery \
        late_delivery extraction_failed double_charged term_shortened service_interrupted \
        account_mismatch account_compromised temporarily_unusable issuer_delay indeterminate \
        unsupported conflict
        """

    @Test("the states are the promised ones, in that order")
    func stateNames() {
        #expect(
            VerdictState.allCases.map(\.rawValue)
                == Self.states.split(separator: " ").map(String.init)
        )
    }

    @Test("every state has its own sentence in both languages, and says what comes next")
    func texts() {
        for language in Language.allCases {
            let meanings = VerdictState.allCases.map { $0.meaning(in: language) }
            #expect(Set(meanings).count == meanings.count)
            for state in VerdictState.allCases {
                #expect(!state.nextStep(in: language).isEmpty)
                #expect(state.meaning(in: .zhCN) != state.meaning(in: .en))
            }
        }
        #expect(VerdictState.allCases.allSatisfy { $0.meaning(in: .en).hasSuffix(".") })
        #expect(VerdictState.allCases.allSatisfy { $0.meaning(in: .zhCN).hasSuffix("。") })
    }

    @Test("the sentence says when, where the time is known")
    func datedText() {
        var verdict = Verdict(state: .used, timing: .beforeDelivery, certainty: .authoritative)
        #expect(
            verdict.meaning(in: .en) == "The code had been used before it was delivered to you."
        )
        verdict.timing = .unknown
        #expect(verdict.meaning(in: .en) == VerdictState.used.meaning(in: .en))
    }

    @Test("the example of the outside surface is written with every member, absent ones null")
    func example() throws {
        let verdict = Verdict(
            state: .used,
            timing: .beforeDelivery,
            certainty: .authoritative,
            issuer: IssuerStatement(
                code: "11",
                text: "…",
                at: Instant(rfc3339: "2026-11-18T03:12:00Z")
            ),
            adapter: "ericsson-vsip@1"
        )
        let text = String(decoding: verdict.jsonValue.serialized(), as: UTF8.self)
        #expect(
            text == """
                {"state":"used","timing":"before_delivery","certainty":"authoritative",\
                "cause":null,"issuer":{"code":"11","text":"…","at":"2026-11-18T03:12:00Z"},\
                "issuer_state":null,"expected_value":null,"actual_value":null,\
                "expires_on":null,"balance_until":null,"term":null,"attributes":null,\
                "usage":null,"adapter":"ericsson-vsip@1"}
                """
        )
        #expect(try Verdict(jsonValue: JSONValue.parse(Array(text.utf8))) == verdict)
    }

    @Test("a verdict reads back as it was, for every state, timing and certainty")
    func roundTrip() throws {
        let money = try #require(Money(minorUnits: 4_900, currency: "CNY"))
        let start = Instant(secondsSinceEpoch: 1_795_248_000)
        let term = MembershipTerm(start: start, end: start + .seconds(3 * 86_400))
        for state in VerdictState.allCases {
            for timing in Timing.allCases.map(Optional.some) + [nil] {
                for certainty in Certainty.allCases {
                    var verdict = Verdict(
                        state: state,
                        timing: timing,
                        certainty: certainty,
                        cause: IndeterminateCause(rawValue: "a_cause_of_tomorrow"),
                        issuer: IssuerStatement(),
                        issuerState: .used,
                        expectedValue: money,
                        actualValue: money,
                        expiresOn: CalendarDate(iso8601: "2027-12-31")
                    )
                    #expect(Verdict(jsonValue: verdict.jsonValue) == verdict)
                    verdict.balanceUntil = CalendarDate(iso8601: "2027-06-30")
                    verdict.term = TermComparison(term, expectedDays: 30)
                    verdict.attributes = [
                        AttributeCheck(name: "edition", expected: "pro", actual: nil),
                        AttributeCheck(name: "region", expected: "cn", actual: "jp"),
                    ]
                    verdict.usage = UsageTrace(firstUsedAt: term.start, usedByHint: "…5678")
                    #expect(Verdict(jsonValue: verdict.jsonValue) == verdict)
                }
            }
        }
    }

    @Test("a member of the wrong type is refused")
    func wrongTypes() {
        let good = Verdict(state: .used, certainty: .local).jsonValue
        let wrong: [(String, JSONValue)] = [
            ("state", "bad"), ("state", nil), ("certainty", 1), ("timing", "yesterday"),
            ("issuer", "text"), ("issuer_state", "x"), ("expected_value", 5),
            ("expires_on", "2027-02-30"), ("adapter", 3), ("cause", []),
            ("issuer", ["at": "noon"]), ("issuer", ["code": 11]),
            ("balance_until", "soon"), ("term", ["starts_at": "2026-11-20T08:00:00Z"]),
            ("attributes", [["name": "region"]]), ("usage", ["first_used_at": "noon"]),
        ]
        for (name, value) in wrong {
            var object = good.objectValue ?? JSONObject()
            object[name] = value
            #expect(Verdict(jsonValue: .object(object)) == nil, "\(name)")
        }
        #expect(Verdict(jsonValue: good) != nil)
    }

    @Test("known causes are distinct and read back")
    func causes() {
        #expect(Set(IndeterminateCause.known).count == IndeterminateCause.known.count)
        #expect(IndeterminateCause(rawValue: "timed_out") == .timedOut)
    }

    @Test("good, undecided and defective do not overlap")
    func standing() {
        #expect(VerdictState.allCases.filter(\.isGood) == [.okUnused, .okActivatedByBuyer])
        #expect(
            VerdictState.allCases.filter(\.isUndecided) == [
                .locked, .temporarilyUnusable, .issuerDelay, .indeterminate, .unsupported,
                .conflict,
            ]
        )
        #expect(Verdict(state: .okUnused, certainty: .conflict).isUndecided)
    }
}

@Suite("Timing")
struct TimingTests {
    private let delivered = Instant(millisecondsSinceEpoch: 1_795_248_000_000)

    @Test("a difference of at most the margin is unknown, one millisecond more is not")
    func boundaries() {
        let cases: [(Int64, Timing)] = [
            (-120_001, .beforeDelivery), (-120_000, .unknown), (-1, .unknown), (0, .unknown),
            (120_000, .unknown), (120_001, .afterDelivery),
        ]
        for (offset, expected) in cases {
            let event = delivered + .milliseconds(offset)
            #expect(
                Timing.decide(
                    eventAt: event,
                    deliveredAt: delivered,
                    skewMargin: .seconds(120)
                ) == expected,
                "\(offset) ms"
            )
        }
    }

    @Test("without a margin only the same instant is unknown")
    func noMargin() {
        let before = Timing.decide(
            eventAt: delivered - .milliseconds(1),
            deliveredAt: delivered,
            skewMargin: .zero
        )
        #expect(before == .beforeDelivery)
        #expect(
            Timing.decide(eventAt: delivered, deliveredAt: delivered, skewMargin: .zero) == .unknown
        )
    }

    @Test("a missing instant is unknown")
    func missing() {
        #expect(Timing.decide(eventAt: nil, deliveredAt: delivered, skewMargin: .zero) == .unknown)
        #expect(Timing.decide(eventAt: delivered, deliveredAt: nil, skewMargin: .zero) == .unknown)
    }

    @Test("expiry is judged at the hand-over on the local day, whatever today's date (M1-06)")
    func expiry() throws {
        let verdict = Verdict(
            state: .expired,
            certainty: .authoritative,
            expiresOn: CalendarDate(iso8601: "2026-11-20")
        )
        // Midnight in Shanghai is 16:00 UTC.
        let cases: [(String, Timing)] = [
            ("2026-11-20T15:59:59.999Z", .afterDelivery), ("2026-11-20T16:00:00Z", .beforeDelivery),
        ]
        for (text, expected) in cases {
            let delivered = try #require(Instant(rfc3339: text))
            let timed = verdict.timed(
                deliveredAt: delivered,
                zone: .shanghai,
                skewMargin: .seconds(120)
            )
            #expect(timed.timing == expected)
            let inUTC = verdict.timed(
                deliveredAt: delivered,
                zone: .utc,
                skewMargin: .seconds(120)
            )
            #expect(inUTC.timing == .afterDelivery)
        }
    }

    @Test("states without a time of their own have no timing")
    func untimed() {
        let verdict = Verdict(
            state: .notFound,
            timing: .unknown,
            certainty: .authoritative,
            issuer: IssuerStatement(at: delivered)
        )
        #expect(
            verdict.timed(deliveredAt: delivered, zone: .utc, skewMargin: .zero).timing == nil
        )
    }

    @Test("shelf life is short when the last day comes before the promised one")
    func shelfLife() throws {
        let day = try #require(CalendarDate(iso8601: "2026-11-20"))
        let delivered = try #require(Instant(rfc3339: "2026-11-20T01:00:00Z"))
        for (days, isShort) in [(89, true), (90, false), (91, false)] {
            #expect(
                Expiry.isShelfLifeShort(
                    day.adding(days: days),
                    deliveredAt: delivered,
                    promisedDays: 90,
                    in: .shanghai
                ) == isShort
            )
        }
    }
}
