import CardModel
import Gateway
import Testing
import WireFormat

/// CONTRACT, audit and duplicates: the classes of a line.
@Suite("Stock audit: classes") struct StockAuditClassTests {
    private let serial = "8000123456789018"
    private let key = "AYPBZAD7EG7GWDYYM2"

    @Test("another spelling of a code is the same code: case, dashes, spaces, full-width forms")
    func spellings() async throws {
        let text = """
            8000123456789018----AYPBZAD7EG7GWDYYM2
            8000-1234-5678-9018----aypbza-d7eg7g-wdyym2
            ８０００１２３４５６７８９０１８----ＡＹＰＢＺＡＤ７ＥＧ７ＧＷＤＹＹＭ２
            8000 1234 5678 9018----AYPBZA—D7EG7G\u{200b}WDYYM2
            """
        let fixture = StockAuditFixture(format: StockAuditFixture.luhn16x18)
        #expect(try await fixture.rows(text) == ["2\tdup\t1", "3\tdup\t1", "4\tdup\t1"])
    }

    @Test("without a format case is not folded")
    func exactCase() async throws {
        #expect(
            try await StockAuditFixture().rows("1----abc\n2----d\n1----ABC\n") == [
                "3\tconflict\t1"
            ]
        )
    }

    @Test("from twelve symbols on the key alone is the code, below serial and key together")
    func keyAlone() async throws {
        let long = "1----ABCDEFGHJKLM\n2----ABCDEFGHJKLM\n3----X\n"
        #expect(try await StockAuditFixture().rows(long) == ["2\tdup\t1"])
        let short = "1----ABCDEFGHJKL\n2----ABCDEFGHJKL\n3----X\n"
        #expect(try await StockAuditFixture().rows(short) == [])
    }

    @Test("symbols are counted, not bytes")
    func symbols() async throws {
        let eleven = String(repeating: "卡", count: 11)
        #expect(try await StockAuditFixture().rows("1----\(eleven)\n2----\(eleven)\n") == [])
    }

    @Test("serial and key cannot be confused at their border")
    func border() async throws {
        #expect(try await StockAuditFixture().rows("12----345\n123----45\n") == [])
    }

    @Test("the same serial with another key is a conflict on the later line")
    func conflict() async throws {
        let text = "1----A\n2----B\n1----C\n1----C\n1----A\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "3\tconflict\t1", "4\tdup\t3", "4\tconflict\t1", "5\tdup\t1",
            ]
        )
    }

    @Test("a code of the history is sold, in any spelling and any grammar")
    func sold() async throws {
        var fixture = StockAuditFixture(format: StockAuditFixture.luhn16x18)
        fixture.history = [
            Array("8000123456789018|aypbzad7eg7gwdyym2\n".utf8),
            Array("卡号,卡密\n,U5LFSAQGT472HNUUMJ\n".utf8),
        ]
        let text = """
            8000123456789018----AYPBZAD7EG7GWDYYM2
            8000755916650049----U5LFSAQGT472HNUUMJ
            8001388376511078----55LREA8G44LTJEPPXH
            8000123456789018----AYPBZAD7EG7GWDYYM2
            """
        #expect(
            try await fixture.rows(text) == ["1\tsold", "2\tsold", "4\tdup\t1", "4\tsold"]
        )
    }

    @Test("a day before --as-of is expired, the day itself is good, empty is unknown")
    func expiry() async throws {
        let text = """
            1,A,2026-11-19
            2,B,2026-11-20
            3,C,
            4,D,2026/11/1
            5,E,20261119
            6,F,2026年11月19日
            7,G,2026-11-19 23:59:59
            8,H,2030-01-01T00:00:00Z
            """
        #expect(
            try await StockAuditFixture().rows(text) == [
                "1\texpired\t2026-11-19", "4\texpired\t2026-11-01", "5\texpired\t2026-11-19",
                "6\texpired\t2026-11-19", "7\texpired\t2026-11-19",
            ]
        )
    }

    @Test("several classes of one line come in the contract's order")
    func order() async throws {
        var fixture = StockAuditFixture()
        fixture.history = [Array("9----K\n1----C\n".utf8)]
        let text = "1,A,2030-01-01\n1,C,2020-01-01\n1,C,2020-01-01\n"
        #expect(
            try await fixture.rows(text) == [
                "2\texpired\t2020-01-01", "2\tsold", "2\tconflict\t1", "3\tdup\t2",
                "3\texpired\t2020-01-01", "3\tsold", "3\tconflict\t1",
            ]
        )
    }

    @Test("codes that are sold repeatedly by design are neither duplicates nor sold")
    func reusable() async throws {
        var fixture = StockAuditFixture()
        fixture.isReusable = true
        fixture.history = [Array("1----A\n".utf8)]
        #expect(try await fixture.rows("1----A\n1----A\n1----B\n") == ["3\tconflict\t1"])
    }

    @Test("malformed lines are only malformed: they are nobody's first line")
    func malformedOnly() async throws {
        let fixture = StockAuditFixture(format: StockAuditFixture.luhn16x18)
        let text = """
            8000123456789019----AYPBZAD7EG7GWDYYM2
            8000123456789018----AYPBZAD7EG7GWDYYM2
            8000123456789018----AYPBZAD7EG7GWDYYM
            8000123456789018----AYPBZAD7EG7GWDYYM0
            800012345678901X----AYPBZAD7EG7GWDYYM3
            """
        #expect(
            try await fixture.rows(text) == [
                "1\tmalformed\tserial_check_digit_failed",
                "3\tmalformed\tkey_wrong_length: 17, expected 18",
                "4\tmalformed\tkey_foreign_symbol: position 18; "
                    + "a look-alike at key position 18 would make it good",
                "5\tmalformed\tserial_foreign_symbol: position 16",
            ]
        )
    }

    @Test("serial and key in each other's place are told")
    func swapped() async throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let good =
            "10000000000000011----200000000000000011\n10000000000000012----200000000000000012\n"
        let text = good + "200000000000000013----10000000000000013\n"
        #expect(
            try await StockAuditFixture(format: format).rows(text) == [
                "3\tmalformed\tparts_swapped"
            ]
        )
    }

    @Test("what a spreadsheet or a web page left of a code is malformed without any format")
    func importDamage() async throws {
        let text = "1----A\n1.00000E+16----B\n2----AB&nbsp;C\n3----A\u{fffd}B\n4----A+B\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "2\tmalformed\tspreadsheet_exponent", "3\tmalformed\tmarkup",
                "4\tmalformed\tmojibake",
            ]
        )
    }

    @Test("several files are one stock; a first column names the file")
    func severalFiles() async throws {
        let files = ["1----A\n2----B", "\n2----B\nbad----\n", "1----A\n2----B\n"]
        let result = try await StockAuditFixture().run(files.map { Array($0.utf8) })
        #expect(
            result.rows == [
                "1\t2\tdup\t2 in 0", "1\t3\tmalformed\tkey_missing", "2\t1\tdup\t1 in 0",
                "2\t2\tdup\t2 in 0",
            ]
        )
        #expect(result.summary.lines == 7)
        #expect(result.summary.codes == 5)
    }

    @Test("no row holds any part of a code")
    func secrecy() async throws {
        let mark = "MARKEDQXZ"
        var lines = (0..<50).map { "\($0)----\(mark)\($0)AAAAAAA" }
        lines += lines.prefix(20) + ["3----\(mark)other", "\(mark)", "x|\(mark)", "#\(mark)"]
        lines += ["7----\(mark)\u{1}", "8----\(mark)----\(mark)", "9----\(mark)&amp;"]
        var fixture = StockAuditFixture()
        fixture.history = [Array(lines[4].utf8)]
        let rows = try await fixture.rows(lines.joined(separator: "\n"))
        #expect(rows.count >= 26)
        #expect(!rows.joined().contains("MARK"))
        let reading = try fixture.reading(Array(lines.joined(separator: "\n").utf8))
        #expect(!"\(reading)".contains("MARK"))
    }

    @Test("the conclusion follows the worst that was found")
    func conclusions() async throws {
        func conclusion(_ text: String) async throws -> StockAuditSummary.Conclusion {
            try await StockAuditFixture().run([Array(text.utf8)]).summary.conclusion
        }
        #expect(try await conclusion("1----A\n") == .clean)
        #expect(try await conclusion("1----A\n1----A\n") == .onlyDuplicates)
        #expect(try await conclusion("1----A\n1----B\n") == .defects)
        #expect(try await conclusion("1----A\n1----\n") == .defects)
        #expect(try await conclusion("\n \n") == .noCodes)
        #expect(try await conclusion("serial,key\n") == .noCodes)
    }
}
