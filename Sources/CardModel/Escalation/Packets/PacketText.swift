/// Facts written into Markdown: what a party wrote stays text, whatever signs are in it.
enum PacketText {
    /// The most symbols of one fact; the evidence has the whole.
    static let longest = 1_000

    /// On one line, with Markdown's and HTML's signs escaped.
    static func plain(_ text: String) -> String {
        var written = ""
        for symbol in cleaned(text) {
            if "\\`*_[]<>#|~&".contains(symbol) { written.append("\\") }
            written.append(symbol)
        }
        return written
    }

    /// An identifier between backticks.
    static func code(_ text: String) -> String {
        "`" + cleaned(text).replacing("`", with: "'").replacing("|", with: "/") + "`"
    }

    /// Without control and direction signs, which can make a text look like another.
    private static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        let words = String(scalars).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > longest ? words.prefix(longest) + "…" : words
    }
}
