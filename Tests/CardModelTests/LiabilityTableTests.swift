import Testing
import WireFormat

@testable import CardModel

@Suite("Liability: the table as data")
struct LiabilityTableTests {
    private let table = LiabilityTable.standard

    private func with(
        rows: [LiabilityTable.Row]? = nil,
        exclusions: [LiabilityTable.ExclusionRow]? = nil
    ) -> LiabilityTable {
        LiabilityTable(
            id: table.id,
            version: table.version,
            rows: rows ?? table.rows,
            exclusions: exclusions ?? table.exclusions
        )
    }

    /// What refuses a table: faults at load, then the vectors it fails; empty if nothing does.
    private func refusals(_ table: LiabilityTable) -> [String] {
        let faults = table.faults.map(\.detail)
        return faults.isEmpty ? LiabilityVector.failures(of: table) : faults
    }

    @Test("every line of the vectors is read, once, and reaches every row of the table")
    func vectorsAreRead() {
        let lines = RuleVectorFile.lines("liability.tsv")
        #expect(lines.count == LiabilityVector.all.count)
        #expect(lines.count > 100)
        #expect(Set(lines.map { $0[0] }).count == lines.count)
        let fired = Set(LiabilityVector.all.map { Liability.decide($0.facts).rule })
        #expect(fired.isSuperset(of: table.rows.map(\.id) + table.exclusions.map(\.id)))
    }

    @Test(
        "a defect is answered for as the requirements say (M3-19, M1-05, M1-06)",
        arguments: LiabilityVector.all
    )
    func vector(vector: LiabilityVector) {
        let liability = Liability.decide(vector.facts)
        #expect(
            vector.isFulfilled(by: liability),
            "\(vector.id): \(liability) in place of \(vector.party), \(vector.ground)"
        )
    }

    @Test("the shipped table has no fault, and says the same written and read")
    func standard() throws {
        #expect(table.faults.isEmpty)
        #expect(try LiabilityTable(jsonValue: table.jsonValue) == table)
    }

    @Test("without any one row the table is refused in words that name it, or fails its vectors")
    func withoutEachRow() {
        for (index, row) in table.rows.enumerated() {
            var rows = table.rows
            rows.remove(at: index)
            let mutant = with(rows: rows)
            let faults = mutant.faults.map(\.detail)
            #expect(
                faults.allSatisfy { isAbout(row, $0) },
                "\(row.id): \(faults)"
            )
            let failed = LiabilityVector.failures(of: mutant)
            #expect(!failed.isEmpty, "no vector needs \(row.id)")
            let states = LiabilityVector.all.filter { failed.contains($0.id) }
                .map(\.facts.verdict.state)
            #expect(Set(states) == [row.state], "\(row.id): \(failed)")
        }
    }

    /// A fault that names the state, and where a case is missing the case; or a row of the state.
    private func isAbout(_ row: LiabilityTable.Row, _ fault: String) -> Bool {
        guard fault.contains("no row decides `\(row.state.rawValue)`") else {
            return fault.contains("`liability.\(row.state.rawValue).")
        }
        return row.condition.holder.map { fault.contains("holder: \($0.word)") } ?? true
            && row.condition.timing.map { fault.contains("timing: \($0.rawValue)") } ?? true
    }

    @Test("with the party of any one row exchanged for any other the table is refused")
    func exchangedParties() {
        for (index, row) in table.rows.enumerated() {
            for party in LiableParty.allCases where party != row.party {
                var rows = table.rows
                rows[index] = LiabilityTable.Row(
                    id: row.id,
                    state: row.state,
                    condition: row.condition,
                    party: party,
                    ground: row.ground
                )
                let refusals = refusals(with(rows: rows))
                #expect(!refusals.isEmpty, "\(row.id) for \(party)")
            }
        }
    }

    @Test("without any one condition of a row the table is refused")
    func weakenedConditions() {
        let facets: [(inout LiabilityCondition) -> Void] = [
            { $0.timing = nil }, { $0.holder = nil }, { $0.circumstance = nil },
            { $0.isShelfLifeShort = nil }, { $0.isDeadAtDispense = nil }, { $0.isHandedOver = nil },
        ]
        for (index, row) in table.rows.enumerated() {
            for weaken in facets {
                var condition = row.condition
                weaken(&condition)
                guard condition != row.condition else { continue }
                let isLastOfState = table.rows(of: row.state).last == row
                var rows = table.rows
                rows[index] = LiabilityTable.Row(
                    id: row.id,
                    state: row.state,
                    condition: condition,
                    party: row.party,
                    ground: row.ground
                )
                // What the last row of a state asks for is all that is left.
                #expect(
                    isLastOfState || !refusals(with(rows: rows)).isEmpty,
                    "nothing needs what \(row.id) asks for"
                )
            }
        }
    }

    @Test("without any one exclusion, and any state that it explains, the table is refused")
    func exclusions() {
        for (index, row) in table.exclusions.enumerated() {
            var rows = table.exclusions
            rows.remove(at: index)
            let without = with(exclusions: rows).faults.map(\.detail)
            #expect(without.contains { $0.contains(row.kind.rawValue) }, "\(row.id)")
            for state in row.states {
                rows = table.exclusions
                rows[index] = LiabilityTable.ExclusionRow(
                    id: row.id,
                    kind: row.kind,
                    states: row.states.subtracting([state]),
                    party: row.party
                )
                #expect(
                    !LiabilityVector.failures(of: with(exclusions: rows)).isEmpty,
                    "no vector needs \(row.id) of \(state)"
                )
            }
            for party in LiableParty.allCases where party != row.party {
                rows = table.exclusions
                rows[index] = LiabilityTable.ExclusionRow(
                    id: row.id,
                    kind: row.kind,
                    states: row.states,
                    party: party
                )
                #expect(!refusals(with(exclusions: rows)).isEmpty, "\(row.id) for \(party)")
            }
        }
    }
}
