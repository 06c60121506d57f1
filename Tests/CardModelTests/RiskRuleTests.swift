import Testing
import WireFormat

@testable import CardModel

@Suite("RiskRule")
struct RiskRuleTests {
    private static let now = Instant(secondsSinceEpoch: 1_795_161_600)
    private static let day = Duration.seconds(86_400)

    private func rules(
        _ subject: RiskSubject,
        _ change: (inout RiskFacts) -> Void
    ) -> [RiskRule] {
        hits(subject, change).map(\.rule)
    }

    private func hits(
        _ subject: RiskSubject,
        _ change: (inout RiskFacts) -> Void
    ) -> [RiskHit] {
        var facts = RiskFacts(subject: subject, at: Self.now)
        change(&facts)
        return RiskThresholds.standard.hits(in: facts)
    }

    private func count(_ count: Int, of total: Int = 0) -> RiskCount {
        RiskCount(count, of: total, since: Self.now - Self.day)
    }

    private static let gone = MerchantSilence(
        unansweredClaims: 3,
        lastAnswerAt: now - .seconds(2 * 86_400),
        lastDeliveryAt: now - .seconds(2 * 86_400),
        withdrawalsMinor: 500,
        balanceBeforeMinor: 1_000
    )

    @Test("a window holds what is younger than its length, the instant itself included")
    func window() {
        let events = [-86_400_000, -86_399_999, -1, 0, 1].map { Self.now + .milliseconds($0) }
        let found = RiskCount(counting: events, of: events, window: Self.day, at: Self.now)
        #expect(found.count == 3 && found.total == 3)
        #expect(found.since == Self.now - Self.day)
    }

    @Test("five claims of one buyer in the window are shown to a person, four are not (M1-40)")
    func repeatComplainant() {
        #expect(rules(.buyer("b")) { $0.claims = count(5) } == [.repeatComplainant])
        #expect(rules(.buyer("b")) { $0.claims = count(4) }.isEmpty)
        #expect(rules(.merchant("m")) { $0.claims = count(500) }.isEmpty)
    }

    @Test(
        "refund requests are counted by whom or what they are about (M1-41)",
        arguments: [
            (RiskSubject.buyer("b"), 3), (.merchant("m"), 20), (.product("p"), 10),
            (.batch("s"), 5),
        ]
    )
    func refundBurst(subject: RiskSubject, least: Int) {
        #expect(rules(subject) { $0.refundRequests = count(least) } == [.refundBurst])
        #expect(rules(subject) { $0.refundRequests = count(least - 1) }.isEmpty)
        let many = rules(subject) { $0.refundRequests = count(least, of: least * 20) }
        #expect(many == [.refundBurst])
        let usual = rules(subject) { $0.refundRequests = count(least, of: least * 20 + 1) }
        #expect(usual == (subject.kind == .buyer ? [.refundBurst] : []))
    }

    @Test("bad codes count when there are enough, and more than chance explains (M1-02)")
    func dead() {
        #expect(rules(.batch("s")) { $0.deadCodes = count(3, of: 100) } == [.deadBatch])
        #expect(rules(.batch("s")) { $0.deadCodes = count(2, of: 2) }.isEmpty)
        #expect(rules(.batch("s")) { $0.deadCodes = count(3, of: 300) }.isEmpty)
        #expect(rules(.merchant("m")) { $0.deadCodes = count(10, of: 400) } == [.merchantDeadRate])
        #expect(rules(.merchant("m")) { $0.deadCodes = count(9, of: 9) }.isEmpty)
        #expect(rules(.buyer("b")) { $0.deadCodes = count(50, of: 50) }.isEmpty)
    }

    @Test(
        "a merchant is gone when all signs come together; without one of them nothing is hit"
    )
    func gone() {
        func isHit(_ change: (inout MerchantSilence) -> Void = { _ in }) -> Bool {
            var silence = Self.gone
            change(&silence)
            return rules(.merchant("m")) { $0.silence = silence } == [.merchantGone]
        }
        #expect(isHit())
        #expect(!isHit { $0.unansweredClaims = 2 })
        #expect(!isHit { $0.withdrawalsMinor = 499 })
        #expect(!isHit { $0.balanceBeforeMinor = 0 })
        #expect(!isHit { $0.lastAnswerAt = Self.now - .seconds(2 * 86_400) + .milliseconds(1) })
        #expect(!isHit { $0.lastDeliveryAt = Self.now - .seconds(2 * 86_400) + .milliseconds(1) })
        #expect(isHit { $0.lastAnswerAt = nil })
        #expect(!isHit { $0.lastDeliveryAt = nil })
        #expect(isHit { $0.withdrawalsMinor = .max })
        #expect(rules(.product("p")) { $0.silence = Self.gone }.isEmpty)
    }

