/// One escaped symbol: `%41`, `\u0041`, `\x41`, `\/`, `&amp;`, `&#65;`, `&#x41;`.
struct EscapeSequence {
    /// Bytes of the escape in the text.
    let length: Int
    /// What it stands for, in UTF-8.
    let meaning: [UInt8]

    static func isIntroducer(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&")
    }

    init?(in bytes: [UInt8], at index: Int) {
        let found: EscapeSequence? =
            switch bytes[index] {
            case UInt8(ascii: "%"): Self.percent(bytes, index)
            case UInt8(ascii: "\\"): Self.backslash(bytes, index)
            case UInt8(ascii: "&"): Self.entity(bytes, index)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    private init(length: Int, meaning: [UInt8]) {
        self.length = length
        self.meaning = meaning
    }

    private static func percent(_ bytes: [UInt8], _ index: Int) -> EscapeSequence? {
        guard let value = number(bytes, index + 1, digits: 2) else { return nil }
        return EscapeSequence(length: 3, meaning: [UInt8(value)])
    }

    private static func backslash(_ bytes: [UInt8], _ index: Int) -> EscapeSequence? {
        guard index + 1 < bytes.count else { return nil }
        switch bytes[index + 1] {
        case UInt8(ascii: "u"): return unicode(bytes, index)
        case UInt8(ascii: "x"):
            guard let value = number(bytes, index + 2, digits: 2) else { return nil }
            return EscapeSequence(length: 4, meaning: [UInt8(value)])
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return EscapeSequence(length: 2, meaning: [0x20])
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"):
            return EscapeSequence(length: 2, meaning: [bytes[index + 1]])
        default: return nil
        }
    }

    /// `\u` and four hexadecimal digits (RFC 8259 §7), with the second half of a surrogate pair
    /// where there is one.
    private static func unicode(_ bytes: [UInt8], _ index: Int) -> EscapeSequence? {
        guard let first = number(bytes, index + 2, digits: 4) else { return nil }
        if let scalar = Unicode.Scalar(UInt32(first)) {
            return EscapeSequence(length: 6, meaning: Array(String(Character(scalar)).utf8))
        }
        guard (0xD800..<0xDC00).contains(first), index + 7 < bytes.count,
            bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
            let second = number(bytes, index + 8, digits: 4), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(
                UInt32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            )
        else { return nil }
        return EscapeSequence(length: 12, meaning: Array(String(Character(scalar)).utf8))
    }

    /// Longest entity looked at: `&#x10FFFF;` with two leading zeros.
    private static let longestEntity = 12

    private static func entity(_ bytes: [UInt8], _ index: Int) -> EscapeSequence? {
        let window = bytes[(index + 1)..<min(bytes.count, index + longestEntity)]
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        let scalar: Unicode.Scalar? =
            switch name {
            case "amp": "&"
            case "lt": "<"
            case "gt": ">"
            case "quot": "\""
            case "apos": "'"
            default: character(reference: name)
            }
        guard let scalar else { return nil }
        return EscapeSequence(
            length: end - index + 1,
            meaning: Array(String(Character(scalar)).utf8)
        )
    }

    private static func character(reference name: String) -> Unicode.Scalar? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let value =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init)
    }

    private static func number(_ bytes: [UInt8], _ start: Int, digits: Int) -> Int? {
        guard start + digits <= bytes.count else { return nil }
        return Int(String(decoding: bytes[start..<(start + digits)], as: UTF8.self), radix: 16)
            .flatMap { $0 >= 0 ? $0 : nil }
    }
}
