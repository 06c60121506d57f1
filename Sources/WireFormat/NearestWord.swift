/// The nearest known word to one that is not known.
public enum NearestWord {
    /// Nil when nothing is near enough: at most a third of the word may differ.
    public static func to(_ word: String, among known: some Sequence<String>) -> String? {
        let lowered = word.lowercased()
        let ranked = known.map { (word: $0, distance: distance(lowered, $0.lowercased())) }
        guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }),
            best.distance <= max(1, best.word.count / 3)
        else { return nil }
        return best.word
    }

    /// Edit distance with adjacent transpositions (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var rows = [[Int](repeating: 0, count: right.count + 1)]
        rows[0] = Array(0...right.count)
        for i in 0..<left.count {
            var row = [Int](repeating: i + 1, count: right.count + 1)
            for j in 0..<right.count {
                let change = left[i] == right[j] ? 0 : 1
                row[j + 1] = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + change)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    row[j + 1] = min(row[j + 1], rows[i - 1][j - 1] + 1)
                }
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
