/// Text from outside in HTML and XML.
public enum Markup {
    /// `text` for element content and quoted attributes. What XML 1.0 cannot hold (section 2.2),
    /// controls, and the marks that turn the direction of writing, become U+FFFD: a name may not
    /// break a report, nor show a page other than it is.
    public static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(isHarmless(scalar) ? scalar : "\u{fffd}")
            }
        }
        return escaped
    }

    /// Lines and tabs of our own text stay.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a: true
        case 0...0x1f, 0x7f...0x9f, 0xfffe, 0xffff, 0x202a...0x202e, 0x2066...0x2069: false
        default: true
        }
    }
}
