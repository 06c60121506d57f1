import AdapterKit
import CardModel
import Testing

/// What a case cannot try is said and not passed, and fixtures that try nothing are a finding.
@Suite("What the conformance cases apply to")
struct ConformanceApplicabilityTests {
    private func results(
        _ fixtures: String,
        _ factory: AdapterFactory
    ) async throws -> [String: ConformanceResult] {
        let results = await AdapterConformance.results(
            of: factory,
            try ConformanceFixtures(yaml: fixtures, file: "answers.yaml")
        )
        return Dictionary(uniqueKeysWithValues: results.map { ($0.case.name, $0) })
    }

    private func findings(_ result: ConformanceResult?) -> String {
        if case .failed(let messages)? = result?.outcome {
            messages.joined(separator: "; ")
        } else {
            ""
        }
    }

    @Test("whoever redeems is held to the rules of asking, too")
    func orders() async throws {
        let results = try await results(TownCounter.fixtures(), TownCounter.factory())
        for name in [
            "unmapped-answer", "limits-on-requests", "configured-hosts", "hostile-code",
            "verbatim-code", "steadiness", "key-in-header", "bounded-retries",
        ] {
            #expect(results[name]?.outcome == .passed, "\(name)")
        }
    }

    @Test("answers that repeat no key, and are no JSON, leave some cases with nothing to bend")
    func nothingToBend() async throws {
        let results = try await results(TownCounter.fixtures(), TownCounter.factory())
        for name in ["other-key-echoed", "missing-members", "null-members", "bad-signature"] {
            #expect(results[name]?.outcome == .notApplicable, "\(name)")
            #expect(results[name]?.absence?.en.isEmpty == false, "\(name)")
        }
        #expect(results["self-description"]?.absence == nil)
    }

    @Test("an attack point of another verb, or undecided from the start, is a finding")
    func attackPoints() async throws {
        let wrong = TownLibrary.fixtures.replacing(
            "{good: good, unmapped: unmapped, echo: echo}",
            with: "{good: unmapped, redeemed: good, unmapped: used, echo: used, signed: good}"
        )
        let found = try await findings(results(wrong, TownLibrary.factory())["attackable"])
        for name in ["good", "redeemed", "unmapped", "echo", "signed"] {
            #expect(found.contains("`\(name)` is"), "\(name): \(found)")
        }
        #expect(found.contains("no verification is declared"))
    }

    @Test("a description names each code with its state, in lists and spans as well")
    func description() async throws {
        var descriptor = TownCounter.description
        descriptor.answers = [
            AnswerMeaning(answer: "reply other, spend", state: .used),
            AnswerMeaning(answer: "code 40 to 42", state: .notFound),
        ]
        func found(_ code: String, _ state: String) async throws -> String {
            let fixtures =
                TownCounter.fixtures()
                + "\n" + """
                      - name: described
                        operation: query
                        key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                        asked_at: 2026-11-20T08:00:00Z
                        order: {number: 4711}
                        answers: []
                        expect: {state: \(state), issuer_code: "\(code)"}
                    """
            let factory = AdapterFactory(descriptor: descriptor) { _, setup in
                TownCounter(fault: nil, setup: setup)
            }
            return try await findings(results(fixtures, factory)["described-answers"])
        }
        #expect(try await found("spend", "used") == "")
        #expect(try await found("41", "not_found") == "")
        #expect(try await found("41", "used").contains("described as not_found"))
        #expect(try await found("43", "not_found").contains("no row describes `43`"))
        #expect(try await found("2/3", "used") == "")
    }
}
