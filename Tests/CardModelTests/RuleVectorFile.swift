import Foundation

/// A file of `Tests/Vectors` with one tab-separated case a line; `#` starts a comment.
enum RuleVectorFile {
    static func lines(_ name: String) -> [[String]] {
        let url = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors").appending(path: name)
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
}
