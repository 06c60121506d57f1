import Gateway
import Testing

/// Files nobody should have written: each has a stated answer.
@Suite("Stock audit: hostile input") struct StockAuditHostileTests {
    @Test(
        "a file without a code is no crash and no success",
        arguments: ["", "\n", "\r\n\r\n\r", " \t \n", "\u{feff}", "serial,key,expires_on\n"]
    )
    func nothing(text: String) async throws {
        let result = try await StockAuditFixture().run([Array(text.utf8)])
        #expect(result.rows == [])
        #expect(result.summary.conclusion == .noCodes)
    }

    @Test("NUL and other control bytes make their line malformed and no other")
    func controlBytes() async throws {
        let text = "1----A\n2----B\u{0}C\n3----D\u{1b}[31m\n4----E\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "2\tmalformed\tcontrol_character", "3\tmalformed\tcontrol_character",
            ]
        )
    }

    @Test("broken UTF-8 makes its line malformed and no other")
    func brokenUTF8() async throws {
        let bytes = Array("1----A\n2----B".utf8) + [0xe9, 0x44] + Array("\n3----C\n".utf8)
        let result = try await StockAuditFixture().run([bytes])
        #expect(result.rows == ["2\tmalformed\tnot_utf8"])
        #expect(try StockEncoding.detect(in: bytes) == .utf8)
    }

    @Test("a file of nothing but binary is refused")
    func binary() {
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ 11) }
        #expect(throws: StockReadingError.notText) { try StockAuditFixture().reading(bytes) }
    }

    @Test("mixed line ends each end a line, and are counted once")
    func mixedLineEnds() async throws {
        let text = "1----A\r\n2----B\r3----C\n\r\n4----D\r\r1----A"
        let result = try await StockAuditFixture().run([Array(text.utf8)])
        #expect(result.rows == ["7\tdup\t1"])
        #expect(result.summary.lines == 7)
    }

    @Test("line ends are the same wherever a read happens to end", arguments: [1, 2, 3, 7, 64])
    func splitReads(pieceBytes: Int) async throws {
        let text = "1----A\r\n2----B\r\n\r\n1----A\r\n3----C\r1----A\r\n"
        let fixture = StockAuditFixture(pieceBytes: pieceBytes)
        #expect(try await fixture.rows(text) == ["4\tdup\t1", "6\tdup\t1"])
    }

    @Test("a CRLF across two blocks is one line end")
    func splitCRLF() async throws {
        for shift in 0..<4 {
            let filler = String(repeating: "7----FILLER\r\n", count: 81_000)
            let lead = "1----A" + String(repeating: " ", count: shift) + "\r\n"
            let rows = try await StockAuditFixture().rows(lead + filler + "1----A\r\n")
            #expect(rows.count == 81_000)
            #expect(rows.last == "81002\tdup\t1")
        }
    }

    @Test("a CRLF across two blocks is one line end in CSV with quotes too")
    func splitQuotedCRLF() async throws {
        let line = "7,\"FILLER\"\r\n"
        var lead = "1,A,\r\n"
        while (StockAuditLimits.recordBytes - lead.utf8.count) % line.utf8.count
            != line.utf8.count - 1
        {
            lead.insert("A", at: lead.index(lead.startIndex, offsetBy: 2))
        }
        let text = lead + String(repeating: line, count: 100_000) + lead
        let rows = try await StockAuditFixture(choice: .csv(separator: nil)).rows(text)
        #expect(rows.count == 100_000)
        #expect(rows.last == "100002\tdup\t1")
    }

    @Test("a line longer than the limit is malformed; the lines around it are read")
    func longLine() async throws {
        // With the second size the line's CR is the last byte of a block, its LF the next one's.
        let block = StockAuditLimits.recordBytes
        for size in [block, 2 * block - "2----".utf8.count - 1, 100 << 20] {
            let long = [UInt8](repeating: 0x41, count: size)
            let bytes = Array("1----A\n2----".utf8) + long + Array("\r\n1----A\n".utf8)
            let result = try await StockAuditFixture(pieceBytes: 1 << 16).run([bytes])
            #expect(
                result.rows == [
                    "2\tmalformed\tline_too_long: more than 1048576 bytes", "3\tdup\t1",
                ]
            )
        }
    }

    @Test("a field longer than a delivery may carry is malformed")
    func longField() async throws {
        let most = String(repeating: "A", count: StockAuditLimits.fieldSymbols)
        let text = "1----\(most)\n2----\(most)A\n3----\(String(repeating: "B", count: 5000))\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "2\tmalformed\tkey_too_long: more than 512 symbols",
                "3\tmalformed\tkey_too_long: more than 512 symbols",
            ]
        )
    }

    @Test("a quote that is never closed costs its own line only")
    func unclosedQuote() async throws {
        let tail = (3..<200).map { "\($0),K\($0)\n" }.joined()
        let text = "serial,key\n1,\"A\n" + tail + "3,K3\n"
        #expect(
            try await StockAuditFixture().rows(text) == [
                "2\tmalformed\tquote_unclosed", "200\tdup\t3",
            ]
        )
    }

    @Test("quotes that are no CSV quotes are symbols of the key")
    func literalQuotes() async throws {
        let text = "serial,key\n1,A\"B\n1,A\"B\n2,x\n"
        #expect(try await StockAuditFixture().rows(text) == ["3\tdup\t2"])
    }

    @Test("a source that breaks off gives what was read, and says so")
    func brokenSource() async throws {
        let fixture = StockAuditFixture(breaksAtEnd: true)
        let result = try await fixture.run([Array("1----A\n1----A\n2----B".utf8)])
        #expect(result.rows == ["2\tdup\t1"])
        #expect(result.summary.conclusion == .partial)
        #expect(result.summary.interruption?.afterLine == 2)
        #expect(result.summary.interruption?.message == "the disk went away")
    }

    @Test("any bytes at all are read without a crash, the same at every block and thread count")
    func noise() async throws {
        for seed in UInt64(1)...60 {
            var random = StockAuditRandom(seed: seed)
            let alphabet =
                Array("0123456789AB,,\"\"--||::\t  \r\n\n\n#".utf8) + [0, 0xef, 0xbc, 0x91]
            let bytes = (0..<Int.random(in: 0..<4000, using: &random)).map { _ in
                alphabet.randomElement(using: &random)!
            }
            for choice in [StockFormatChoice.csv(separator: nil), .separated("----"), .bareKey] {
                var fixture = StockAuditFixture(choice: choice)
                guard let once = try? await fixture.run([bytes]) else { continue }
                fixture.pieceBytes = 17
                fixture.threads = 3
                let again = try await fixture.run([bytes])
                #expect(once.rows == again.rows, "seed \(seed), \(choice)")
                #expect(once.summary.lines == again.summary.lines, "seed \(seed), \(choice)")
            }
        }
    }
}
