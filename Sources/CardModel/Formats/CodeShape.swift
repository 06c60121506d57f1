/// What is spelt like the key of a card, in words that one person writes and others read.
///
/// Spelling alone is looked at: in one piece, or in groups of one length with dashes between them,
/// or spaces where all are digits. Fewer than ``shortest`` symbols cannot be told from dates and
/// telephone numbers, and letters without any digit are words.
public enum CodeShape {
    public static let shortest = 12

    /// Whether some piece of `text` is plausible as a key of one of the formats. A format that
    /// takes everything tells of nothing.
    public static func isFound(in text: String, of formats: [CardFormat]) -> Bool {
        let rules = Set(formats.map(\.key)).filter { !$0.characters.allowsBeyondASCII }
        return pieces(of: text).contains { piece in rules.contains { $0.isPlausible(piece) } }
    }

    /// Letters and digits in a row, and the one symbol between them and the row before.
    private struct Row {
        var symbols: String
        let joint: Unicode.Scalar?
    }

    private static func pieces(of text: String) -> [String] {
        let rows = Self.rows(of: text)
        let groups = rows.indices.flatMap { grouped(rows[$0...]) }
        return (rows.map(\.symbols) + groups).filter { piece in
            piece.utf8.count >= shortest && piece.utf8.contains { isDigit($0) }
        }
    }

    private static func rows(of text: String) -> [Row] {
        var rows: [Row] = []
        var between: [Unicode.Scalar] = []
        var isInRow = false
        for scalar in text.unicodeScalars.map(narrow) {
            if isSymbol(scalar) {
                if !isInRow {
                    rows.append(Row(symbols: "", joint: between.count == 1 ? between[0] : nil))
                }
                rows[rows.count - 1].symbols.unicodeScalars.append(scalar)
                between = []
            } else {
                between.append(scalar)
            }
            isInRow = between.isEmpty
        }
        return rows
    }

    /// The first rows together, as far as they are groups of one key: three and more of them, and
    /// two only of eight or nine digits, for shorter pairs are telephone numbers and dates.
    private static func grouped(_ rows: ArraySlice<Row>) -> [String] {
        guard let first = rows.first, groupSizes.contains(first.symbols.utf8.count) else {
            return []
        }
        var joined = first.symbols
        var found: [String] = []
        let others = rows.dropFirst().prefix { $0.symbols.utf8.count == first.symbols.utf8.count }
        for (place, row) in others.enumerated() {
            let longer = joined + row.symbols
            guard row.joint == "-" || row.joint == " " && longer.utf8.allSatisfy(isDigit) else {
                break
            }
            joined = longer
            if place > 0 || isPair(joined) { found.append(joined) }
        }
        return found
    }

    private static let groupSizes = 4...9
    private static let pairSizes = [16, 18]

    private static func isPair(_ symbols: String) -> Bool {
        pairSizes.contains(symbols.utf8.count) && symbols.utf8.allSatisfy(isDigit)
    }

    /// Full-width forms are the same symbols to whoever reads them.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0xFF01...0xFF5E).contains(scalar.value)
            ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
    }

    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        SymbolSet.lettersAndDigits.contains(scalar)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { SymbolSet.digits.contains(byte) }
}

extension CodeRule {
    fileprivate func isPlausible(_ piece: String) -> Bool {
        findings(in: normaliser.normalise(piece), part: .key).allSatisfy(\.isAdvisory)
    }
}
