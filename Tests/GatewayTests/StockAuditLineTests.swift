import CardModel
import Testing

@testable import Gateway

@Suite("Stock audit: labelled lines, accounts, links and other separators")
struct StockAuditLineTests {
    @Test(
        "parts that are named are read by their names",
        arguments: [
            "卡号:8001 密码:KEYA\n", "卡号：8001--卡密：KEYA\n", "账号:8001--密码:KEYA\n",
            "serial: 8001, key: KEYA\n", "序列号:8001|兑换码:KEYA\n", "卡密:KEYA; 卡号:8001\n",
        ]
    )
    func labelled(line: String) async throws {
        let text = line + line
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar == .labelled)
        #expect(reading.samples.first?.serial?.count == 4)
        #expect(reading.samples.first?.key.count == 4)
        #expect(try await StockAuditFixture().rows(text) == ["2\tdup\t1"])
    }

    @Test("a labelled line without a key is malformed and no other grammar's")
    func labelMissing() async throws {
        let text = "卡号:8001 密码:KEYA\n卡号:8002 密码:KEYB\n8003----KEYC\n卡号:8004 密码:\n卡号:8 密码:C\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "3\tmalformed\tlabel_missing", "4\tmalformed\tkey_missing",
            ]
        )
    }

    @Test("an account is one code, whatever stands in it")
    func accounts() async throws {
        let text = """
            a.b@example.com----secret-1----x@example.org
            c@example.com----secret-1----x@example.org
            a.b@example.com----secret-1----x@example.org
            nobody----secret-2

            """
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar == .account)
        #expect(
            try await StockAuditFixture().rows(text) == [
                "3\tdup\t1", "4\tmalformed\tother_grammar: fits serial----key",
            ]
        )
    }

    @Test("a link is a key alone, not something before a colon")
    func links() async throws {
        let text =
            "https://redeem.example/a1\nhttps://redeem.example/b2\nhttps://redeem.example/a1\n"
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar == .bareKey)
        #expect(try await StockAuditFixture().rows(text) == ["3\tdup\t1"])
    }

    @Test(
        "a header's separator is the file's",
        arguments: [(";", "csv:;"), ("\t", "csv:tab"), ("|", "csv:|"), (",", "csv")]
    )
    func separators(separator: String, name: String) async throws {
        let rows = [
            ["卡号", "备注", "卡密", "有效期"], ["8001", "a,b", "KEYA", "2027-01-01"],
            ["8002", "\"x\(separator)y\"", "KEYB", "2020-01-01"],
        ]
        let text = rows.map { $0.joined(separator: separator) + "\r\n" }.joined()
            .replacing(separator == "," ? "a,b" : "\u{0}", with: "ab")
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar.name == name)
        #expect(try await StockAuditFixture().rows(text) == ["3\texpired\t2020-01-01"])
        let choice = try #require(StockFormatChoice(name))
        #expect(
            try await StockAuditFixture(choice: choice).rows(text) == ["3\texpired\t2020-01-01"]
        )
    }

    @Test("dated cells without a header are recognised behind any separator")
    func datedCells() throws {
        for separator in [",", ";", "\t", "|"] {
            let text = "8001\(separator)KEYA\(separator)2027-01-01\n"
            let reading = try StockAuditFixture().reading(Array(text.utf8))
            #expect(reading.samples.first?.expiresOn == "2027-01-01", "\(separator)")
        }
    }

    @Test("zeros that a spreadsheet ate are named, and a look-alike is told by its place")
    func repairs() async throws {
        let rows = try await StockAuditFixture(
            choice: .separated("----"),
            format: StockAuditFixture.luhn16x18
        ).rows(
            """
            123456789012347----AYPBZAD7EG7GWDYYM2
            8000123456789O18----AYPBZAD7EG7GWDYYM3
            8000123456789018----AYP0ZAD7EG0GWDYYM4
            8000123456789018----AYP#ZAD7EG7GWDYYM5

            """)
        #expect(
            rows == [
                "1\tmalformed\tserial_wrong_length: 15, expected 16; "
                    + "leading zeros perhaps lost from the serial",
                "2\tmalformed\tserial_foreign_symbol: position 14; "
                    + "a look-alike at serial position 14 would make it good",
                "3\tmalformed\tkey_foreign_symbol: position 4; "
                    + "a look-alike at key position 4 would make it good",
                "4\tmalformed\tkey_foreign_symbol: position 4",
            ]
        )
    }

    @Test("the fast repair agrees with the suggestions of the format")
    func agreement() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = StockAuditRandom(seed: seed)
        let format = StockAuditFixture.luhn16x18
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
        for _ in 0..<2_000 {
            var key = (0..<18).map { _ in letters.randomElement(using: &random)! }
            let place = Int.random(in: 0..<18, using: &random)
            key[place] = Array("OI01#".utf8).randomElement(using: &random)!
            let code = CardCode(
                serial: SerialNumber("8000123456789018"),
                key: CardKey(String(decoding: key, as: UTF8.self))
            )
            let suggested = format.suggestions(for: code).contains { $0.edit == .lookAlike }
            let repair = format.key.repair(of: key)
            #expect((repair == .lookAlike(position: place + 1)) == suggested, "seed \(seed)")
        }
    }
}
