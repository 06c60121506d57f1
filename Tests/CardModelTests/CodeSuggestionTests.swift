import Testing

@testable import CardModel

@Suite("CardFormat: suggestions")
struct CodeSuggestionTests {
    /// Pairs that are known to be misread, written down apart from the code's own table.
    static let misreadings: [Character: [Character]] = [
        "0": ["O"], "O": ["0"], "1": ["I", "l"], "I": ["1", "l"], "l": ["1", "I"], "8": ["B"],
        "B": ["8"], "5": ["S"], "S": ["5"], "2": ["Z"], "Z": ["2", "7"], "U": ["V"], "V": ["U"],
        "M": ["N"], "N": ["M"], "G": ["6"], "6": ["G"], "7": ["Z"],
    ]

    @Test("one misread symbol of a valid code is repaired by a suggestion, in every format")
    func lookAlikes() throws {
        let seed: UInt64 = 42
        var generator = SeededGenerator(seed: seed)
        for format in CardFormat.builtIn where format.id != "generic" {
            for _ in 0..<20 {
                let key = try randomPart(format.key, &generator)
                let serial = try format.serial.map { try randomPart($0, &generator) }
                let original = format.normalise(
                    CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
                )
                guard let misread = misread(key, &generator) else { continue }
                let typed = CardCode(serial: original.serial, key: CardKey(misread))
                let found = format.suggestions(for: typed).contains { suggestion in
                    suggestion.code.key.matches(original.key)
                        && suggestion.code.serial == original.serial
                }
                let isSame = format.normalise(typed).key.matches(original.key)
                #expect(found || isSame, "seed \(seed), \(format.id)")
            }
        }
    }

    @Test("several misread symbols of both parts are repaired together")
    func plausible() throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let typed = CardCode(
            serial: SerialNumber("1O111281010000123"),
            key: CardKey("l104120000I2345678")
        )
        let suggestions = format.suggestions(for: typed)
        let suggestion = try #require(suggestions.first)
        #expect(suggestions.count == 1)
        #expect(suggestion.edit == .lookAlike)
        #expect(suggestion.code.serial?.text == "10111281010000123")
        #expect(suggestion.code.key.matches(CardKey("110412000012345678")))
        #expect(format.findings(in: suggestion.code).isEmpty)
    }

    @Test("exchanged parts are suggested in their places")
    func swap() throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let typed = CardCode(
            serial: SerialNumber("110412000012345678"),
            key: CardKey("10111281010000123")
        )
        let suggestion = try #require(format.suggestions(for: typed).first { $0.edit == .swap })
        #expect(suggestion.code.serial?.text == "10111281010000123")
        #expect(suggestion.code.key.matches(CardKey("110412000012345678")))
    }

    @Test("leading zeros that a spreadsheet ate are suggested")
    func zeros() throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let typed = CardCode(
            serial: SerialNumber("111281010000123"),
            key: CardKey("110412000012345678")
        )
        let suggestion = try #require(format.suggestions(for: typed).first)
        #expect(suggestion.edit == .leadingZeros)
        #expect(suggestion.code.serial?.text == "00111281010000123")
    }

    @Test("a text with more misreadings than one person makes has no suggestion")
    func tooMany() throws {
        let format = try #require(CardFormat.builtIn("cmcc"))
        let typed = CardCode(
            serial: SerialNumber("10111281010000123"),
            key: CardKey("OOOO12000012345678")
        )
        #expect(format.suggestions(for: typed).isEmpty)
    }

    private func randomPart(
        _ rule: CodeRule,
        _ generator: inout SeededGenerator
    ) throws -> String {
        let lengths = (1...CodeLengths.longest).filter { rule.lengths.contains($0) }
        let length = try #require(lengths.randomElement(using: &generator))
        let symbols = (0..<length).compactMap {
            rule.alphabet(at: $0).members.randomElement(using: &generator)
        }
        return String(decoding: symbols, as: UTF8.self)
    }

    private func misread(_ text: String, _ generator: inout SeededGenerator) -> String? {
        var symbols = Array(text)
        let places = symbols.indices.filter { Self.misreadings[symbols[$0]] != nil }
        guard let place = places.randomElement(using: &generator),
            let other = Self.misreadings[symbols[place]]?.randomElement(using: &generator)
        else { return nil }
        symbols[place] = other
        return String(symbols)
    }
}
