import CardModel
import Drivers
import Foundation
import Gateway
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("The reports of a stock audit")
struct StockAuditReportTests {
    private static let hostile = "<script>alert(1)</script>\u{202e}\u{1b}[2J&\"'"

    @Test("suppliers' names cannot break the page", arguments: Language.allCases)
    func escaping(language: Language) async throws {
        var breakdown = StockBreakdown()
        var group = StockGroup(file: 0, supplier: Self.hostile, batch: "<b>7")
        group.codes = 3
        group.defectiveLines = 1
        group.rows = [.duplicate: 1]
        breakdown.groups = [group]
        breakdown.faceValues = ["<i>5": 2]
        let page = try await Self.page(breakdown, language: language, files: [Self.hostile])
        for text in ["<script", "\u{202e}", "\u{1b}", "<b>", "<i>"] {
            #expect(!page.contains(text))
        }
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("<html lang=\"\(language.rawValue)\">"))
    }

    @Test("without a breakdown the page has no suppliers, batches and histograms")
    func emptyBreakdown() async throws {
        let page = try await Self.page(StockBreakdown(), language: .en)
        for text in ["By supplier", "By batch", "<svg", "Issuers"] { #expect(!page.contains(text)) }
        #expect(page.contains("<td class=\"number\">1</td>"))
    }

    @Test("with one the worst batch comes first, and every number is written out")
    func breakdown() async throws {
        let page = try await Self.page(Self.breakdown(suppliers: 60), language: .en)
        let batches = try #require(page.range(of: "By batch"))
        let worst = try #require(page.range(of: "B59", range: batches.lowerBound..<page.endIndex))
        let next = try #require(page.range(of: "B58", range: batches.lowerBound..<page.endIndex))
        #expect(worst.lowerBound < next.lowerBound)
        #expect(page.contains("<p>10 more.</p>"))
        #expect(page.contains("Under 7 days: 4;"))
        #expect(page.contains("<td class=\"number\">59 (4.8%)</td>"))
        #expect(page.contains("Duplicate 59, Expired 29"))
    }

    @Test("what issuers said has its own part, when they were asked")
    func issuerSection() async throws {
        let section = AuditSection(heading: "Issuers <1>", paragraphs: ["300 of 10,000 asked."])
        let page = try await Self.page(StockBreakdown(), language: .en, issuer: section)
        #expect(page.contains("<h2>Issuers &lt;1&gt;</h2>\n<p>300 of 10,000 asked.</p>"))
        #expect(!page.contains("the issuer&#39;s own state"))
    }

    @Test("a report that is not finished leaves nothing, and what stood there stays")
    func unfinished() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/report.tsv"
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        do {
            let output = try ReportOutput(path: path)
            try output.append(String(repeating: "x", count: 1 << 20))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        let output = try ReportOutput(path: path)
        try output.append("new")
        try output.finish()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    }

    @Test("rules have ids of their own and words in both languages")
    func rules() {
        #expect(Set(AuditRule.all.map(\.id)).count == AuditRule.all.count)
        #expect(Set(AuditRule.all.map(\.title.zhCN)).count == AuditRule.all.count)
        #expect(Set(AuditRule.all.map(\.title.en)).count == AuditRule.all.count)
        let classes = Set(AuditRule.all.map(\.defectClass))
        #expect(classes == Set(StockDefectClass.allCases))
    }

    @Test(
        "file names become URI references",
        arguments: [
            ("stock.txt", "stock.txt"), ("a b/库存#1?.csv", "a%20b/%E5%BA%93%E5%AD%98%231%3F.csv"),
            ("/tmp/x%20", "file:///tmp/x%2520"), ("//host/x", "file:///host/x"),
            ("http://x/", "http%3A//x/"), ("<stdin>", nil),
        ] as [(String, String?)]
    )
    func references(name: String, expected: String?) {
        #expect(FileReference.uri(of: name) == expected)
    }

    @Test("a cell is never a formula, and line breaks are quoted")
    func spreadsheets() {
        #expect(PlainCell.spreadsheetSafe("=1+1") == "'=1+1")
        #expect(PlainCell.spreadsheetSafe("a\nb") == "\"a\nb\"")
        #expect(PlainCell.spreadsheetSafe("a\r\nb\"") == "\"a\r\nb\"\"\"")
        #expect(PlainCell.spreadsheetSafe("\r=1") == "\"'\r=1\"")
        #expect(PlainCell.tabSafe("a\tb\nc") == "a b c")
    }

    // Fixtures.

    static func breakdown(suppliers: Int) -> StockBreakdown {
        var breakdown = StockBreakdown()
        for index in 0..<suppliers {
            var group = StockGroup(
                file: 0,
                supplier: "供货商 \(index)",
                batch: "B\(index)"
            )
            group.codes = 1_234
            group.defectiveLines = index
            group.rows = [.duplicate: index, .expired: index / 2]
            breakdown.groups.append(group)
        }
        breakdown.shelfLife = [.expired: 30, .underWeek: 4, .yearOrMore: 900, .unknown: 3]
        breakdown.faceValues = ["10": 100, "30": 500, "50": 1_234, "100": 12]
        return breakdown
    }

    /// The page of an audit of three lines, one of them a duplicate, with `breakdown`.
    static func page(
        _ breakdown: StockBreakdown,
        language: Language,
        files: [String] = ["stock.txt"],
        issuer: AuditSection? = nil
    ) async throws -> String {
        let folder = try ScratchFolder()
        let day = try #require(CalendarDate(iso8601: "2026-11-20"))
        let scope = AuditScope(
            files: files,
            checksHistory: false,
            readsHistory: false,
            asOf: day,
            minimumRemainingDays: 30,
            cardFormat: "cmcc",
            language: language
        )
        let path = "\(folder.path)/stock.txt"
        try Data("1001----AAAABBBBCCCC1\n1002----AAAABBBBCCCC2\n1001----AAAABBBBCCCC1\n".utf8)
            .write(to: URL(fileURLWithPath: path))
        let file = try StockFile(path: path)
        let reading = try StockSample(file.sample, isWhole: true, format: nil).reading(.auto)
        let input = StockInput(name: files[0], reading: reading) { try file.open() }
        let audit = StockAudit(
            options: StockAuditOptions(asOf: day),
            hashKey: SipHashKey(1, 2),
            scratch: TemporaryScratch(folder: folder.path)
        )
        let report = try AuditReportFormat.html.report(to: "\(folder.path)/page", of: scope)
        var summary = try await audit.run(stock: [input]) { try report.write($0) }
        summary.breakdown = breakdown
        try report.finish(AuditOutcome(scope: scope, summary: summary, issuer: issuer))
        return try String(contentsOfFile: "\(folder.path)/page", encoding: .utf8)
    }
}
