import Foundation
import Testing

/// A series is worth what its documentation says.
@Suite("Metrics") struct MetricTests {
    /// Labels as the code names them; a timer's series has a unit behind it.
    private static let labels = Set(
        SourceTree.swiftFiles(in: ["Sources"]).flatMap { file in
            file.lines.flatMap { line -> [String] in
                // Most lines hold none, and a search for a regular expression is slow.
                guard line.contains("\"cardproof_") || line.contains("\"http.server.") else {
                    return []
                }
                return line.matches(of: /"((?:cardproof_|http\.server\.)[a-z_.]+)"/).map {
                    String($0.output.1)
                }
            }
        }
    )

    @Test("every metric has a help text and a row in docs/metrics.md")
    func documented() throws {
        let sources = SourceTree.swiftFiles(in: ["Sources"])
        let file = try #require(sources.first { $0.path.hasSuffix("MetricDescriptions.swift") })
        let help = file.lines.joined(separator: "\n")
        let page = try String(
            contentsOf: SourceTree.root.appending(path: "docs/metrics.md"),
            encoding: .utf8
        )
        #expect(Self.labels.count >= 20)
        for label in Self.labels {
            #expect(help.contains("\"\(label)\":"), "\(label) has no help text")
            let series = label.replacing(".", with: "_")
            #expect(page.contains("`\(series)"), "\(label) is not in docs/metrics.md")
        }
    }
}
