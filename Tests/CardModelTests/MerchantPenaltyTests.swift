import Testing
import WireFormat

@testable import CardModel

@Suite("PenaltyLadder")
struct MerchantPenaltyTests {
    private static let since = Instant(secondsSinceEpoch: 1_795_000_000)

    private static func facts(_ change: (inout PenaltyFacts) -> Void = { _ in }) -> PenaltyFacts {
        var facts = PenaltyFacts(merchant: "m-1", since: since)
        change(&facts)
        return facts
    }

    private static func late(_ late: Int, of claims: Int) -> PenaltyFacts {
        facts {
            $0.claims = claims
            $0.answeredInTime = claims - late
        }
    }

    /// Written from the table: the id of a row, facts that just reach it, and facts that just miss.
    private static let rows: [(id: String, reached: PenaltyFacts, missed: PenaltyFacts)] = [
        ("missed_intervene", facts { $0.missedResponses = 2 }, facts { $0.missedResponses = 1 }),
        ("missed_downrank", facts { $0.missedResponses = 3 }, facts { $0.missedResponses = 2 }),
        ("missed_fine", facts { $0.missedResponses = 10 }, facts { $0.missedResponses = 9 }),
        ("missed_suspend", facts { $0.missedResponses = 30 }, facts { $0.missedResponses = 29 }),
        ("late_downrank", late(2, of: 20), late(1, of: 20)),
        ("late_fine", late(6, of: 20), late(5, of: 20)),
        ("late_suspend", late(10, of: 20), late(9, of: 20)),
        ("mismatch_downrank", facts { $0.confirmedMismatches = 1 }, facts()),
        (
            "mismatch_fine", facts { $0.confirmedMismatches = 3 },
            facts { $0.confirmedMismatches = 2 }
        ),
        ("gone_downrank", facts { $0.isAbscondingSuspected = true }, facts()),
        ("gone_suspend", facts { $0.isAbscondingSuspected = true }, facts()),
        (
            "absconded_ban", facts { $0.isAbscondingConfirmed = true },
            facts { $0.isAbscondingSuspected = true }
        ),
    ]

    private func ids(_ ladder: PenaltyLadder, _ facts: PenaltyFacts) -> Set<String> {
        Set(ladder.events(for: facts).map(\.row.id))
    }

    @Test("each row begins at its threshold, and not one before it (M2-17, M2-23)")
    func thresholds() {
        #expect(Self.rows.map(\.id) == PenaltyLadder.standard.rows.map(\.id))
        for row in Self.rows {
            #expect(ids(.standard, row.reached).contains(row.id), "\(row.id)")
            #expect(!ids(.standard, row.missed).contains(row.id), "\(row.id)")
        }
    }

    @Test("a table without a row, or with a row moved by one, fails the check of that row")
    func mutations() {
        for (index, row) in PenaltyLadder.standard.rows.enumerated() {
            var without = PenaltyLadder.standard.rows
            without.remove(at: index)
            #expect(!holds(row.id, PenaltyLadder(version: 1, rows: without)), "\(row.id) removed")
            for step in [-1, 1] where row.threshold + step > 0 {
                var moved = PenaltyLadder.standard.rows
                moved[index] = .init(
                    id: row.id,
                    measure: row.measure,
                    threshold: row.measure == .lateShare
                        ? row.threshold + step * 50_000 : row.threshold + step,
                    step: row.step
                )
                let ladder = PenaltyLadder(version: 1, rows: moved)
                #expect(!holds(row.id, ladder), "\(row.id) moved by \(step)")
            }
        }
        #expect(PenaltyLadder.standard.rows.allSatisfy { holds($0.id, .standard) })
    }

    private func holds(_ id: String, _ ladder: PenaltyLadder) -> Bool {
        Self.rows.filter { $0.id == id }.allSatisfy { row in
            ids(ladder, row.reached).contains(id) && !ids(ladder, row.missed).contains(id)
        }
    }

    @Test("a table that leaves out a penalty or a measure is faulty, and says which")
    func faults() {
        let standard = PenaltyLadder.standard
        #expect(standard.faults.isEmpty)
        for penalty in Penalty.allCases {
            let rows = standard.rows.filter { $0.step != .penalty(penalty) }
            #expect(
                PenaltyLadder(version: 2, rows: rows).faults.contains(.noRow(.penalty(penalty))))
        }
        for measure in PenaltyLadder.Measure.allCases {
            let rows = standard.rows.filter { $0.measure != measure }
            #expect(PenaltyLadder(version: 2, rows: rows).faults.contains(.unused(measure)))
        }
        let bent: [PenaltyLadder.Row] = [
            .init(
                id: "missed_fine", measure: .missedResponses, threshold: 99, step: .penalty(.fine)),
            .init(id: "none", measure: .missedResponses, threshold: 0, step: .penalty(.ban)),
        ]
        let faults = PenaltyLadder(version: 2, rows: standard.rows + bent).faults
        let wanted: [PenaltyLadder.Fault] = [
            .repeatedID("missed_fine"), .firesOnNothing("none"), .harderComesFirst("none"),
            .banUnconfirmed("none"),
        ]
        for fault in wanted { #expect(faults.contains(fault), "\(fault)") }
    }

    @Test("only an intervention and a place further down the list are automatic (M2-23)")
    func automatic() {
        #expect(Penalty.allCases.filter { $0.execution == .automatic } == [.downrank])
        #expect(Penalty.ban.execution == .personOnly)
        let facts = Self.facts {
            $0.missedResponses = 99
            $0.isAbscondingSuspected = true
            $0.isAbscondingConfirmed = true
        }
        let automatic = PenaltyLadder.standard.events(for: facts).filter(\.isAutomatic)
        #expect(
            Set(automatic.map(\.row.step)) == [.intervention, .penalty(.downrank)]
        )
    }

    @Test("a share of too few claims says nothing")
    func fewClaims() {
        #expect(ids(.standard, Self.late(19, of: 19)).isEmpty)
        #expect(ids(.standard, Self.late(20, of: 20)).count == 3)
        #expect(ids(.standard, Self.facts()).isEmpty)
    }

    @Test("every event names its numbers in both languages")
    func texts() {
        for row in Self.rows {
            for event in PenaltyLadder.standard.events(for: row.reached) {
                #expect(event.text(in: .zhCN).contains("\(event.value) ≥ \(event.row.threshold)"))
                #expect(event.text(in: .en).hasSuffix("."))
                #expect(event.since == Self.since && event.merchant == "m-1")
            }
        }
    }
}
