import CardModel
import Testing

/// What is spelt like a key is found in words; what people write of an outage is none.
@Suite("Codes in words")
struct CodeShapeTests {
    @Test(
        "a key is found however it is written",
        arguments: [
            "卡密123456789012345678充值失败", "key 1234 5678 9012 3456 failed",
            "ＰＩＮ：１２３４５６７８９０１２３４５６７８", "XBCDF-GHJKM-NPQRT-VWXY2-34678 is dead",
            "A1B2C-3D4E5-F6G7H", "(550e8400-e29b-41d4-a716-446655440000)",
            "see https://issuer.example/?pin=X4TK9QWE82LMZP07",
            "no 20-digit pin 12345678901234567890.", "key 12345678-90123456 failed",
            "123456789 012345678 is dead",
        ]
    )
    func found(text: String) {
        #expect(CodeShape.isFound(in: text, of: CardFormat.builtIn))
    }

    @Test(
        "dates, telephone numbers, links and sentences are no keys",
        arguments: [
            "", "系统维护", "maintenance", "2026-11-20 08:00 至 2026-11-22 08:00",
            "2026-11-20T08:00:00Z", "call 13800138000 or 010-12345678", "10010, 10086, 10000",
            "https://issuer.example/notices/17", "https://issuer.example/2026/11/20/maintenance",
            "https://issuer.example/maintenance-of-2026-11", "order 1000 2000, line 3",
            "20261120 to 20261122", "010-12345678 or 12345678", "1234567 7654321",
            "2026112-2026115", "ABCDEFG1-ABCDEFG2",
            "incompatibilities everywhere", "5000.00 CNY",
        ]
    )
    func notFound(text: String) {
        #expect(!CodeShape.isFound(in: text, of: CardFormat.builtIn))
    }

    @Test("a format that an operator stated counts, and one that takes everything does not")
    func formats() throws {
        let lengths = try #require(CodeLengths([13...13]))
        let own = CardFormat(
            id: "own", title: LocalisedText(zhCN: "自有", en: "own"), serial: nil,
            key: CodeRule(characters: .digits, lengths: lengths), mark: .operatorStated)
        #expect(CodeShape.isFound(in: "a 1234567890123 b", of: [own]))
        #expect(!CodeShape.isFound(in: "a 123456789012 b", of: [own]))
        #expect(!CodeShape.isFound(in: "a 1234567890123 b", of: [.generic]))
    }
}
