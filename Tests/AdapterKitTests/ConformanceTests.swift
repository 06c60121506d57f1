import AdapterKit
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
        let findings = await AdapterConformance.run(adapter, try fixtures())
        #expect(findings.map(\.caseName).contains(fault.caughtBy), "\(findings)")
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
