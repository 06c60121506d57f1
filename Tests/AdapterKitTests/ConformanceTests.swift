import AdapterKit
import CardModel
import Testing

@Suite("The conformance cases")
struct ConformanceTests {
    private func fixtures() throws -> ConformanceFixtures {
        try ConformanceFixtures(yaml: TownLibrary.fixtures, file: "fixtures.yaml")
    }

    @Test("a sound adapter breaks no rule")
    func sound() async throws {
        #expect(await AdapterConformance.run(try TownLibrary.factory(), try fixtures()) == [])
    }

    @Test(
        "each broken adapter is caught by the case named for it",
        arguments: BrokenAdapter.Fault.allCases
    )
    func broken(fault: BrokenAdapter.Fault) async throws {
        let adapter = BrokenAdapter(sound: try TownLibrary.adapter(), fault: fault)
        let `case` = try named(fault.caughtBy)
        let findings = await AdapterConformance.run(adapter, try fixtures(), cases: [`case`])
        #expect(!findings.isEmpty)
    }

    private func named(_ name: String) throws -> ConformanceCase {
        try #require(AdapterConformance.cases.first { $0.name == name })
    }

    private func counterFixtures() throws -> ConformanceFixtures {
        try ConformanceFixtures(yaml: TownCounter.fixtures(), file: "redemptions.yaml")
    }

    @Test("a sound adapter that redeems breaks no rule")
    func soundRedemptions() async throws {
        let fixtures = try counterFixtures()
        #expect(await AdapterConformance.run(TownCounter.factory(), fixtures) == [])
    }

    @Test(
        "each adapter that redeems and is broken is caught by the case named for it",
        arguments: TownCounter.Fault.allCases
    )
    func brokenRedemptions(fault: TownCounter.Fault) async throws {
        let fixtures = try counterFixtures()
        let findings = await AdapterConformance.run(
            TownCounter.factory(fault),
            fixtures,
            cases: [try named(fault.caughtBy)]
        )
        #expect(!findings.isEmpty)
    }

    @Test("there are at least forty cases, each with a name of its own and a rule")
    func caseNames() {
        let names = AdapterConformance.cases.map(\.name)
        #expect(names.count >= 40 && Set(names).count == names.count)
        #expect(
            AdapterConformance.cases.allSatisfy { !$0.rule.en.isEmpty && !$0.rule.zhCN.isEmpty })
    }

    @Test("what does not apply to an adapter is said, not passed")
    func notApplicable() async throws {
        let results = await AdapterConformance.results(
            of: TownCounter.factory(),
            try counterFixtures()
        )
        let inquiries = results.filter { $0.case.scope == .inquiries }
        #expect(!inquiries.isEmpty && inquiries.allSatisfy { $0.outcome == .notApplicable })
        let orders = results.filter { $0.case.scope == .redemptions }
        #expect(orders.count > 10 && orders.allSatisfy { $0.outcome == .passed })
    }

    @Test("a finding shows no secret")
    func findings() async throws {
        let adapter = BrokenAdapter(sound: try TownLibrary.adapter(), fault: .keepsRawAnswers)
        let text = "\(await AdapterConformance.run(adapter, try fixtures()))"
        #expect(!text.contains(TownLibrary.key) && !text.contains(TownLibrary.token))
    }

    @Test("a fixture file's errors name their lines")
    func fixtureErrors() throws {
        let yaml = """
            adapter: x
            attacks: {good: god}
            cases:
              - name: good
                key: k
                asked_at: yesterday
                answers: []
                expect: {stat: used}
            """
        #expect(throws: AdapterDiagnostics.self) {
            try ConformanceFixtures(yaml: yaml, file: "answers.yaml")
        }
        do {
            _ = try ConformanceFixtures(yaml: yaml, file: "answers.yaml")
        } catch {
            let lines = error.all.map { $0.line }
            #expect(lines.contains(6) && lines.contains(8), "\(error)")
        }
    }
}
