import Testing
import WireFormat

@testable import CardModel

@Suite("ServiceMetrics")
struct MerchantMetricsTests {
    private typealias Fixture = MerchantFixture
    private static let limits = GradeFormula.standard.limits

    private func metrics(
        _ outcomes: [ClaimOutcome?],
        _ subject: ServiceSubject = .merchant("m-1"),
        deliveries: Int = 1_000
    ) -> ServiceMetrics {
        ServiceMetrics(
            of: outcomes.compactMap { $0 },
            subject: subject,
            deliveries: deliveries,
            limits: Self.limits,
            asOf: Fixture.asOf
        )
    }

    @Test(
        "percentiles are the nearest rank: 50th of 100 is the 50th, 95th of 21 is the 20th (M2-24)")
    func percentiles() {
        let hundred = metrics((1...100).map { Fixture.outcome($0, answeredAfter: $0) })
        #expect(hundred.firstResponse.p50Seconds == 50)
        #expect(hundred.firstResponse.p95Seconds == 95)
        let few = metrics((1...21).map { Fixture.outcome($0, answeredAfter: $0) })
        #expect(few.firstResponse.p50Seconds == 11)
        #expect(few.firstResponse.p95Seconds == 20)
        let one = metrics([Fixture.outcome(1, answeredAfter: 7)])
        #expect(one.firstResponse.p50Seconds == 7 && one.firstResponse.p95Seconds == 7)
        #expect(metrics([]).firstResponse.p50Seconds == nil)
        #expect(metrics([]).firstResponse.inTime == nil)
    }

    @Test("an answer at the limit is in time, a second later is not (M0-36)")
    func limits() {
        func claim(_ number: Int, answered: Int, offered: Int, closed: Int) -> ClaimOutcome? {
            Fixture.outcome(
                number,
                openedBefore: 200_000,
                answeredAfter: answered,
                offeredAfter: offered,
                closedAfter: closed
            )
        }
        let found = metrics([
            claim(1, answered: 120, offered: 7_200, closed: 86_400),
            claim(2, answered: 121, offered: 7_201, closed: 86_401),
        ])
        #expect(found.firstResponse.inTime?.value == 500_000)
        #expect(found.proposal.inTime?.value == 500_000)
        #expect(found.resolution.inTime?.value == 500_000)
    }

    @Test("a claim that closed unanswered counts with its whole length (D-22)")
    func silence() {
        let found = metrics([Fixture.outcome(1, answeredAfter: nil, closedAfter: 9_000)])
        #expect(found.firstResponse.p50Seconds == 9_000)
        #expect(found.firstResponse.inTime?.value == 0)
        let short = metrics([
            Fixture.outcome(1, answeredAfter: nil, offeredAfter: nil, closedAfter: 90)
        ])
        #expect(short.firstResponse.inTime?.value == 1_000_000)
    }

    @Test("what each result counts as", arguments: ClaimOutcome.Result.allCases)
    func results(result: ClaimOutcome.Result) {
        let found = metrics([Fixture.outcome(1, family: .codeUnusable, result: result)])
        let isAnswerable = result != .notCovered && result != .fraud
        let isUpheld = [
            .remedied, .refunded, .paidOutFromDeposit, .refundedExternally, .final,
        ].contains(result)
        let isSettled = result == .remedied || result == .refunded
        #expect(found.numbers == [1])
        #expect(found.answerable == (isAnswerable ? 1 : 0))
        #expect(found.upheld == (isUpheld ? 1 : 0))
        #expect(found.dead == (isUpheld ? 1 : 0))
        #expect(found.settled == (isSettled ? 1 : 0))
    }

    @Test("a defect of the platform or the issuer counts against no merchant (M3-19)")
    func liability() {
        let outcomes = LiableParty.allCases.enumerated().map {
            Fixture.outcome($0.offset + 1, liable: $0.element)
        }
        #expect(metrics(outcomes).upheld == 1)
        #expect(metrics(outcomes, .platform).upheld == 2)
        #expect(metrics(outcomes).answerable == LiableParty.allCases.count)
    }

    @Test("a merchant is measured by its own claims, the platform by all (M1-38)")
    func subjects() {
        let outcomes = [
            Fixture.outcome(1), Fixture.outcome(2, merchant: "m-2"), Fixture.outcome(3),
        ]
        #expect(metrics(outcomes).numbers == [1, 3])
        #expect(metrics(outcomes, .platform).numbers == [1, 2, 3])
    }

    @Test("the period is half-open: its first second counts, its end does not")
    func period() {
        let days = Self.limits.periodDays * 86_400
        func closing(_ number: Int, secondsBeforeEnd: Int) -> ClaimOutcome? {
            Fixture.outcome(number, openedBefore: secondsBeforeEnd + 3_600)
        }
        let found = metrics([
            closing(1, secondsBeforeEnd: 0), closing(2, secondsBeforeEnd: 1),
            closing(3, secondsBeforeEnd: days), closing(4, secondsBeforeEnd: days + 1),
        ])
        #expect(found.numbers == [2, 3])
    }

