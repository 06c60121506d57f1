import Testing

@testable import CardModel

@Suite("CardFormat: the built-in table")
struct CardFormatTests {
    /// One row a card: id, lengths of the serial (empty: none), lengths of the key, mark.
    static let rows: [(String, [Int], [Int], String)] = [
        ("cmcc", [17], [18], "A"), ("cmcc-jiangsu", [16], [17], "B"),
        ("cmcc-fujian", [16], [17], "B"), ("cmcc-zhejiang", [10], [8], "B"),
        ("cmcc-liaoning", [16, 18], [21], "B"), ("cmcc-guangdong", [17], [18], "C"),
        ("unicom", [15], [19], "A"), ("telecom", [19], [18], "A"), ("junnet", [16], [16], "B"),
        ("snda", [15, 16], [8, 9], "B"), ("zhengtu", [16], [8], "B"), ("qq", [9], [12], "B"),
        ("jiuyou", [13], [10], "B"), ("netease", [13], [9], "B"), ("wanmei", [10], [15], "B"),
        ("sohu", [20], [12], "B"), ("zongyou", [15], [15], "C"), ("tianxia", [15], [8], "C"),
        ("tianhong", [10, 12], [10, 15], "C"),
        ("ericsson-voucher", Array(8...20), Array(8...20), "B"), ("apple", [], [16], "B"),
        ("amazon", [], [14, 15], "B"), ("xbox", [], [25], "A"), ("nike", [19], [6], "C"),
        ("sephora", [16], [8], "C"), ("nd", [16], [8], "C"),
        ("razer-gold", [], Array(14...18), "C"), ("steam", [], [15], "B"),
        ("square", [], [16], "A"), ("gumroad", [], [32], "A"),
        ("polar", [], Array(32...96), "A"), ("licensespring", [], [16], "B"),
        ("cryptolens", [], [20], "B"),
    ]

    @Test("game cards, software keys, recharge and gift cards, memberships, accounts (M2-07)")
    func everyKindOfGoods() {
        // What a code is stands in its format, what else is sold in the kind of its policy.
        let oneOfEach = ["netease", "steam", "xbox", "cmcc", "unicom", "telecom", "apple"]
        #expect(oneOfEach.allSatisfy { CardFormat.builtIn($0) != nil })
        #expect(WarrantyPolicy.GoodsKind.allCases == [.cardKey, .membership, .account])
    }

    @Test("a row has the lengths and the mark of its source", arguments: rows)
    func row(id: String, serial: [Int], key: [Int], mark: String) throws {
        let format = try #require(CardFormat.builtIn(id))
        #expect((1...64).filter { format.serial?.lengths.contains($0) ?? false } == serial)
        #expect((1...128).filter { format.key.lengths.contains($0) } == key)
        #expect(format.mark.rawValue == mark)
        #expect(!format.title.zhCN.isEmpty && !format.title.en.isEmpty)
    }

    @Test("the table holds these rows and the generic format, each id once")
    func complete() {
        let ids = CardFormat.builtIn.map(\.id)
        #expect(ids.dropLast() == Self.rows.map(\.0)[...])
        #expect(ids.last == "generic")
        #expect(Set(ids).count == ids.count)
        #expect(CardFormat.builtIn("no-such-card") == nil)
    }

    @Test("only Gumroad, Xbox and Apple fold case")
    func caseFolding() {
        let folding = CardFormat.builtIn.filter { $0.key.letterCase != .exact }.map(\.id)
        #expect(Set(folding) == ["gumroad", "xbox", "apple"])
    }

    @Test("no card has a check digit unless its source names one")
    func checkDigits() {
        #expect(CardFormat.builtIn.filter { $0.key.checkDigit != nil }.map(\.id) == ["square"])
        #expect(CardFormat.builtIn.allSatisfy { $0.serial?.checkDigit == nil })
    }

    @Test("spellings of one code have one normal form; an empty serial is none")
    func normalise() throws {
        let xbox = try #require(CardFormat.builtIn("xbox"))
        let spellings = [
            "bcdfg-hjkmp-qrtvw-xy234-6789B", "BCDFGHJKMPQRTVWXY2346789B",
            "ＢＣＤＦＧ hjkmp—QRTVW XY234\u{200B}6789b",
        ]
        for spelling in spellings {
            let code = xbox.normalise(CardCode(serial: SerialNumber(" - "), key: CardKey(spelling)))
            #expect(code.key.matches(CardKey("BCDFGHJKMPQRTVWXY2346789B")))
            #expect(code.serial == nil)
            #expect(xbox.findings(in: code).isEmpty)
        }
    }

    @Test("an issuer is asked in its own spelling, or in the delivered one where nobody knows it")
    func issuerSpelling() throws {
        let cases: [(String, String, String)] = [
            ("xbox", "bcdfghjkmpqrtvwxy2346789b", "BCDFG-HJKMP-QRTVW-XY234-6789B"),
            ("gumroad", "0123456789abcdef0123456789abcdef", "01234567-89ABCDEF-01234567-89ABCDEF"),
            ("cmcc", "1104-1200 0012345678", "110412000012345678"),
            ("generic", " AbC\u{2013}12－x\u{200B}yz ", "AbC-12-xyz"),
            (
                "polar", "POLAR-1c285b2d-6ce6-4bc7-b8be-adb6a7e304da",
                "POLAR-1c285b2d-6ce6-4bc7-b8be-adb6a7e304da"
            ),
            ("xbox", "too-short", "TOOSHORT"),
        ]
        for (id, delivered, expected) in cases {
            let format = try #require(CardFormat.builtIn(id))
            let code = format.issuerSpelling(of: CardCode(serial: nil, key: CardKey(delivered)))
            #expect(code.key.matches(CardKey(expected)), "\(id)")
        }
    }

    @Test("the fast byte check agrees with the findings on every format")
    func acceptsAgreesWithFindings() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("0123456789ABCXabcx.+E<>&;卡".unicodeScalars)
        for format in CardFormat.builtIn {
            for _ in 0..<300 {
                var text = ""
                let length = Int.random(in: 0...33, using: &generator)
                for _ in 0..<length {
                    let isDigit = Int.random(in: 0..<20, using: &generator) > 0
                    let symbol =
                        isDigit
                        ? alphabet[Int.random(in: 0..<10, using: &generator)]
                        : alphabet.randomElement(using: &generator) ?? "0"
                    text.unicodeScalars.append(symbol)
                }
                let normal = format.key.normaliser.normalise(text)
                let accepted = Array(normal.utf8).withUnsafeBytes { format.key.accepts($0) }
                let plausible = format.key.findings(in: normal, part: .key).allSatisfy(\.isAdvisory)
                #expect(accepted == plausible, "seed 7, \(format.id), \(normal)")
            }
        }
    }
}
