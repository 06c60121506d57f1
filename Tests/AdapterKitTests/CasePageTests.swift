import AdapterKit
import CardModel
import Foundation
import Testing

/// `CARDPROOF_WRITE_CASES=1 swift test --filter CasePageTests` writes the list anew.
@Suite("docs/adapter-conformance.md")
struct CasePageTests {
    private static let page = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/adapter-conformance.md")

    private static var list: String {
        let rows = AdapterConformance.cases.map { "| `\($0.name)` | \($0.rule[.en]) |\n" }
        return "\n| case | |\n|---|---|\n" + rows.joined()
    }

    @Test("lists every conformance case and its rule, in the order of a report")
    func cases() throws {
        var text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: "--filter CasePageTests -->\n")).upperBound
        let end = try #require(text.range(of: "<!-- end of cases -->")).lowerBound
        if ProcessInfo.processInfo.environment["CARDPROOF_WRITE_CASES"] != nil {
            text.replaceSubrange(start..<end, with: Self.list)
            try text.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(text[start..<end] == Self.list)
        }
    }

    @Test("no two cases have one name, and each has a rule in both languages")
    func names() {
        let cases = AdapterConformance.cases
        #expect(Set(cases.map(\.name)).count == cases.count)
        for item in cases {
            #expect(!item.rule[.en].isEmpty && !item.rule[.zhCN].isEmpty, "\(item.name)")
        }
    }
}
