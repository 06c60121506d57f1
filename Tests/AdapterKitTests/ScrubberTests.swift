import AdapterKit
import CardModel
import Testing
import WireFormat

@Suite("Scrubbing")
struct ScrubberTests {
    private func scrubber(_ key: String, secrets: [String] = []) -> Scrubber {
        Scrubber(secrets: secrets.map { SecretValue($0) })
            .adding(CardCode(serial: nil, key: CardKey(key)), format: .generic)
    }

    /// Each way in which an issuer may say a key, by other means than the scrubber's.
    private static func spellings(of key: String) -> [String] {
        plain(key) + escaped(key) + encoded(key)
    }

    private static func plain(_ key: String) -> [String] {
        let bare = key.filter { $0 != "-" }
        return [
            key, key.lowercased(), key.uppercased(), bare, bare.lowercased(), bare.uppercased(),
            String(key.suffix(10)), String(bare.suffix(10)),
            bare.map { "\($0) " }.joined(), bare.map { "\($0)-" }.joined(),
            key.map { "\($0)\u{0}" }.joined(),
        ]
    }

    private static func escaped(_ key: String) -> [String] {
        let hex = key.utf8.map { Hexadecimal.encode([$0]) }
        let percent = hex.map { "%\($0)" }.joined()
        return [
            percent, percent.replacing("%", with: "%25"), hex.map { "\\u00\($0)" }.joined(),
            hex.map { "\\\\u00\($0)" }.joined(), hex.map { "&#x\($0);" }.joined(),
            key.utf8.map { "&#\($0);" }.joined(), key.replacing("-", with: "\\u002d"),
            key.replacing("-", with: "&#45;"),
        ]
    }

    private static func encoded(_ key: String) -> [String] {
        let bare = key.filter { $0 != "-" }
        var spellings = [key, bare].flatMap { text -> [String] in
            let hex = Hexadecimal.encode(Array(text.utf8))
            return [hex, hex.uppercased()]
        }
        for before in ["", "x", "xy", "user:"] {
            spellings.append(Base64.encode(Array((before + key + "!").utf8)))
            spellings.append(Base64.encodeURL(Array((before + key).utf8)))
            spellings.append(Base64.encode(Array((before + bare + "z?").utf8)))
        }
        return spellings
    }

    @Test("finds a key in every spelling, wherever it stands", arguments: 0..<200)
    func everySpelling(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let key = random.key()
        let scrubber = scrubber(key)
        for spelling in Self.spellings(of: key) {
            let text = random.noise() + spelling + random.noise()
            let scrubbed = scrubber.scrub(text)
            #expect(scrubbed.contains(Scrubber.mark), "seed \(seed): \(spelling) stays")
            #expect(!scrubbed.contains(spelling), "seed \(seed): \(spelling) stays")
            for form in [key, key.lowercased(), key.uppercased(), String(key.suffix(10))] {
                #expect(!scrubbed.contains(form), "seed \(seed): \(spelling) leaves \(form)")
            }
        }
    }

    @Test("leaves everything else as it was", arguments: 0..<100)
    func nothingElse(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let scrubber = scrubber(random.key())
        let text = random.noise() + "{\"code\": \"0011\", \"at\": \"2026-11-18T03:12:00Z\"}"
        #expect(scrubber.scrub(text) == text)
    }

    @Test("keeps what stands around a key")
    func surroundings() {
        let text = #"{"detail":"key 1104-1200-0012-3456-78 was used","code":11}"#
        #expect(
            scrubber("110412000012345678").scrub(text)
                == #"{"detail":"key [redacted] was used","code":11}"#
        )
    }

    @Test("marks each secret once")
    func several() {
        let scrubber = scrubber("110412000012345678", secrets: ["hunter2-hunter2"])
        #expect(
            scrubber.scrub("110412000012345678/HUNTER2HUNTER2/110412000012345678")
                == "[redacted]/[redacted]/[redacted]"
        )
    }

    @Test("a full-width spelling of the key is the key")
    func fullWidth() {
        #expect(scrubber("１１０４１２００００１２").scrub("for 110412000012") == "for [redacted]")
    }

    @Test("a secret of three symbols is found as it is written")
    func short() {
        #expect(scrubber("7-Q").scrub("pin 7-Q, not 7-q") == "pin [redacted], not 7-q")
    }

    @Test("a part of ten symbols is a leak, one of nine is not taken for one")
    func parts() {
        let scrubber = scrubber("ABCDEFGHIJKLMNOPQRST")
        #expect(scrubber.scrub("…FGHIJKLMNO…") == "…[redacted]…")
        #expect(scrubber.scrub("…FGHIJKLMN…") == "…FGHIJKLMN…")
    }

    @Test("a megabyte of answer with a key at its end is scrubbed, whatever it holds")
    func large() {
        let bytes = [UInt8](repeating: UInt8(ascii: "%"), count: 1 << 18) + Array("1104120000".utf8)
        let scrubbed = scrubber("1104120000").scrub(bytes)
        #expect(scrubbed.count == (1 << 18) + Scrubber.mark.utf8.count)
    }
}

/// A generator with a seed that a failing test prints (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Three to six groups of letters and digits, or 12 to 20 digits.
    mutating func key() -> String {
        if Bool.random(using: &self) {
            return symbols("0123456789", Int.random(in: 12...20, using: &self))
        }
        return (0..<Int.random(in: 3...6, using: &self)).map { _ in
            symbols("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", 5)
        }.joined(separator: "-")
    }

    /// Text that holds no key: no run of letters and digits is long enough.
    mutating func noise() -> String {
        let words = [
            "{", "}", "\"a\":", "<b>", "%zz", "\\", "&amp;", "é", "。", "\n", "=", "/", ",",
        ]
        return (0..<Int.random(in: 0...12, using: &self)).map { _ in
            words.randomElement(using: &self) ?? ""
        }.joined() + ","
    }

    private mutating func symbols(_ alphabet: String, _ count: Int) -> String {
        String((0..<count).map { _ in alphabet.randomElement(using: &self) ?? "0" })
    }
}
