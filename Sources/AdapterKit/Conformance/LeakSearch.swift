import WireFormat

/// Looks for a secret in texts, spelling by spelling.
///
/// Written apart from `Scrubber` on purpose: it lists each spelling as plain text and searches for
/// it, so that a mistake there is not repeated here.
struct LeakSearch {
    /// The spelling's name and text.
    let spellings: [(name: String, text: String)]
    /// Which spellings begin with these bytes.
    private let beginnings: [UInt32: [Int]]

    /// Shorter spellings would be found by chance.
    private static let shortestSpelling = 6

    init(_ secret: String) {
        let bare = secret.filter { $0 != "-" && $0 != " " }
        var spellings: [(String, String)] = [
            ("clear", secret), ("lower case", secret.lowercased()),
            ("upper case", secret.uppercased()), ("without dashes", bare),
            ("without dashes, lower case", bare.lowercased()),
            ("without dashes, upper case", bare.uppercased()),
            ("last ten", String(secret.suffix(10))),
            ("last ten without dashes", String(bare.suffix(10))),
        ]
        for (name, text) in [("", secret), (" without dashes", bare)] {
            let bytes = Array(text.utf8)
            let hexadecimal = Hexadecimal.encode(bytes)
            spellings += [
                ("hex" + name, hexadecimal), ("hex, upper case" + name, hexadecimal.uppercased()),
                ("percent" + name, Self.escaped(text) { "%\($0)" }),
                ("JSON" + name, Self.escaped(text) { "\\u00\($0)" }),
                ("XML" + name, Self.escaped(text) { "&#x\($0);" }),
            ]
            for offset in 0..<3 {
                spellings += [
                    ("base64 at \(offset)" + name, Self.base64(bytes, offset, Base64.encode)),
                    ("base64url at \(offset)" + name, Self.base64(bytes, offset, Base64.encodeURL)),
                ]
            }
        }
        self.spellings = spellings.filter { $0.1.utf8.count >= Self.shortestSpelling }
        beginnings = Dictionary(grouping: self.spellings.indices) { [spellings = self.spellings] in
            Self.beginning(Array(spellings[$0].text.utf8), 0)
        }
    }

    /// The first spelling found in `text`.
    func firstLeak(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= Self.shortestSpelling else { return nil }
        for start in 0...(bytes.count - Self.shortestSpelling) {
            guard let candidates = beginnings[Self.beginning(bytes, start)] else { continue }
            for candidate in candidates
            where bytes[start...].starts(with: spellings[candidate].text.utf8) {
                return spellings[candidate].name
            }
        }
        return nil
    }

    private static func beginning(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16
            | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3])
    }

    private static func escaped(_ text: String, _ form: (String) -> String) -> String {
        text.utf8.map { byte in
            form(Hexadecimal.encode([byte]).uppercased())
        }.joined()
    }

    private static func base64(
        _ bytes: [UInt8],
        _ offset: Int,
        _ encode: ([UInt8]) -> String
    ) -> String {
        let encoded = Array(encode([UInt8](repeating: 0, count: offset) + bytes))
        let first = (offset * 8 + 5) / 6
        let end = (offset + bytes.count) * 8 / 6
        return String(encoded[first..<max(first, end)])
    }
}