    @Test("an outcome that was replaced no longer counts, but only its own merchant replaces it")
    func replaced() {
        let found = metrics([
            Fixture.outcome(1, result: .notCovered), Fixture.outcome(2, replaces: 1),
            Fixture.outcome(3), Fixture.outcome(4, merchant: "m-2", replaces: 3),
        ])
        #expect(found.numbers == [2, 3])
        let all = metrics(
            [Fixture.outcome(3), Fixture.outcome(4, merchant: "m-2", replaces: 3)],
            .platform
        )
        #expect(all.numbers == [3, 4])
        let future = Fixture.outcome(6, openedBefore: 0, replaces: 5)
        #expect(metrics([Fixture.outcome(5), future]).numbers == [5])
    }

    @Test("rates are in parts per million, rounded down; nothing is a share of nothing (M0-39)")
    func rates() {
        let outcomes = (1...3).map {
            Fixture.outcome($0, result: $0 == 1 ? .paidOutFromDeposit : .refunded)
        }
        let found = metrics(outcomes, deliveries: 7)
        #expect(found.resolutionRate?.value == 666_666)
        #expect(found.complaintRate?.value == 428_571)
        let none = metrics([], deliveries: 0)
        #expect(none.complaintRate == nil && none.deadRate == nil && none.deadRateInterval == nil)
        #expect(none.resolutionRate == nil)
    }

    /// From the closed form with 50 digits, z = 1.644854.
    @Test(
        "Wilson's interval has the digits of its formula (M1-02)",
        arguments: [
            (0, 100, 0, 26_343), (1, 100, 2_234, 43_582), (3, 1_000, 1_199, 7_483),
            (50, 100, 418_847, 581_153), (100, 100, 973_657, 1_000_000), (1, 1, 269_865, 1_000_000),
        ]
    )
    func wilson(count: Int, total: Int, lower: Int, upper: Int) throws {
        let interval = try #require(WilsonInterval(count, of: total))
        #expect(interval.lower.value == lower)
        #expect(interval.upper.value == upper)
    }

    @Test("the interval holds the share, narrows with more, and never leaves 0 to 1")
    func wilsonProperties() throws {
        let seed: UInt64 = 17
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let total = Int.random(in: 1...GradeDeclaration.mostDeliveries / 10, using: &generator)
            let count = Int.random(in: 0...total, using: &generator)
            let one = try #require(WilsonInterval(count, of: total))
            let ten = try #require(WilsonInterval(count * 10, of: total * 10))
            let share = try #require(PartsPerMillion(count, of: total))
            #expect(one.lower <= share && share <= one.upper, "seed \(seed): \(count) of \(total)")
            #expect(one.lower <= ten.lower && ten.upper <= one.upper, "seed \(seed)")
            #expect(one.lower.value >= 0 && one.upper.value <= PartsPerMillion.whole)
        }
        #expect(WilsonInterval(0, of: 0) == nil)
        #expect(WilsonInterval(9, of: 3) == WilsonInterval(3, of: 3))
    }

    @Test("every closed state has a result, no other has one")
    func closing() {
        for state in ClaimState.allCases {
            #expect((ClaimOutcome.Result(closing: state) != nil) == state.isClosed, "\(state)")
        }
        typealias Result = ClaimOutcome.Result
        #expect(Result(closing: .closedRemedied, settlement: .refund) == .refunded)
        #expect(Result(closing: .closedRemedied, settlement: .depositPayout) == .paidOutFromDeposit)
    }

    @Test("an outcome is read as it was written, and holds no order, code or person (M2-12)")
    func outcomeJSON() throws {
        let outcome = try #require(Fixture.outcome(7, answeredAfter: nil, replaces: 3))
        let names = outcome.jsonValue.objectValue?.members.map(\.name)
        #expect(
            names == [
                "closed_at", "family", "liable", "merchant", "number", "opened_at", "proposal_at",
                "replaces", "result",
            ]
        )
        #expect(try outcome.jsonValue.canonical() == outcome.jsonValue.serialized())
        #expect(try ClaimOutcome(jsonValue: outcome.jsonValue) == outcome)
    }

    @Test("an outcome out of order or with another spelling of a time is refused")
    func refusedOutcomes() throws {
        #expect(Fixture.outcome(0) == nil)
        #expect(Fixture.outcome(1, closedAfter: 59) == nil)
        #expect(Fixture.outcome(1, answeredAfter: -1) == nil)
        #expect(Fixture.outcome(4, replaces: 4) == nil)
        let good = try #require(Fixture.outcome(4)?.jsonValue.objectValue)
        let changes: [(String, JSONValue?)] = [
            ("closed_at", "2026-11-19T10:00:00.5Z"), ("opened_at", "2026-11-19T16:00:00+08:00"),
            ("closed_at", "2020-01-01T00:00:00Z"), ("number", nil), ("result", "good"),
            ("order", "o-1"), ("replaces", 4),
        ]
        for (name, value) in changes {
            var object = good
            object[name] = value
            #expect(throws: InvalidDocument.self, "\(name)") {
                try ClaimOutcome(jsonValue: .object(object))
            }
        }
    }

    @Test("times are published to the second")
    func seconds() throws {
        let opened = Fixture.asOf - .milliseconds(999)
        let outcome = try #require(
            ClaimOutcome(
                number: 1,
                merchant: "m",
                family: .delivery,
                result: .remedied,
                liable: .merchant,
                openedAt: opened,
                closedAt: Fixture.asOf
            )
        )
        #expect(outcome.openedAt == Fixture.asOf - .seconds(1))
    }
}
