import CardModel
import Foundation
import Testing

@Suite("docs/clause-rules.md")
struct ClauseRulePageTests {
    @Test("the page has one row for each rule and duty, as the code says it")
    func page() throws {
        let root = ClauseCorpus.folder.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/clause-rules.md"), encoding: .utf8
        )
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(rows == ClauseRule.allCases.map(row) + DisclosureDuty.allCases.map(row))
    }

    private func row(_ rule: ClauseRule) -> String {
        cells(
            rule.rawValue, rule.severity, rule.requirements,
            rule.example, rule.betterWording.zhCN, rule.explanation.en
        )
    }

    private func row(_ duty: DisclosureDuty) -> String {
        cells(
            duty.rawValue, duty.severity, duty.requirements,
            duty.betterWording.zhCN, duty.explanation.en
        )
    }

    private func cells(
        _ id: String,
        _ severity: ClauseSeverity,
        _ requirements: [String],
        _ texts: String...
    ) -> String {
        let columns = ["`\(id)`", severity.rawValue, requirements.joined(separator: " ")] + texts
        return "| " + columns.joined(separator: " | ") + " |"
    }
}
