import AdapterKit
import CardModel
import Testing

@Suite("Words for people in a manifest")
struct ManifestWordsTests {
    private func answers(_ rules: String) throws -> [AnswerMeaning] {
        let yaml = """
            id: a
            version: 1
            name: {en: A, zh: A}
            operations: {inquire: {effect: read_only}}
            settings: {endpoint: {kind: url, required: true}}
            request: {method: GET, url: "{settings.endpoint}/{key}"}
            response: {rules: \(rules)}
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

    @Test("a table's rows have them, not the rule around it")
    func tables() {
        #expect(throws: AdapterDiagnostics.self) {
            _ = try answers("[{en: x, table: {path: /code, codes: {GOOD: ok_unused}}}]")
        }
    }
}