    @Test("a gone merchant is shown with tier 4, and its balance stays (M4-09, D-22)")
    func goneConsequences() throws {
        let hit = try #require(hits(.merchant("m")) { $0.silence = Self.gone }.first)
        #expect(hit.rule.suggestedTier == 4)
        #expect(hit.holds == [.automaticRemedies, .depositRelease])
        #expect(hit.since == Self.gone.lastDeliveryAt)
    }

    @Test("broken promises and prices far below the market are shown (M0-38, M4-09)")
    func promisesAndPrices() throws {
        #expect(rules(.product("p")) { $0.mismatches = count(5, of: 60) } == [.promiseMismatch])
        #expect(rules(.merchant("m")) { $0.mismatches = count(4, of: 4) }.isEmpty)
        #expect(rules(.merchant("m")) { $0.mismatches = count(5, of: 250) }.isEmpty)
        let reference = try #require(Money(minorUnits: 1_000, currency: "CNY"))
        func cheap(_ minor: Int64, _ currency: String = "CNY") throws -> [RiskRule] {
            let price = try #require(Money(minorUnits: minor, currency: currency))
            return rules(.product("p")) {
                $0.price = .init(price: price, reference: reference, observedAt: Self.now)
            }
        }
        #expect(try cheap(599) == [.belowMarketPrice])
        #expect(try cheap(600).isEmpty)
        #expect(try cheap(1, "USD").isEmpty)
        #expect(try cheap(.max).isEmpty && cheap(-1).isEmpty)
    }

    @Test("a hit holds automatic remedies and nothing it can do rejects a claim (M1-42)")
    func neverRejects() {
        for rule in RiskRule.allCases { #expect(rule.holds.contains(.automaticRemedies)) }
        #expect(RiskHold.allCases == [.automaticRemedies, .depositRelease])
        for actor in [RiskRule.repeatComplainant, .refundBurst] {
            #expect(actor.holds == [.automaticRemedies])
        }
    }

    @Test("what was not counted hits nothing")
    func nothingCounted() {
        for kind in [RiskSubject.buyer("x"), .merchant("x"), .product("x"), .batch("x")] {
            #expect(rules(kind) { _ in }.isEmpty)
        }
    }

    @Test("more of a bad thing never takes a hit away")
    func monotone() {
        let seed: UInt64 = 142
        var generator = SeededGenerator(seed: seed)
        let subjects: [RiskSubject] = [.buyer("x"), .merchant("x"), .product("x"), .batch("x")]
        for _ in 0..<2_000 {
            let total = Int.random(in: 0...3_000, using: &generator)
            let bad = Int.random(in: 0...total, using: &generator)
            let worse = Int.random(in: bad...total, using: &generator)
            for subject in subjects {
                func found(_ bad: Int) -> Set<RiskRule> {
                    Set(
                        rules(subject) {
                            $0.claims = count(bad, of: total)
                            $0.refundRequests = count(bad, of: total)
                            $0.deadCodes = count(bad, of: total)
                            $0.mismatches = count(bad, of: total)
                        }
                    )
                }
                #expect(
                    found(bad).isSubset(of: found(worse)),
                    "seed \(seed): \(bad) and \(worse) of \(total), \(subject)"
                )
            }
        }
    }

    @Test("every hit has its counts and a sentence in both languages that accuses nobody")
    func texts() throws {
        let price = try #require(Money(minorUnits: 1, currency: "CNY"))
        let reference = try #require(Money(minorUnits: 10, currency: "CNY"))
        var found: [RiskHit] = []
        for subject in [RiskSubject.buyer("x"), .merchant("x"), .product("x"), .batch("x")] {
            found += hits(subject) {
                $0.claims = count(50, of: 50)
                $0.refundRequests = count(50, of: 50)
                $0.deadCodes = count(50, of: 50)
                $0.mismatches = count(50, of: 50)
                $0.silence = Self.gone
                $0.price = .init(price: price, reference: reference, observedAt: Self.now)
            }
        }
        #expect(Set(found.map(\.rule)) == Set(RiskRule.allCases))
        for hit in found {
            #expect(hit.text(in: .zhCN).hasSuffix("待人工核实。"))
            #expect(hit.text(in: .en).hasSuffix("a person looks."))
            #expect(!hit.counts.isEmpty && hit.at == Self.now)
            #expect(hit.jsonValue["rule"] == .string(hit.rule.rawValue))
            #expect(hit.jsonValue["thresholds_version"] == 1)
        }
    }
}
