import Testing
import WireFormat

@testable import CardModel

@Suite("FormatFinding")
struct FormatFindingTests {
    private func reasons(
        _ formatID: String,
        _ serial: String?,
        _ key: String
    ) throws -> [String] {
        let format = try #require(CardFormat.builtIn(formatID))
        let code = format.normalise(
            CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
        )
        return format.findings(in: code).map { "\($0.part.rawValue):\($0.reason)" }
    }

    @Test("a code of the right shape has no finding")
    func plausible() throws {
        #expect(try reasons("cmcc", "10111281010000123", "110412000012345678").isEmpty)
        #expect(try reasons("generic", nil, "any-Thing_at.all").isEmpty)
    }

    @Test("a wrong length is named, of each part")
    func lengths() throws {
        #expect(
            try reasons("cmcc", "1011128101000012", "1104120000123456789")
                == ["serial:wrong_length", "key:wrong_length"]
        )
    }

    @Test("a foreign symbol is named by position with its look-alikes, never by itself")
    func foreignSymbol() throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let code = CardCode(
            serial: SerialNumber("10111281010000123"),
            key: CardKey("11O412000012345678")
        )
        let finding = try #require(format.findings(in: code).first)
        #expect(finding.defect == .foreignSymbol(position: 3, lookAlikes: ["0"]))
        #expect(!finding.isAdvisory)
        for language in Language.allCases {
            #expect(!finding.text(in: language).contains("11O4"))
            #expect(finding.text(in: language).contains("3"))
        }
    }

    @Test("exchanged parts are one finding")
    func swapped() throws {
        #expect(
            try reasons("cmcc", "110412000012345678", "10111281010000123")
                == ["serial:parts_swapped"]
        )
    }

    @Test("spreadsheet damage is told from a bad card")
    func spreadsheet() throws {
        #expect(
            try reasons("cmcc", "1.01113E+16", "110412000012345678") == [
                "serial:spreadsheet_exponent"
            ]
        )
        #expect(try reasons("generic", nil, "1E+16") == ["key:spreadsheet_exponent"])
        #expect(
            try reasons("cmcc", "10111281010000100", "110412000012345678")
                == ["serial:spreadsheet_zeros"]
        )
        #expect(try reasons("junnet", "1234567890123450", "1234567890123456").isEmpty)
        let format = try #require(CardFormat.builtIn("cmcc"))
        #expect(
            format.isPlausible(
                CardCode(
                    serial: SerialNumber("10111281010000100"),
                    key: CardKey("110412000012345678")
                )
            )
        )
    }

    @Test("mojibake and remains of HTML are refused in every format")
    func damage() throws {
        #expect(try reasons("generic", nil, "12\u{FFFD}34") == ["key:mojibake"])
        #expect(try reasons("generic", nil, "1234<br/>") == ["key:markup"])
        #expect(try reasons("generic", nil, "1234&nbsp;5") == ["key:markup"])
        #expect(try reasons("generic", nil, "A&B;C").isEmpty)
        #expect(try reasons("generic", nil, "A&B").isEmpty)
    }

    @Test("a check digit is advice in a built-in format and binding in an operator's own")
    func checkDigit() throws {
        #expect(try reasons("square", nil, "7783320001237391").contains("key:check_digit_failed"))
        let square = try #require(CardFormat.builtIn("square"))
        #expect(square.isPlausible(CardCode(serial: nil, key: CardKey("7783320001237391"))))
        let own = try CardFormat(jsonValue: [
            "id": "bench-16x18",
            "serial": ["characters": "0-9", "length": 16, "check_digit": "luhn"],
            "key": ["characters": "A-HJ-NP-Z2-9", "length": 18, "fold_case": true],
        ])
        let key = "abcdefgh-jklmnpqr-23"
        let good = own.normalise(
            CardCode(serial: SerialNumber("4539 5787 6362 1486"), key: CardKey(key))
        )
        let bad = own.normalise(
            CardCode(serial: SerialNumber("4539578763621485"), key: CardKey(key))
        )
        #expect(own.findings(in: good).isEmpty)
        #expect(own.findings(in: bad).map(\.reason) == ["check_digit_failed"])
        #expect(!own.isPlausible(bad))
    }

    @Test("an empty key is missing; a missing serial is only a remark")
    func missing() throws {
        #expect(try reasons("cmcc", nil, "110412000012345678") == ["serial:missing"])
        let format = try #require(CardFormat.builtIn("cmcc"))
        #expect(format.isPlausible(CardCode(serial: nil, key: CardKey("110412000012345678"))))
        #expect(try reasons("steam", nil, "--") == ["key:missing"])
    }

    @Test("an unknown beginning is only a remark")
    func prefix() throws {
        #expect(try reasons("apple", nil, "ABCDEFGHJKLMNPQR") == ["key:unknown_prefix"])
        #expect(try reasons("apple", nil, "xbcdefghjklmnpqr").isEmpty)
    }

    @Test("every finding has a sentence in both languages")
    func texts() {
        let defects: [FormatFinding.Defect] = [
            .missing, .wrongLength(3, allowed: .exactly(4)),
            .foreignSymbol(position: 1, lookAlikes: []),
            .foreignSymbol(position: 1, lookAlikes: ["0", "Q"]), .unknownPrefix, .partsSwapped,
            .spreadsheetExponent, .spreadsheetZeros, .mojibake, .markup, .checkDigitFailed,
        ]
        for defect in defects {
            let finding = FormatFinding(part: .key, defect: defect, isAdvisory: false)
            #expect(finding.text(in: .zhCN) != finding.text(in: .en))
            #expect(finding.text(in: .zhCN).contains("卡密"))
        }
    }
}

@Suite("CardFormat: read from a document")
struct CardFormatReadingTests {
    @Test("every fault is reported at once, each with its pointer")
    func faults() throws {
        let document: JSONValue = [
            "id": 7, "colour": "red",
            "serial": ["characters": "9-0", "length": ["min": 9, "max": 3]],
            "key": ["length": 0, "check_digit": "crc", "fold_case": "yes"],
        ]
        let error = try #require(throws: InvalidDocument.self) {
            try CardFormat(jsonValue: document)
        }
        #expect(
            Set(error.issues.map(\.pointer)) == [
                "/id", "/colour", "/serial/characters", "/serial/length", "/key/characters",
                "/key/length", "/key/check_digit", "/key/fold_case",
            ]
        )
    }

    @Test("something that is no mapping is one fault, and never a crash")
    func notAMapping() throws {
        let error = try #require(throws: InvalidDocument.self) { try CardFormat(jsonValue: [1]) }
        #expect(error.issues.first?.pointer == "")
    }

    @Test("a class is read as in a regular expression")
    func classes() throws {
        let set = try #require(SymbolSet(classText: "A-CX0-2-"))
        #expect(String(decoding: set.members, as: UTF8.self) == "-012ABCX")
        for bad in ["", "z-a", "a b", "é"] { #expect(SymbolSet(classText: bad) == nil) }
    }
}
