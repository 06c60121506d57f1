/// The rules for each text of a document.
///
/// Some texts are an issuer's or a merchant's own. One that turns the direction of writing or moves
/// the cursor could make a page show something else than it says, so such characters become the
/// replacement character, which is seen.
enum StatementText {
    /// Bytes of one text; the longest words of an issuer that are kept are a quarter of it.
    static let mostBytes = 8_192
    /// Bytes of what has to stay whole on a page: titles, a footer, the words beside a QR code.
    static let mostTitleBytes = 400
    /// RFC 5646 §4.4.1: room for every tag in use.
    static let mostTagBytes = 35

    /// A text of one line; line breaks become spaces.
    static func line(
        _ text: String,
        at pointer: String,
        most: Int = mostTitleBytes
    ) throws(StatementFault) -> String {
        let clean = try self.text(text, at: pointer, most: most)
        return clean.contains("\n") ? String(clean.map { $0 == "\n" ? " " : $0 }) : clean
    }

    /// A text of any number of lines.
    static func text(
        _ text: String,
        at pointer: String,
        most: Int = mostBytes
    ) throws(StatementFault) -> String {
        guard text.utf8.count <= most else {
            throw StatementFault(pointer, "\(text.utf8.count) bytes, at most \(most)")
        }
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            clean.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(clean)
    }

    static func lines(
        _ texts: [String],
        at pointer: String,
        most: Int
    ) throws(StatementFault) -> [String] {
        var checked: [String] = []
        for (index, text) in texts.enumerated() {
            checked.append(try line(text, at: "\(pointer)/\(index)", most: most))
        }
        return checked
    }

    static func texts(_ texts: [String], at pointer: String) throws(StatementFault) -> [String] {
        var checked: [String] = []
        for (index, text) in texts.enumerated() {
            checked.append(try self.text(text, at: "\(pointer)/\(index)"))
        }
        return checked
    }

    /// Control characters but the line break, line separators, and the formatting characters that
    /// change the direction of writing (UAX #9 §2).
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        case 0xFEFF, 0xFFF9...0xFFFB: true
        default: false
        }
    }

    /// Letters, digits and single hyphens between them (RFC 5646 §2.1), not what they mean.
    static func isLanguageTag(_ tag: String) -> Bool {
        guard tag.utf8.count <= mostTagBytes else { return false }
        let parts = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            (1...8).contains(part.count)
                && part.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"):
                        true
                    default: false
                    }
                }
        }
    }
}
