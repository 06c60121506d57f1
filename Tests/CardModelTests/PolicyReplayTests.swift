import Testing
import WireFormat

@testable import CardModel

@Suite("PolicyReplay")
struct PolicyReplayTests {
    private static let delivered = Instant(secondsSinceEpoch: 1_795_248_000)

    private static func days(_ count: Int, version: Int = 1) -> WarrantyPolicy {
        var policy = WarrantyPolicy.sevenDays
        policy.version = version
        policy.window.days = count
        return policy
    }

    /// A case as the gateway might have decided it, with the decision on record.
    private static func decided(
        _ number: Int,
        under policy: WarrantyPolicy,
        _ random: inout SeededGenerator
    ) throws -> WarrantyCase {
        var verdict = Verdict(
            state: VerdictState.allCases.randomElement(using: &random) ?? .used,
            certainty: Certainty.allCases.randomElement(using: &random) ?? .derived)
        if Bool.random(using: &random) {
            verdict.issuer = IssuerStatement(
                code: "7", at: moment(&random, within: -86_400...1_900_000))
        }
        var custody = Custody(deliveredAt: delivered)
        custody.dispenseOKAt = maybe(&random, within: -7_200...0)
        custody.dispenseBadAt = maybe(&random, within: -7_200...0)
        let began = moment(&random, within: 0...900_000)
        let incident = Incident(
            kind: .indeterminate, startedAt: began,
            endedAt: Bool.random(using: &random) ? began + .milliseconds(86_400_001) : nil)
        var warrantyCase = WarrantyCase(
            id: "chk_\(number)", product: "game-50",
            verdict: verdict.timed(custody: custody, zone: .shanghai, skewMargin: .seconds(60)),
            decidedAt: moment(&random, within: 0...2_000_000),
            custody: custody,
            window: WindowFacts(
                placedAt: delivered - .seconds(60),
                termsDisclosedAt: maybe(&random, within: -90...(-30)),
                deliveredAt: delivered,
                firstVerificationAt: maybe(&random, within: 0...900_000),
                buyerSawGoodAt: maybe(&random, within: 0...900_000),
                activatedAt: maybe(&random, within: -900...900_000),
                usedAt: maybe(&random, within: -900...900_000),
                skewMargin: .seconds(60),
                incidents: Bool.random(using: &random) ? [incident] : [],
                replacesEndingAt: maybe(&random, within: 0...900_000)),
            expiresOn: CalendarDate(of: delivered).adding(days: 40),
            price: Money(minorUnits: 5_000, currency: "CNY"),
            sameAnswers: Int.random(in: 1...2, using: &random))
        let judgement = warrantyCase.judged(under: policy)
        warrantyCase.decided = PastDecision(
            policy: try policy.pin, claim: judgement.claim.reason,
            liable: judgement.liability.party)
        return warrantyCase
    }

    private static func moment(
        _ random: inout SeededGenerator,
        within seconds: ClosedRange<Int>
    ) -> Instant {
        delivered + .milliseconds(Int.random(in: seconds, using: &random) * 1_000 + 7)
    }

    private static func maybe(
        _ random: inout SeededGenerator,
        within seconds: ClosedRange<Int>
    ) -> Instant? {
        Bool.random(using: &random) ? moment(&random, within: seconds) : nil
    }

    private static func policies(_ policies: WarrantyPolicy...) throws -> PolicyReplay.Past {
        .onRecord(
            try Dictionary(uniqueKeysWithValues: policies.map { (try $0.contentHash, $0) }))
    }

    @Test("a case says in its line all that it was decided from", arguments: 1...20)
    func line(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for number in 0..<100 {
            let written = try Self.decided(number, under: .oneTimeVerification, &random)
            for bytes in [
                written.jsonValue.serialized(), written.jsonValue.serializedWithoutNullMembers(),
            ] {
                let read = try WarrantyCase(jsonValue: try JSONValue.parse(bytes))
                #expect(read == written, "seed \(seed), case \(number)")
            }
        }
    }

    @Test("under the policy that decided nothing changes (D-10)", arguments: 1...20)
    func unchanged(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for policy in WarrantyPolicy.presets {
            let replay = PolicyReplay(past: try Self.policies(policy), after: policy)
            for number in 0..<100 {
                let decided = try Self.decided(number, under: policy, &random)
                #expect(try replay.change(of: decided) == nil, "seed \(seed), case \(number)")
            }
        }
    }

    @Test("a shorter window changes the claims that were found between its end and the old one")
    func shorterWindow() throws {
        let old = Self.days(15)
        let replay = PolicyReplay(past: try Self.policies(old), after: Self.days(7, version: 2))
        for (found, isChanged) in [
            (7 * 86_400 - 1, false), (7 * 86_400, true), (15 * 86_400, false),
        ] {
            let verdict = Verdict(state: .notFound, certainty: .authoritative)
            let warrantyCase = WarrantyCase(
                id: "chk_1", product: "p", verdict: verdict,
                decidedAt: Self.delivered + .seconds(found),
                custody: Custody(deliveredAt: Self.delivered),
                window: WindowFacts(deliveredAt: Self.delivered),
                decided: PastDecision(
                    policy: try old.pin, claim: found < 15 * 86_400 ? "open" : "window_over",
                    liable: .merchant))
            let change = try replay.change(of: warrantyCase)
            guard isChanged else {
                #expect(change == nil, "found after \(found) s")
                continue
            }
            #expect(change?.against == "w7@1")
            #expect(
                change?.differences == [
                    .init(name: "claim", before: "open", after: "window_over"),
                    .init(
                        name: "window_ends_at",
                        before: (Self.delivered + .seconds(15 * 86_400)).rfc3339,
                        after: (Self.delivered + .seconds(7 * 86_400)).rfc3339),
                    .init(name: "remedy", before: "reissue", after: "none"),
                ])
            #expect(change?.rulesBefore.contains("liability.not_found") == true)
        }
    }

    @Test("what is on record stands, also where it would be decided otherwise today")
    func record() throws {
        var random = SeededGenerator(seed: 3)
        let policy = WarrantyPolicy.sevenDays
        var warrantyCase = try Self.decided(1, under: policy, &random)
        warrantyCase.decided = PastDecision(
            policy: try policy.pin, claim: "a word of an earlier build", liable: .undetermined)
        let change = try PolicyReplay(past: try Self.policies(policy), after: policy)
            .change(of: warrantyCase)
        #expect(change?.differences.first?.before == "a word of an earlier build")
        let judged = PolicyReplay(past: .under(policy), after: policy)
        #expect(try judged.change(of: warrantyCase) == nil)
    }

    @Test("a case without a decision, or under a policy that nobody has, is named as such")
    func unknown() throws {
        var random = SeededGenerator(seed: 4)
        var warrantyCase = try Self.decided(1, under: Self.days(9), &random)
        let replay = PolicyReplay(past: try Self.policies(.sevenDays), after: .sevenDays)
        #expect(throws: PolicyReplay.UnknownPast.policy(try Self.days(9).pin)) {
            try replay.change(of: warrantyCase)
        }
        warrantyCase.decided = nil
        #expect(throws: PolicyReplay.UnknownPast.notDecided) {
            try replay.change(of: warrantyCase)
        }
    }
}
