import Testing
import WireFormat

@Suite("Strict JSON") struct JSONParserTests {
    @Test("members keep their order and numbers their lexeme")
    func order() throws {
        let text = #"{"b":1,"a":[1.50,-0,12345678901234567890,true,null,"\u00e9\ud83d\ude00\n"]}"#
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(value.objectValue?.members.map(\.name) == ["b", "a"])
        let expected: JSONValue = [
            .decimal("1.50"), .decimal("-0"), .decimal("12345678901234567890"), true, nil, "é😀\n",
        ]
        #expect(value["a"] == expected)
        #expect(value.value(atPointer: "/a/5") == "é😀\n")
    }

    @Test(
        "what is not strict JSON is refused with the reason and the place",
        arguments: [
            (#"{"a":1,"a":2}"#, JSONError.Reason.duplicateKey, "/a"),
            (#"{"a":{"b":[1,{"c":1,"c":2}]}}"#, .duplicateKey, "/a/b/1/c"),
            (#"{"a":01}"#, .syntax, "/a"), (#"{"a":1.}"#, .syntax, "/a"),
            (#"{"a":+1}"#, .syntax, "/a"), (#"{"a":NaN}"#, .syntax, "/a"),
            (#"[1,]"#, .syntax, "/1"), (#"{"a":1,}"#, .syntax, ""), ("", .syntax, ""),
            ("{} {}", .syntax, ""), (#""\ud800""#, .invalidUTF8, ""), (#""\x41""#, .syntax, ""),
            ("\"\u{01}\"", .syntax, ""), ("tru", .syntax, ""), ("'a'", .syntax, ""),
            (
                String(repeating: "[", count: 33) + String(repeating: "]", count: 33), .tooDeep,
                String(repeating: "/0", count: 32)
            ),
        ]
    )
    func refusals(text: String, reason: JSONError.Reason, pointer: String) {
        let failure = #expect(throws: JSONError.self) {
            try JSONValue.parse(Array(text.utf8))
        }
        #expect(failure?.reason == reason)
        #expect(failure?.pointer == pointer)
    }

    @Test("bytes that are not UTF-8 are refused in names and in values")
    func badUTF8() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x7B, 0x22, 0x80, 0x22, 0x3A, 0x31, 0x7D], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
        ] {
            #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
        }
    }

    @Test("a wide object with a duplicate far apart is still found")
    func wideDuplicate() {
        let names = (0..<500).map { "\"k\($0)\":\($0)" } + ["\"k3\":0"]
        let text = "{" + names.joined(separator: ",") + "}"
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
    }

    @Test("a text over the byte limit is refused before it is read")
    func tooLarge() {
        let failure = #expect(throws: JSONError.self) {
            try JSONValue.parse([0x31, 0x31, 0x31], limits: JSONLimits(depth: 1, bytes: 2))
        }
        #expect(failure?.reason == .tooLarge)
    }

    @Test("printing and reading are inverse for random values")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            let value = random.jsonValue(depth: 4)
            #expect(try JSONValue.parse(value.serialized()) == value, "seed \(seed)")
        }
    }

    @Test("the canonical form orders names by UTF-16 and refuses what a double would round")
    func canonical() throws {
        let value: JSONValue = ["\u{20ac}": 1, "\r": 2, "1": 4, "\u{1F600}": 5, "\u{FB33}": 6]
        let names = try JSONValue.parse(value.canonical()).objectValue?.members.map(\.name)
        #expect(names == ["\r", "1", "\u{20ac}", "\u{1F600}", "\u{FB33}"])
        #expect(throws: JSONError.self) { try JSONValue.decimal("1.5").canonical() }
        #expect(throws: JSONError.self) { try JSONValue.integer(1 << 53).canonical() }
        #expect(throws: JSONError.self) { try JSONValue.integer(.min).canonical() }
    }
}

/// A small seeded generator (SplitMix64), so that a printed seed replays a run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func text() -> String {
        let alphabet: [Character] = ["a", "\"", "\\", "/", "\n", "\u{1}", "é", "卡", "😀", "~"]
        return String(
            (0..<Int.random(in: 0...8, using: &self)).map { _ in
                alphabet.randomElement(using: &self) ?? "a"
            }
        )
    }

    mutating func jsonValue(depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
        case 3: return .decimal("\(Int.random(in: 0...99, using: &self)).50")
        case 4: return .string(text())
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &self)).map { _ in
                    jsonValue(depth: depth - 1)
                }
            )
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0...4, using: &self)).map {
                        .init(name: "\($0)" + text(), value: jsonValue(depth: depth - 1))
                    }
                )
            )
        }
    }
}
