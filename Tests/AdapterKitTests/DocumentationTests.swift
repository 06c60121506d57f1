import AdapterKit
import Foundation
import Testing

@Suite("docs/adapters.md")
struct DocumentationTests {
    private func block(beginning start: String) throws -> String {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "docs/adapters.md"),
            encoding: .utf8
        )
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        return try #require(blocks.first { $0.hasPrefix(start) })
    }

    @Test("its example is an adapter that conforms, in at most 40 lines")
    func example() async throws {
        let yaml = try block(beginning: "id: town-library")
        #expect(yaml.split(separator: "\n").count <= 40)
        let manifest = try AdapterManifest(yaml: yaml, file: "docs/adapters.md")
        let fixtures = try ConformanceFixtures(
            yaml: block(beginning: "adapter: town-library"),
            file: "docs/adapters.md"
        )
        let findings = await AdapterConformance.run(
            try AdapterFactory(manifest: manifest),
            fixtures
        )
        #expect(findings == [])
    }
}
