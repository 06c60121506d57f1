import CardModel
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("What a command prints and how it ends")
struct OutputTests {
    @Test("columns line up where symbols take two cells")
    func table() {
        let table = Table(header: ["名称", "B"], rows: [["a", "1"], ["卡密", "2"], ["ab", "3"]])
        #expect(table.text == "名称  B\na     1\n卡密  2\nab    3")
    }

    @Test("combining marks take no cell, full-width forms two")
    func widths() {
        #expect(Table.width(of: "e\u{301}") == 1)
        #expect(Table.width(of: "ＡＢ") == 4)
        #expect(Table.width(of: "plain") == 5)
    }

    @Test(
        "--lang, then LC_ALL, LC_MESSAGES and LANG, then English",
        arguments: [
            (nil, [:], Language.en),
            (nil, ["LANG": "zh_CN.UTF-8"], .zhCN),
            (nil, ["LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"], .en),
            (nil, ["LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "C"], .zhCN),
            ("en", ["LANG": "zh_CN.UTF-8"], .en),
            ("zh-CN", [:], .zhCN),
        ] as [(String?, [String: String], Language)]
    )
    func language(option: String?, environment: [String: String], expected: Language) throws {
        #expect(
            try LanguageChoice.language(option: option, environment: environment) == expected
        )
    }

    @Test("another language is an error of usage")
    func unknownLanguage() {
        #expect(throws: CommandFailure.self) {
            try LanguageChoice.language(option: "fr", environment: [:])
        }
    }

    @Test(
        "bad before undecided, duplicates apart",
        arguments: [
            ([], .allGood), ([.okUnused, .okActivatedByBuyer], .allGood),
            ([.okUnused, .used, .indeterminate], .badCode),
            ([.okUnused, .duplicateDelivery], .onlyDuplicates),
            ([.duplicateDelivery, .expired], .badCode),
            ([.okUnused, .indeterminate], .undecided), ([.unsupported], .undecided),
            ([.issuerDelay], .undecided),
        ] as [([VerdictState], CardproofExit)]
    )
    func conclusion(states: [VerdictState], expected: CardproofExit) {
        #expect(CardproofExit.conclusion(of: states) == expected)
    }

    @Test("the exit codes are those of the contract")
    func exitCodes() {
        #expect(CardproofExit.allCases.map(\.rawValue) == [0, 1, 10, 11, 12, 13, 20, 64])
        #expect(CardproofExit.page.split(separator: "\n").count == CardproofExit.allCases.count)
    }

    @Test("control characters of outsiders do not reach the terminal")
    func controls() {
        #expect(Terminal.safe("a\u{1b}[2Jb\u{9b}c\nd") == "a\u{fffd}[2Jb\u{fffd}c\nd")
        #expect(Terminal.safe("卡密 ok") == "卡密 ok")
    }

    @Test("an outline shows every member")
    func outline() {
        let value: JSONValue = ["a": 1, "b": ["c": "x", "d": ["y", nil]]]
        #expect(Outline.text(of: value) == "a: 1\nb:\n  c: x\n  d:\n    - y\n    - -")
    }

    @Test("a problem names its fields and ends with 64, a fault of the gateway with 1")
    func problems() {
        let body: JSONValue = [
            "title": "Some fields", "reason": "invalid_fields",
            "errors": [["pointer": "/merchant", "detail": "must be given"]],
        ]
        let refused = GatewayAnswer(status: 422, body: body.serialized()).failure
        #expect(refused.exit == .usage)
        #expect(refused.message.contains("/merchant: must be given"))
        #expect(GatewayAnswer(status: 503, body: []).failure.exit == .internalFailure)
    }
}
