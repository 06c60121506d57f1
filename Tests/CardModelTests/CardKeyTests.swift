import Testing

@testable import CardModel

@Suite("CardKey")
struct CardKeyTests {
    static let marked = "MARKED7KEY7MARKED7KEY"

    @Test("a key shows through no door that Swift has for printing")
    func neverPrinted() {
        let key = CardKey(Self.marked)
        let code = CardCode(serial: SerialNumber("S1"), key: key)
        var dumped = ""
        dump(key, to: &dumped)
        dump(code, to: &dumped)
        dump([code], to: &dumped)
        dump(CodeSuggestion(edit: .swap, code: code), to: &dumped)
        let shown = [
            dumped, "\(key)", "\(code)", "\([key])", "\(Optional(key) as Any)",
            String(describing: key), String(reflecting: key), String(reflecting: code),
            String(reflecting: ["k": key]),
            String(describing: Mirror(reflecting: key).children.map { "\($0)" }),
        ]
        for text in shown {
            #expect(!text.contains("MARKED7"))
        }
        #expect("\(key)" == "••••")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test("the text is read inside the closure alone, and errors come out typed")
    func unredacted() {
        let key = CardKey(Self.marked)
        #expect(key.withUnredacted { $0.count } == 21)
        #expect(key.symbolCount == 21)
        #expect(throws: Refused.self) {
            try key.withUnredacted { _ throws(Refused) in throw Refused() }
        }
    }

    struct Refused: Error {}

    @Test("keys match when they are the same bytes")
    func matching() {
        #expect(CardKey("abc").matches(CardKey("abc")))
        #expect(!CardKey("abc").matches(CardKey("abd")))
        #expect(!CardKey("abc").matches(CardKey("abcd")))
        #expect(CardKey("").matches(CardKey("")))
        #expect(!CardKey("\u{E9}").matches(CardKey("e\u{301}")))
    }
}
