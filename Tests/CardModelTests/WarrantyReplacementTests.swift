import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyWindow: replacements and scopes")
struct WarrantyReplacementTests {
    private let start = Instant(secondsSinceEpoch: 1_795_248_000)

    private func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

    private func window(
        rest: Duration?,
        policy: WarrantyPolicy = .thirtyDays,
        _ edit: (inout WindowFacts) -> Void = { _ in }
    ) -> WarrantyWindow {
        var facts = WindowFacts(
            deliveredAt: start,
            replacesEndingAt: rest.map { start + $0 }
        )
        edit(&facts)
        return WarrantyWindow(policy: policy, facts: facts, now: start + days(60))
    }

    @Test("a replacement has the rest of the window, at least seven days, half-open (±1 ms)")
    func rest() {
        let minimum = days(7)
        let cases: [(Duration, Duration)] = [
            (days(20), days(20)), (minimum + .milliseconds(1), minimum + .milliseconds(1)),
            (minimum, minimum), (minimum - .milliseconds(1), minimum), (.zero, minimum),
            (days(-3), minimum),
        ]
        for (rest, length) in cases {
            let window = window(rest: rest)
            #expect(window.span?.end == start + length)
            #expect(window.span?.untolledEnd == start + length)
            #expect(window.contains(start))
            #expect(!window.contains(start - .milliseconds(1)))
            #expect(window.contains(start + length - .milliseconds(1)))
            #expect(!window.contains(start + length))
        }
        #expect(window(rest: nil).span?.end == start + days(30))
    }

    @Test("the minimum is the policy's, counted as the policy counts")
    func minimum() {
        var policy = WarrantyPolicy.thirtyDays
        policy.window.replacement.leastDays = 3
        #expect(window(rest: .zero, policy: policy).span?.end == start + days(3))
        policy.window.counting = .localDays
        let end = policy.window.zone.endOfDay(
            policy.window.zone.day(of: start).adding(days: 3))
        #expect(window(rest: .zero, policy: policy).span?.end == end)
        #expect(window(rest: days(9), policy: policy).span?.end == start + days(9))
    }

    @Test("a replacement under a one-time rule ends with its own verification (M3-17)")
    func oneTime() {
        let disclosed: (inout WindowFacts) -> Void = { facts in
            facts.placedAt = start
            facts.termsDisclosedAt = start
        }
        let unverified = window(rest: days(1), policy: .oneTimeVerification, disclosed)
        #expect(unverified.span?.end == start + days(7))
        #expect(unverified.span?.ending == .period)
        let verified = window(rest: days(20), policy: .oneTimeVerification) { facts in
            disclosed(&facts)
            facts.buyerSawGoodAt = start + days(2)
        }
        #expect(verified.span?.end == start + days(2))
        #expect(verified.span?.ending == .buyerCheck)
        let undisclosed = window(rest: days(20), policy: .oneTimeVerification) { facts in
            facts.buyerSawGoodAt = start + days(2)
        }
        #expect(undisclosed.span?.end == start + days(20))
        #expect(undisclosed.span?.ending == .periodForWantOfDisclosure)
    }

    @Test("an outage tolls the rest of a replacement from its own start")
    func tolled() {
        let outage = window(rest: days(10)) { facts in
            facts.incidents = [
                Incident(
                    kind: .issuerOutage,
                    startedAt: start - days(2),
                    endedAt: start + days(1)
                )
            ]
        }
        #expect(outage.span?.end == start + days(11))
        #expect(outage.span?.untolledEnd == start + days(10))
    }

    @Test("an outage tolls what lies in its scope, and nothing else (M3-30)")
    func scopes() {
        let subject = IncidentSubject(platform: "shop", product: "cmcc-50", issuer: "cmcc")
        let cases: [(IncidentScope, Bool)] = [
            (.item, true), (.issuer("cmcc"), true), (.issuer("CMCC"), false),
            (.issuer("unicom"), false), (.issuer("shop"), false), (.product("cmcc-50"), true),
            (.product("cmcc-5"), false), (.product("cmcc"), false), (.platform("shop"), true),
            (.platform("other"), false),
        ]
        for (scope, touches) in cases {
            #expect(scope.touches(subject) == touches, "\(scope)")
            #expect(scope.touches(nil) == (scope == .item))
            for kind in TollingKind.allCases {
                for tolling in [Set([kind]), Set(TollingKind.allCases).subtracting([kind])] {
                    var policy = WarrantyPolicy.sevenDays
                    policy.window.tolling = tolling
                    let incident = Incident(
                        kind: kind,
                        scope: scope,
                        startedAt: start + days(1),
                        endedAt: start + days(2)
                    )
                    let window = window(rest: nil, policy: policy) { facts in
                        facts.subject = subject
                        facts.incidents = [incident]
                    }
                    let isTolled = touches && tolling.contains(kind)
                    #expect(window.span?.end == start + days(isTolled ? 8 : 7), "\(incident)")
                }
            }
        }
        var anonymous = subject
        anonymous.issuer = nil
        #expect(!IncidentScope.issuer("cmcc").touches(anonymous))
    }
}
