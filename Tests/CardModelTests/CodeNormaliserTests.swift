import Foundation
import Testing

@testable import CardModel

@Suite("CodeNormaliser")
struct CodeNormaliserTests {
    static let spellings: [(String, String)] = [
        ("１２３４", "1234"),
        ("ＡＢｃｄ", "ABcd"),
        ("１２３４－５６７８", "12345678"),
        ("12\u{3000}34", "1234"),
        ("\u{FEFF}1234", "1234"),
        ("12\u{200B}34\u{200D}", "1234"),
        ("12\u{00A0}34\r", "1234"),
        ("\t12 34 \n", "1234"),
        ("12\u{2010}34\u{2011}56\u{2012}7", "1234567"),
        ("12\u{2013}34\u{2014}56\u{2015}7", "1234567"),
        ("12\u{2212}34\u{FE63}56\u{FE58}7", "1234567"),
        ("12----34", "1234"),
        ("00012", "00012"),
        ("aB：9", "aB:9"),
        ("O0I1l", "O0I1l"),
        ("卡密", "卡密"),
        ("\u{FFFD}1", "\u{FFFD}1"),
        ("²①", "²①"),
        ("", ""),
    ]

    @Test("a spelling becomes its normal form", arguments: spellings)
    func normalForm(spelling: String, expected: String) {
        #expect(CodeNormaliser(letterCase: .exact).normalise(spelling) == expected)
    }

    @Test("case changes only where the rule says so")
    func letterCase() {
        #expect(CodeNormaliser(letterCase: .exact).normalise("aBｃ-9") == "aBc9")
        #expect(CodeNormaliser(letterCase: .upper).normalise("aBｃ-9é") == "ABC9é")
        #expect(CodeNormaliser(letterCase: .lower).normalise("aBＣ-9É") == "abc9É")
    }

    @Test(
        "whatever Foundation's NFKC makes of a full-width symbol is what normalisation makes of it"
    )
    func agreesWithCompatibilityMapping() throws {
        let normaliser = CodeNormaliser(letterCase: .exact, keepsDashes: true)
        for value in UInt32(0xFF01)...0xFF5E {
            let symbol = String(try #require(Unicode.Scalar(value)))
            #expect(
                normaliser.normalise(symbol) == symbol.precomposedStringWithCompatibilityMapping
            )
        }
    }

    @Test(
        "bytes that are no UTF-8 pass through",
        arguments: [[0x31, 0xFF, 0x32], [0xE2, 0x80], [0xC0, 0xAF]]
    )
    func malformedBytes(bytes: [UInt8]) {
        #expect(normalised(bytes, .exact) == bytes)
    }

    @Test("bytes are appended to what the buffer holds")
    func appends() {
        var buffer = Array("1:".utf8)
        Array("ａ-b".utf8).withUnsafeBytes {
            CodeNormaliser(letterCase: .upper).normalise(into: &buffer, from: $0)
        }
        #expect(String(decoding: buffer, as: UTF8.self) == "1:AB")
    }

    @Test("text and bytes agree, twice changes nothing, and the normal form is never longer")
    func algebra() {
        var generator = SeededGenerator(seed: 20_261_120)
        let symbols = Array("0aZ- \t\u{FEFF}—－９ｚ卡é\u{FFFD}\u{1F600}\u{200B}\0:".unicodeScalars)
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                text.unicodeScalars.append(symbols.randomElement(using: &generator) ?? "0")
            }
            for letterCase in LetterCase.allCases {
                let normaliser = CodeNormaliser(letterCase: letterCase)
                let normal = normaliser.normalise(text)
                #expect(
                    normalised(Array(text.utf8), letterCase) == Array(normal.utf8),
                    "seed 20261120"
                )
                #expect(normaliser.normalise(normal) == normal)
                #expect(normal.utf8.count <= text.utf8.count)
            }
        }
    }

    private func normalised(_ bytes: [UInt8], _ letterCase: LetterCase) -> [UInt8] {
        var buffer: [UInt8] = []
        bytes.withUnsafeBytes {
            CodeNormaliser(letterCase: letterCase).normalise(into: &buffer, from: $0)
        }
        return buffer
    }
}
