/// Symbols that people and scanners take for each other. Suggested, never substituted silently:
/// a substituted code is another code.
enum LookAlike {
    /// The symbols of each group look like each other.
    private static let groups = [
        "O0QDo", "I1lLi", "17", "B8", "S5s", "Z2z", "Z7", "UVuv", "VY", "MN", "G6C", "g9q", "b6",
        "mn", "vy",
    ]

    private static let table: [UInt8: [UInt8]] = {
        var table: [UInt8: [UInt8]] = [:]
        for group in groups {
            let members = Array(group.utf8)
            for member in members {
                for other in members
                where other != member && !table[member, default: []].contains(other) {
                    table[member, default: []].append(other)
                }
            }
        }
        return table
    }()

    /// The symbols of `alphabet` that look like `scalar`, likeliest first, itself left out.
    static func symbols(
        like scalar: Unicode.Scalar,
        within alphabet: SymbolSet,
        letterCase: LetterCase
    ) -> [UInt8] {
        guard scalar.isASCII else { return [] }
        let symbol = UInt8(truncatingIfNeeded: scalar.value)
        var similar: [UInt8] = []
        for candidate in table[symbol, default: []] {
            let folded = letterCase.applied(to: candidate)
            if folded != symbol, alphabet.contains(folded), !similar.contains(folded) {
                similar.append(folded)
            }
        }
        return similar
    }
}
