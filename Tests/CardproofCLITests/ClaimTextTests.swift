import CardModel
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("Claims in words")
struct ClaimTextTests {
    private static let claim: JSONValue = [
        "claim": "clm_1", "state": "remedy.offered", "owner": "buyer", "against": "merchant",
        "due_at": "2026-11-20T08:00:00Z", "due_is_provisional": true,
        "verdict": ["state": "used", "cause": nil],
        "deposit_backing": ["text": ["zh-CN": "不予赔付", "en": "pays nothing"]],
        "history": [
            [
                "to": "remedy.offered", "event": "remedy_offered", "actor": "merchant",
                "detail": ["event": ["note": "open"], "effects": ["notice:buyer:offer_waits"]],
            ],
            ["to": "remedy.offered", "event": "timer.rung", "detail": ["timer": "proposal"]],
        ],
    ]

    @Test("an outline has words with the token after them, and texts in one language")
    func outline() {
        let zhCN = Outline.text(of: Self.claim, in: ClaimWords(.zhCN))
        for line in [
            "state: 已提出补救方案，等待买家答复（remedy.offered）", "owner: 买家（buyer）", "against: 商家（merchant）",
            "  text: 不予赔付", "event: 提出补救方案（remedy_offered）", "timer: 提出补救方案（proposal）",
            "note: open",
        ] {
            #expect(zhCN.contains(line), "\(line) in\n\(zhCN)")
        }
        #expect(zhCN.contains("- 通知买家：对方提出了补救方案") && zhCN.contains("cause: -"))
        let english = Outline.text(of: Self.claim, in: ClaimWords(.en))
        #expect(english.contains("owner: buyer\n") && english.contains("  text: pays nothing"))
        #expect(english.contains("state: a remedy is offered to the buyer (remedy.offered)"))
    }

    @Test("a table of claims has words in place of tokens, and headings in the language")
    func table() {
        let other: JSONValue = ["claim": "clm_2", "state": "later", "due_is_provisional": false]
        let list: JSONValue = ["claims": [Self.claim, other]]
        let columns: [Listing.Column] = [
            .init("STATE", zhCN: "状态", "state"), .init("CLAIM", zhCN: "申诉", "claim"),
            .init("OWNER", "owner"), .init("PROVISIONAL", zhCN: "暂定", "due_is_provisional"),
        ]
        func lines(_ words: ClaimWords?) -> [[String]] {
            Listing(name: "claims", columns: columns, words: words).table(of: list)
                .split(separator: "\n").map { line in
                    line.split(separator: "  ").map { $0.trimmingPrefix(" ") }.map { String($0) }
                }
        }
        #expect(
            lines(ClaimWords(.zhCN)) == [
                ["状态", "申诉", "OWNER", "暂定"], ["已提出补救方案，等待买家答复", "clm_1", "买家", "是"],
                ["later", "clm_2", "-", "否"],
            ])
        #expect(lines(ClaimWords(.en)).map(\.last) == ["PROVISIONAL", "yes", "no"])
        #expect(
            lines(nil) == [
                ["STATE", "CLAIM", "OWNER", "PROVISIONAL"],
                ["remedy.offered", "clm_1", "buyer", "true"], ["later", "clm_2", "-", "false"],
            ])
    }

    @Test("an act is answered by what happened, where the claim stands, who acts and by when")
    func act() {
        let text = ActText.text(of: Self.claim, after: "remedy_offered", in: ClaimWords(.en))
        let rows = text.split(separator: "\n").map(String.init)
        let expected = [
            ("CLAIM", "clm_1"), ("HAPPENED", "a remedy was offered (remedy_offered)"),
            ("THEN", "told the buyer: "),
            ("STATE", "a remedy is offered to the buyer (remedy.offered)"),
            ("WHO MUST ACT", "buyer"), ("BY", "2026-11-20T08:00:00Z (provisional)"),
        ]
        #expect(rows.count == expected.count)
        for (row, (label, words)) in zip(rows, expected) {
            #expect(row.hasPrefix(label + " ") && row.contains(words), "\(row)")
        }
        let closed: JSONValue = ["claim": "clm_1", "state": "closed.withdrawn", "owner": nil]
        let short = ActText.text(of: closed, after: "withdrawn", in: ClaimWords(.zhCN))
        #expect(short.split(separator: "\n").count == 3)
        #expect(short.contains("撤回申诉（withdrawn）") && short.contains("（closed.withdrawn）"))
    }
}
