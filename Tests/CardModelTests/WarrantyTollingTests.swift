import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyWindow: incidents toll it")
struct WarrantyTollingTests {
    private let start = Instant(secondsSinceEpoch: 1_795_248_000)

    private func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }

    private func end(_ incidents: [(Int, Int?)], now: Int = 10_000) -> Instant? {
        let facts = WindowFacts(
            deliveredAt: start,
            incidents: incidents.map { from, until in
                Incident(
                    kind: .issuerOutage,
                    startedAt: start + hours(from),
                    endedAt: until.map { start + hours($0) }
                )
            }
        )
        return WarrantyWindow(policy: .sevenDays, facts: facts, now: start + hours(now)).span?.end
    }

    @Test("an incident inside adds its length, one outside adds nothing")
    func simple() {
        #expect(end([]) == start + hours(168))
        #expect(end([(10, 20)]) == start + hours(178))
        #expect(end([(-20, -10)]) == start + hours(168))
        #expect(end([(-5, 5)]) == start + hours(173))
        #expect(end([(168, 180)]) == start + hours(168))
        #expect(end([(20, 10)]) == start + hours(168))
    }

    @Test("an incident that reaches the end moves the end until it is over")
    func reachesTheEnd() {
        #expect(end([(167, 200)]) == start + hours(201))
    }

    @Test("overlapping incidents count once, and one can move the end into the next")
    func overlapping() {
        #expect(end([(10, 20), (15, 30)]) == start + hours(188))
        #expect(end([(10, 40), (15, 20)]) == start + hours(198))
        #expect(end([(160, 170), (175, 180)]) == start + hours(183))
        #expect(end([(175, 180)]) == start + hours(168))
    }

    @Test("an open incident tolls up to now, and the window stays open")
    func open() {
        #expect(end([(160, nil)], now: 161) == start + hours(169))
        #expect(end([(160, nil)], now: 500) == start + hours(508))
        #expect(end([(160, nil)], now: 100) == start + hours(168))
    }

    @Test("only the kinds that the policy names toll")
    func kinds() {
        var policy = WarrantyPolicy.sevenDays
        policy.window.tolling = [.platformOutage]
        let incidents = TollingKind.allCases.map {
            Incident(kind: $0, startedAt: start + hours(1), endedAt: start + hours(2))
        }
        let span = WarrantyWindow(
            policy: policy,
            facts: WindowFacts(deliveredAt: start, incidents: incidents),
            now: start
        ).span
        #expect(span?.end == start + hours(169))
        #expect(span?.untolledEnd == start + hours(168))
    }

    private func span(
        _ incidents: [(TollingKind, Int, Int?)],
        policy: WarrantyPolicy = .sevenDays,
        sawGoodAt: Int? = nil
    ) -> WarrantyWindow.Span? {
        let facts = WindowFacts(
            placedAt: start,
            termsDisclosedAt: start,
            deliveredAt: start,
            buyerSawGoodAt: sawGoodAt.map { start + hours($0) },
            incidents: incidents.map { kind, from, until in
                Incident(
                    kind: kind, startedAt: start + hours(from),
                    endedAt: until.map { start + hours($0) })
            }
        )
        return WarrantyWindow(policy: policy, facts: facts, now: start + hours(10_000)).span
    }

    @Test("the window tells which kinds moved its end, and by how much (M3-13)")
    func prolongation() {
        let both = span([(.platformOutage, 10, 20), (.issuerOutage, 5, 15)])
        #expect(both?.prolongation == hours(15))
        #expect(both?.tolledBy == [.issuerOutage, .platformOutage])
        #expect(both?.prolongationText?.zhCN == "质保期因发行方故障、平台故障顺延 15 小时。")
        #expect(
            both?.prolongationText?.en == "The warranty ends 15 hours later because of "
                + "an outage of the issuer, an outage of the platform.")
        let hidden = span([(.issuerOutage, 5, 30), (.platformOutage, 10, 20)])
        #expect(hidden?.tolledBy == [.issuerOutage])
        for none in [span([]), span([(.issuerOutage, 168, 200)]), span([(.issuerOutage, -9, 0)])] {
            #expect(none?.prolongation == .zero && none?.tolledBy == [])
            #expect(none?.prolongationText == nil)
        }
    }

    @Test("where the buyer's own check ends the window, incidents are no reason for its end")
    func prolongationOfOneTime() {
        let outage: [(TollingKind, Int, Int?)] = [(.issuerOutage, 10, 20)]
        let early = span(outage, policy: .oneTimeVerification, sawGoodAt: 30)
        #expect(early?.ending == .buyerCheck)
        #expect(early?.prolongation == .zero && early?.tolledBy == [])
        let late = span(outage, policy: .oneTimeVerification, sawGoodAt: 170)
        #expect(late?.prolongation == hours(2))
        #expect(late?.tolledBy == [.issuerOutage])
    }

    /// The model: a budget of hours that only runs while no incident does.
    private func modelEnd(_ incidents: [(Int, Int?)], now: Int) -> Int {
        var budget = 168
        var hour = 0
        while budget > 0 {
            let isTolled = incidents.contains { from, until in
                from <= hour && hour < until ?? now
            }
            if !isTolled { budget -= 1 }
            hour += 1
        }
        // The end does not wait for an incident that begins exactly when the budget is spent.
        return hour
    }

    @Test("the end is where a budget that rests during incidents is spent")
    func agreesWithModel() {
        let seed: UInt64 = 3_141_592
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let now = Int.random(in: 0...400, using: &generator)
            let incidents = (0..<Int.random(in: 0...5, using: &generator)).map { _ -> (Int, Int?) in
                let from = Int.random(in: -50...300, using: &generator)
                let isOpen = Int.random(in: 0..<4, using: &generator) == 0
                return (from, isOpen ? nil : from + Int.random(in: -5...120, using: &generator))
            }
            #expect(
                end(incidents, now: now) == start + hours(modelEnd(incidents, now: now)),
                "seed \(seed), \(incidents), now \(now)"
            )
        }
    }
}
