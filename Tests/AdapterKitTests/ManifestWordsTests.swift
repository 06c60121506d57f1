import AdapterKit
import CardModel
import Testing

@Suite("Words for people in a manifest")
struct ManifestWordsTests {
    private func answers(_ rules: String, _ response: String = "") throws -> [AnswerMeaning] {
        let yaml = """
            id: a
            version: 1
            name: {en: A, zh: A}
            operations: {inquire: {effect: read_only}}
            settings: {endpoint: {kind: url, required: true}}
            request: {method: GET, url: "{settings.endpoint}/{key}"}
            response: {\(response)rules: \(rules)}
            """
        return try AdapterManifest(yaml: yaml, file: "a.yaml").descriptor.answers
    }

    @Test("stand in place of a code or of a rule's conditions; a language may be left out")
    func words() throws {
        let found = try answers(
            """
            [{when: {json: {/n: {at_least: 1}}}, state: used, en: one or more, zh: 至少一个},
             {table: {path: /code, codes: {LATE: {state: expired, zh: 逾期}, GOOD: ok_unused}}},
             {when: {json: {/a: {exists: false}}}, state: not_found}]
            """
        )
        #expect(found.map(\.words.en) == ["one or more", "LATE", "GOOD", "HTTP 200, /a is absent"])
        #expect(found.map(\.words.zhCN) == ["至少一个", "逾期", "GOOD", "HTTP 200，/a 不存在"])
        #expect(found.map(\.answer) == ["one or more", "LATE", "GOOD", "HTTP 200, /a is absent"])
    }

    @Test("a number of the manifest is shown as it is written")
    func numbers() throws {
        let found = try answers("[{when: {json: {/n: {at_least: 1}}}, state: used}]")
        #expect(found.first?.words.en == "HTTP 200, /n ≥ 1")
    }

    @Test("what the adapter itself holds against a good code is told below the rules")
    func comparisons() throws {
        let value = "value: {amount: /v, unit: minor, currency: CNY"
        let good = "[{when: {json: {/a: b}}, state: ok_unused}]"
        let states = { (response: String) in
            try self.answers(good, response).dropFirst().map(\.state)
        }
        #expect(
            try states("\(value), lower_means: partially_used, zero_means: used}, ") == [
                .used, .partiallyUsed,
            ])
        // Without a word of the manifest's own, less than promised is undervalued.
        #expect(try states("\(value)}, ") == [.undervalued])
        #expect(
            try states("expires: {path: /e, as: date, past_means_expired: true}, ") == [.expired])
        #expect(try states("expires: {path: /e, as: date}, ") == [])
        #expect(
            try states("echo: {serial: /s, key: /k, nonce: /n}, ") == [
                .conflict, .indeterminate, .indeterminate,
            ])
        let provenance = try answers(good, "provenance: {key: /k}, ")
        #expect(provenance.map(\.state) == [.okUnused, .conflict, .indeterminate])
        #expect(provenance.map(\.cause) == [nil, nil, .malformedAnswer])
        let listed = try answers(good, "provenance: {list: /cards, key: /k}, ")
        #expect(listed[1].words.en.contains("none of those"))
    }

    @Test("what is compared with a good code is not told where no answer says good")
    func nothingGood() throws {
        let found = try answers(
            "[{when: {json: {/a: b}}, state: used}]",
            "value: {amount: /v, unit: minor, currency: CNY}, "
        )
        #expect(found.map(\.state) == [.used])
    }

    @Test("a list of codes reads in Chinese with its own commas; a sentence is left as it is")
    func lists() throws {
        let yaml = """
            id: a
            version: 1
            kind: swift
            name: {en: A, zh: A}
            operations: {inquire: {effect: read_only}}
            answers: {"HTTP 401, 403": not_found, "DONE, with a code": used, "7": expired}
            """
        let found = try AdapterManifest(yaml: yaml, file: "a.yaml").descriptor.answers
        #expect(found.map(\.words.zhCN) == ["HTTP 401、403", "DONE, with a code", "7"])
        #expect(found.map(\.words.en) == ["HTTP 401, 403", "DONE, with a code", "7"])
    }

    @Test("a table's rows have them, not the rule around it")
    func tables() {
        #expect(throws: AdapterDiagnostics.self) {
            _ = try answers("[{en: x, table: {path: /code, codes: {GOOD: ok_unused}}}]")
        }
    }
}
