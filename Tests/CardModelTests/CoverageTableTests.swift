import Testing
import WireFormat

@testable import CardModel

@Suite("Coverage: the table as data")
struct CoverageTableTests {
    private let table = CoverageTable.standard

    private func with(_ rows: [CoverageTable.Row]) -> CoverageTable {
        CoverageTable(id: table.id, version: table.version, rows: rows)
    }

    /// The states of the lines of `Tests/Vectors/coverage.tsv` that a table does not fulfil.
    private func failures(of table: CoverageTable) -> [String] {
        RuleVectorFile.lines("coverage.tsv").filter { cells in
            guard cells.count == 6, let state = VerdictState(rawValue: cells[0]) else {
                return true
            }
            let row = table[state]
            let remedies = row.remedies.map(\.rawValue).joined(separator: ",")
            let evidence = row.evidence.map(\.rawValue).joined(separator: ",")
            return row.covered.rawValue != cells[2] || row.claim.rawValue != cells[3]
                || (remedies.isEmpty ? "-" : remedies) != cells[4] || evidence != cells[5]
        }.map { $0[0] }
    }

    @Test("every state is covered as the verdict table says (M3-02 to M3-10, M4-01 to M4-06)")
    func vectors() {
        #expect(failures(of: table) == [])
        #expect(
            RuleVectorFile.lines("coverage.tsv").map { $0[0] }
                == VerdictState.allCases.map(\.rawValue)
        )
    }

    @Test("the shipped table has no fault, and says the same written and read")
    func standard() throws {
        #expect(table.faults.isEmpty)
        #expect(try CoverageTable(jsonValue: table.jsonValue) == table)
    }

    @Test("without any one row the table is refused in words that name the state")
    func withoutEachRow() {
        for (index, row) in table.rows.enumerated() {
            var rows = table.rows
            rows.remove(at: index)
            #expect(
                with(rows).faults.map(\.detail)
                    == ["no row says what covers `\(row.state.rawValue)`"]
            )
            #expect(failures(of: with(rows)) == [row.state.rawValue])
        }
    }

    @Test("with any one word of a row exchanged for another the table fails the line of its state")
    func exchangedWords() {
        for (index, row) in table.rows.enumerated() {
            for mutant in mutants(of: row) {
                var rows = table.rows
                rows[index] = mutant
                #expect(failures(of: with(rows)) == [row.state.rawValue], "\(mutant)")
            }
        }
    }

    private func mutants(of row: CoverageTable.Row) -> [CoverageTable.Row] {
        func with(
            covered: CoverageTable.Covered? = nil,
            claim: CoverageTable.AutomaticClaim? = nil,
            remedies: [Remedy]? = nil,
            evidence: [MinimumEvidence]? = nil
        ) -> CoverageTable.Row {
            CoverageTable.Row(
                id: row.id,
                state: row.state,
                covered: covered ?? row.covered,
                claim: claim ?? row.claim,
                remedies: remedies ?? row.remedies,
                evidence: evidence ?? row.evidence
            )
        }
        return CoverageTable.Covered.allCases.filter { $0 != row.covered }.map { with(covered: $0) }
            + CoverageTable.AutomaticClaim.allCases.filter { $0 != row.claim }
            .map { with(claim: $0) }
            + row.remedies.indices.map { index in
                with(
                    remedies: row.remedies.enumerated().filter { $0.offset != index }.map(\.element)
                )
            }
            + row.evidence.indices.map { index in
                with(
                    evidence: row.evidence.enumerated().filter { $0.offset != index }.map(\.element)
                )
            }
    }

    @Test("rows that contradict themselves are refused, each in its words")
    func contradictions() throws {
        func fault(_ state: VerdictState, _ edit: (inout JSONObject) -> Void) throws -> [String] {
            var rows = try #require(table.jsonValue["rows"]?.arrayValue)
            let index = try #require(table.rows.firstIndex { $0.state == state })
            var row = try #require(rows[index].objectValue)
            edit(&row)
            rows[index] = .object(row)
            let document: JSONValue = [
                "coverage": "cn-standard", "version": 2, "rows": .array(rows),
            ]
            do throws(InvalidDocument) {
                _ = try CoverageTable(jsonValue: document)
                return []
            } catch {
                return error.issues.map { "\($0.pointer) \($0.reason.rawValue)" }
            }
        }
        let place = { (state: VerdictState) in
            "/rows/\(table.rows.firstIndex { $0.state == state } ?? -1)"
        }
        let contradiction: (VerdictState) -> [String] = { ["\(place($0)) contradiction"] }
        #expect(
            try fault(.notFound) { $0["covered"] = "before_delivery" } == contradiction(.notFound))
        #expect(try fault(.notFound) { $0["covered"] = "none" } == contradiction(.notFound))
        #expect(try fault(.okUnused) { $0["covered"] = "always" } == contradiction(.okUnused))
        #expect(try fault(.used) { $0["claim"] = "tracked" } == contradiction(.used))
        #expect(
            try fault(.used) { $0["remedies"] = ["refund_plus_three"] } == contradiction(.used))
        #expect(try fault(.used) { $0["remedies"] = [] } == contradiction(.used))
        #expect(try fault(.used) { $0["evidence"] = [] } == contradiction(.used))
        #expect(try fault(.conflict) { $0["claim"] = "at_once" }.count == 2)
        #expect(
            try fault(.used) { $0["state"] = "invalid" } == ["\(place(.used))/state unknown_value"])
    }

    @Test("another table changes when a claim follows; the policy of an order stays as it was")
    func otherTable() throws {
        let rows = table.rows.map { row in
            row.state == .notFound
                ? CoverageTable.Row(
                    id: row.id,
                    state: row.state,
                    covered: row.covered,
                    claim: .proposed,
                    remedies: row.remedies,
                    evidence: row.evidence
                ) : row
        }
        let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
        let verdict = Verdict(state: .notFound, certainty: .authoritative)
        let decision = ClaimDecision.decide(
            verdict: verdict,
            liability: Liability.decide(LiabilityFacts(verdict: verdict, custody: Custody())),
            window: WarrantyWindow(
                policy: .sevenDays,
                facts: WindowFacts(deliveredAt: delivered),
                now: delivered
            ),
            policy: .sevenDays,
            by: with(rows),
            at: delivered
        )
        #expect(decision == .proposed(against: .merchant, family: .codeUnusable))
    }

    @Test("what a warranty can cover at all is what it could before the table was data")
    func coverable() {
        let never: Set<VerdictState> = [
            .okUnused, .okActivatedByBuyer, .duplicateStock, .indeterminate, .unsupported,
            .conflict,
        ]
        for state in VerdictState.allCases {
            #expect(state.isCoverable == !never.contains(state), "\(state)")
        }
    }
}
