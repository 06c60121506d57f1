import AdapterKit
import CardModel

/// Puts a made-up code of the same shape in the place of a real one, so that a recorded answer
/// still fits its question and holds no code.
struct CodeDisguise {
    /// The made-up code.
    let code: CardCode
    private let replacements: [(real: [UInt8], made: [UInt8])]
    private let scrubber: Scrubber
    private let keyScrubber: Scrubber
    private let serial: [UInt8]?

    /// Shorter serials may be another card's.
    private static let tellingSerial = 8
    /// Parts shorter than this would be found by chance.
    private static let shortestPart = 4

    /// - Parameters:
    ///   - scrubber: takes credentials out.
    ///   - random: a byte for each symbol.
    init(_ real: CardCode, scrubber: Scrubber, random: (Int) -> [UInt8]) {
        let key = real.key.withUnredacted { $0 }
        let madeKey = Self.made(key, random)
        let serial = real.serial?.text
        let madeSerial = serial.map { Self.made($0, random) }
        code = CardCode(serial: madeSerial.map { SerialNumber($0) }, key: CardKey(madeKey))
        var pairs: [(String, String)] = []
        for (real, made) in [(key, madeKey), (serial ?? "", madeSerial ?? "")] {
            for form in Self.forms where form(real).utf8.count >= Self.shortestPart {
                pairs.append((form(real), form(made)))
            }
        }
        replacements = pairs.sorted { $0.0.utf8.count > $1.0.utf8.count }.map {
            (Array($0.utf8), Array($1.utf8))
        }
        self.scrubber = scrubber.adding(real, format: .generic)
        keyScrubber = Scrubber(secrets: []).adding(real, format: .generic)
        self.serial = serial.map { Array($0.utf8) }
    }

    /// Whether the bytes hold the real key, in any spelling, or a serial that only it can have.
    func isNamed(in bytes: [UInt8]) -> Bool {
        if keyScrubber.scrub(bytes) != bytes { return true }
        guard let serial, serial.count >= Self.tellingSerial else { return false }
        return Self.position(of: serial, in: bytes, from: 0) != nil
    }

    /// The bytes with the made-up code in place of the real one. Spellings that cannot be written
    /// anew, and credentials, are marked as taken out.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        scrubber.scrub(
            replacements.reduce(bytes) { Self.replacing($1.real, by: $1.made, in: $0) }
        )
    }

    private static let forms: [@Sendable (String) -> String] = [
        { $0 }, { $0.lowercased() }, { $0.uppercased() },
        { $0.filter { $0 != "-" && $0 != " " } },
        { $0.filter { $0 != "-" && $0 != " " }.lowercased() },
        { $0.filter { $0 != "-" && $0 != " " }.uppercased() },
    ]

    /// Digits become digits and letters letters of the same case; all else stays.
    private static func made(_ text: String, _ random: (Int) -> [UInt8]) -> String {
        let bytes = random(text.unicodeScalars.count)
        var made = String.UnicodeScalarView()
        for (scalar, byte) in zip(text.unicodeScalars, bytes) {
            switch scalar {
            case "0"..."9": made.append(Unicode.Scalar(UInt8(ascii: "0") + byte % 10))
            case "a"..."z": made.append(Unicode.Scalar(UInt8(ascii: "a") + byte % 26))
            case "A"..."Z": made.append(Unicode.Scalar(UInt8(ascii: "A") + byte % 26))
            default: made.append(scalar)
            }
        }
        return String(made)
    }

    private static func replacing(
        _ real: [UInt8],
        by made: [UInt8],
        in bytes: [UInt8]
    ) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        while let found = position(of: real, in: bytes, from: start) {
            result += bytes[start..<found] + made
            start = found + real.count
        }
        return result + bytes[start...]
    }

    private static func position(of part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard !part.isEmpty, bytes.count - start >= part.count else { return nil }
        return (start...(bytes.count - part.count)).first {
            bytes[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}
