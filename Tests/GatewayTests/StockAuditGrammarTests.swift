import CardModel
import Gateway
import Testing

/// CONTRACT, audit: line grammars, CSV, and the choice between them.
@Suite("Stock audit: how a file is read") struct StockAuditGrammarTests {
    @Test(
        "each line grammar is recognised and divides serial and key",
        arguments: ["----", "|", "\t", " ", ":"]
    )
    func separators(separator: String) async throws {
        let text = "8001\(separator)KEYAAAA\n8002\(separator)KEYBBBB\n8001\(separator)KEYAAAA\n"
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar == .separated(separator))
        #expect(reading.samples.first?.serial?.count == 4)
        #expect(reading.samples.first?.key.count == 7)
        #expect(try await StockAuditFixture().rows(text) == ["3\tdup\t1"])
    }

    @Test("a comma is read as CSV, or as a plain line when asked")
    func commas() throws {
        let text = Array("8001,KEYA\n8002,KEYB\n".utf8)
        #expect(try StockAuditFixture().reading(text).grammar == .csv(.headerless))
        #expect(
            try StockAuditFixture(choice: .lines).reading(text).grammar == .separated(",")
        )
    }

    @Test("a key alone on its line is read as a key, spaces and dashes inside it included")
    func bareKeys() async throws {
        let text = "ABCD-EFGH-IJKL\nMNOP-QRST-UVWX\nABCD EFGH IJKL\nABCDEFGHIJKL\n"
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.grammar == .bareKey)
        #expect(try await StockAuditFixture().rows(text) == ["3\tdup\t1", "4\tdup\t1"])
    }

    @Test(
        "a header names the columns in English or Chinese, in any order",
        arguments: [
            "serial,key,expires_on\n8001,KEYA,2020-01-01\n",
            "Key,Serial Number,Expiry Date\nKEYA,8001,2020-01-01\n",
            "卡号,卡密,有效期\n8001,KEYA,2020-01-01\n",
            "备注,\"有效期至\",密码,序列号\nx,2020-01-01,KEYA,8001\n",
        ]
    )
    func headers(text: String) async throws {
        let reading = try StockAuditFixture().reading(Array(text.utf8))
        #expect(reading.headerLine == 1)
        #expect(reading.samples.first?.serial?.symbols == .digits)
        #expect(try await StockAuditFixture().rows(text) == ["2\texpired\t2020-01-01"])
    }

    @Test("blank lines before a header do not hide it, and a header of a line grammar is no code")
    func headerPlaces() async throws {
        #expect(try await StockAuditFixture().rows("\n\nserial,key\n1,A\n1,A\n") == ["5\tdup\t4"])
        #expect(try await StockAuditFixture().rows("卡号----卡密\n1----A\n2----B\n") == [])
        #expect(try await StockAuditFixture().rows("key\nABC\nABC\n") == ["3\tdup\t2"])
    }

    @Test("quoted fields hold separators, quotes and line ends; a record counts by its first line")
    func quotes() async throws {
        let text = "serial,key,note\n1,\"A\"\"B\",\"two\nlines, and a comma\"\n1,\"A\"\"B\",x\n"
        #expect(try await StockAuditFixture().rows(text) == ["4\tdup\t2"])
    }

    @Test("a quoted record across blocks is read as one")
    func quotesAcrossBlocks() async throws {
        let filler = String(repeating: "7,\"f\nf\",x\n", count: 130_000)
        let text = "serial,key,note\n9,LAST,x\n" + filler + "9,LAST,\"n\n\"\n"
        let fixture = StockAuditFixture(pieceBytes: 8191)
        let rows = try await fixture.rows(text)
        #expect(rows.count == 130_000)
        #expect(rows.last == "260003\tdup\t2")
    }

    @Test("two readings that give different codes are refused, with both shown")
    func ambiguity() throws {
        let text = Array("A:B|C\nD:E|F\nG:H|I\n".utf8)
        let error = #expect(throws: StockReadingError.self) {
            try StockAuditFixture().reading(text)
        }
        guard case .ambiguous(let readings) = error else {
            Issue.record("not ambiguous: \(String(describing: error))")
            return
        }
        #expect(readings.map(\.grammar) == [.separated("|"), .separated(":")])
        #expect(readings.allSatisfy { $0.samples.count == 3 })
    }

    @Test("naming the format settles what is ambiguous")
    func settled() async throws {
        let text = "A:B|C\nD:E|F\nA:B|C\n"
        for separator in ["|", ":"] {
            let fixture = StockAuditFixture(choice: .separated(separator))
            #expect(try await fixture.rows(text) == ["3\tdup\t1"])
        }
    }

    @Test("a card format rules out the readings that give implausible codes")
    func formatSettles() throws {
        let text = Array("10000000000000011:200000000000000011|\n".utf8.dropLast(2)) + [0x0a]
        let format = try #require(CardFormat.builtIn("cmcc"))
        #expect(try StockAuditFixture(format: format).reading(text).grammar == .separated(":"))
        let spaced = Array("1000 0000000000011----200000000000000011\n".utf8)
        #expect(
            try StockAuditFixture(format: format).reading(spaced).grammar == .separated("----")
        )
    }

    @Test("a tie between grammars that share no line is refused too")
    func tie() {
        #expect(throws: StockReadingError.self) {
            try StockAuditFixture().reading(Array("1----A\n2|B\n".utf8))
        }
    }

    @Test("a line that fits only another grammar is malformed and says which")
    func otherGrammar() async throws {
        let text = "1----A\n2----B\n3|C\nLONELY\n4----D----E\n# note\n----F\n5----\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "3\tmalformed\tother_grammar: fits serial|key",
                "4\tmalformed\tother_grammar: fits key",
                "5\tmalformed\tseparator_repeated: 2 times",
                "6\tmalformed\tcomment_line",
                "7\tmalformed\tserial_missing",
                "8\tmalformed\tkey_missing",
            ]
        )
    }

    @Test("CSV records with too few or too many cells, or text behind a quote, are malformed")
    func csvFaults() async throws {
        let text = """
            serial,key,expires_on
            1,A,2030-01-01
            2
            3,C,,extra
            4,D,,
            5,"E"x,
            6,F,soon
            7,G,2026-02-30
            ,BAREKEY,

            """
        #expect(
            try await StockAuditFixture().rows(text) == [
                "3\tmalformed\tother_grammar: fits key",
                "4\tmalformed\tcolumns_excess: 4, expected 3",
                "6\tmalformed\ttext_after_quote",
                "7\tmalformed\texpiry_unreadable",
                "8\tmalformed\texpiry_unreadable",
            ]
        )
    }

    @Test(
        "--format takes auto, csv, lines and lines:SEP, and nothing else",
        arguments: [
            ("auto", StockFormatChoice.auto), ("csv", .csv(separator: nil)), ("lines", .lines),
            ("lines:----", .separated("----")), ("lines::", .separated(":")),
            ("lines:tab", .separated("\t")), ("lines:space", .separated(" ")),
            ("lines:bare", .bareKey), ("lines:;", .separated(";")), ("lines:", nil),
            ("tsv", nil), ("", nil), ("lines:12345678901234567", nil),
        ] as [(String, StockFormatChoice?)]
    )
    func choices(text: String, choice: StockFormatChoice?) {
        #expect(StockFormatChoice(text) == choice)
    }

    @Test("every grammar's own name selects it again")
    func names() {
        for separator in StockGrammar.knownSeparators {
            let grammar = StockGrammar.separated(separator)
            #expect(StockFormatChoice(grammar.name) == .separated(separator))
        }
        #expect(StockFormatChoice(StockGrammar.bareKey.name) == .bareKey)
        #expect(StockFormatChoice(StockGrammar.csv(.headerless).name) == .csv(separator: nil))
    }
}
