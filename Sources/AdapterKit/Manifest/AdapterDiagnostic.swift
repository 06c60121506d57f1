/// One thing that is wrong with a manifest or with an adapter's configuration, where it stands,
/// and what was probably meant.
public struct AdapterDiagnostic: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as the caller gave it; nil when the fault is in no file.
    public var file: String?
    /// Counted from 1.
    public var line: Int?
    /// Counted from 1.
    public var column: Int?
    public var message: String
    /// The nearest known word.
    public var suggestion: String?

    public init(
        file: String? = nil,
        line: Int? = nil,
        column: Int? = nil,
        message: String,
        suggestion: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }

    /// `keygen.yaml:12:3: unknown key `stat`, did you mean `state`?`
    public var description: String {
        var place = file ?? ""
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        let hint = suggestion.map { ", did you mean `\($0)`?" } ?? ""
        return (place.isEmpty ? "" : place + ": ") + message + hint
    }
}

/// Everything that is wrong, at once.
public struct AdapterDiagnostics: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file; never empty.
    public var all: [AdapterDiagnostic]

    public init(_ all: [AdapterDiagnostic]) {
        self.all = all
    }

    public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// The nearest known word to one that is not known.
enum Suggestion {
    /// Nil when nothing is near enough: at most a third of the word may differ.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let lowered = word.lowercased()
        let ranked = known.map { (word: $0, distance: distance(lowered, $0.lowercased())) }
        guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }),
            best.distance <= max(1, best.word.count / 3)
        else { return nil }
        return best.word
    }

    /// Edit distance with adjacent transpositions (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
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
