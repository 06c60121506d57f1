import CardModel
import Foundation

/// Labelled clauses from Tests/Vectors/clauses: label, rule ids or `-`, text, apart by tabs.
struct ClauseCorpus {
    struct Entry {
        var isBad: Bool
        /// What a person named as broken; empty where only the label is known.
        var rules: Set<String>
        var text: String
    }

    /// How often the linter was right.
    struct Score: CustomStringConvertible {
        var (caught, missed, falseAlarms, clean) = (0, 0, 0, 0)
        /// Bad clauses that were flagged, of those with the rules that a person named.
        var (rightlyNamed, named) = (0, 0)
        /// The clauses that were judged wrongly.
        var mistakes: [String] = []

        var precision: Double { Double(caught) / Double(max(1, caught + falseAlarms)) }
        var recall: Double { Double(caught) / Double(max(1, caught + missed)) }
        var naming: Double { Double(rightlyNamed) / Double(max(1, named)) }

        var description: String {
            let shares = [precision, recall, naming].map { (($0 * 1000).rounded() / 1000) }
            return "precision \(shares[0]) recall \(shares[1]) rightly named \(shares[2]) "
                + "(\(caught + missed) bad, \(falseAlarms + clean) harmless)"
        }
    }

    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/clauses")

    let entries: [Entry]

    /// `nil` where there is no such file.
    init?(_ name: String) throws {
        let path = Self.folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: path.path) else { return nil }
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        entries = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> Entry? in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count >= 2, let text = columns.last else { return nil }
            let rules = columns.count > 2 ? columns[1].split(separator: ",").map(String.init) : []
            return Entry(
                isBad: columns[0] == "bad",
                rules: Set(rules).subtracting(["-"]),
                text: String(text.replacing("\\n", with: "\n"))
            )
        }
    }

    /// A clause is flagged if it has a finding that is more than a note.
    func score() throws -> Score {
        var score = Score()
        for entry in entries {
            let findings = try ClauseLinter.findings(in: entry.text)
            let isFlagged = findings.contains { $0.severity != .note }
            switch (entry.isBad, isFlagged) {
            case (true, true): score.caught += 1
            case (true, false): score.missed += 1
            case (false, true): score.falseAlarms += 1
            case (false, false): score.clean += 1
            }
            if entry.isBad != isFlagged {
                score.mistakes.append("\(entry.isBad ? "missed" : "false alarm"): \(entry.text)")
            }
            if entry.isBad, isFlagged, !entry.rules.isEmpty {
                score.named += 1
                let found = Set(findings.map(\.rule.rawValue))
                if entry.rules.isSubset(of: found) { score.rightlyNamed += 1 }
            }
        }
        return score
    }
}
