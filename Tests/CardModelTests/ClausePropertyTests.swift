import Testing

@testable import CardModel

@Suite("ClauseLinter, any text")
struct ClausePropertyTests {
    /// Words, separators and single characters that the rules react to.
    private static let pieces = [
        "不", "退", "换", "概", "一经", "售出", "质量问题", "除外", "但", "。", "，", "？", "\n", " ", "\u{200B}",
        "“", "”", "\"", "10", "分钟内", "逾期", "视为", "买家", "商家", "不得", "投诉", "拉黑", "负责", "录像", "否则",
        "加微信", "转账", "1、", "①", "😀", "e\u{301}", "\u{0}", "𠀀", "半", "十", "月", "日", ".", "-", ":",
        "٣",
    ]

    private func text(_ count: Int, _ generator: inout SeededGenerator) -> String {
        (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    @Test("no text brings it down, and every finding points into the text", arguments: 1...40)
    func anyText(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let text = text(Int.random(in: 0...400, using: &generator), &generator)
        let findings = try ClauseLinter.findings(in: text)
        let bytes = Array(text.utf8)
        for finding in findings {
            #expect(finding.bytes.upperBound <= bytes.count && !finding.bytes.isEmpty, "\(seed)")
            let clause = String(decoding: bytes[finding.bytes], as: UTF8.self)
            #expect(clause.hasPrefix(finding.excerpt), "seed \(seed)")
        }
        #expect(try ClauseLinter.findings(in: text) == findings, "seed \(seed)")
    }

    @Test("any scalars are read", arguments: 1...20)
    func anyScalars(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        for _ in 0..<2000 {
            let value = UInt32.random(in: 0...0x3_2000, using: &generator)
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        #expect(throws: Never.self, "seed \(seed)") { try ClauseLinter.findings(in: text) }
    }

    @Test("characters that cannot be seen change no finding", arguments: 1...20)
    func unseen(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rule = try #require(ClauseRule.allCases.randomElement(using: &generator))
        var hidden = ""
        for character in rule.example.unicodeScalars {
            hidden.unicodeScalars.append(character)
            if Bool.random(using: &generator) { hidden += "\u{200B}" }
        }
        let plain = try ClauseLinter.findings(in: rule.example).map(\.rule)
        #expect(try ClauseLinter.findings(in: hidden).map(\.rule) == plain, "seed \(seed)")
    }

    @Test(
        "the time grows as the text does, even for one endless sentence",
        arguments: ["不", "不得", "概不退换", "一经售出", "10分钟", "，不", "差评", "“不退", "部分", "退"]
    )
    func linear(piece: String) throws {
        let clock = ContinuousClock()
        let short = String(repeating: piece, count: 150)
        let long = String(repeating: piece, count: 1_200)
        let brief = try (0..<3).map { _ in
            try clock.measure { _ = try ClauseLinter.findings(in: short) }
        }.min()
        let spent = try clock.measure { _ = try ClauseLinter.findings(in: long) }
        // Eight times as long a text; a square would take 64 times.
        let allowed = (brief ?? .zero) * 30 + .milliseconds(50)
        #expect(spent < allowed, "\(spent) against \(brief ?? .zero)")
    }
}
