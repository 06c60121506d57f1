import CardModel
import Gateway
import WireFormat

/// One page for people: a merchant reads it, prints it, and sends it to his supplier.
///
/// It needs nothing beside itself, no script, no font, no picture. The first rows are kept, all are
/// counted; the page is written at the end. Every name in it comes from outside and is escaped.
final class HTMLReport: StockAuditReport {
    private let output: ReportOutput
    private let scope: AuditScope
    private var counts: [AuditRule: Int] = [:]
    private var shown: [StockDefect] = []
    private var rowCount = 0

    init(_ output: ReportOutput, scope: AuditScope) {
        self.output = output
        self.scope = scope
    }

    func write(_ defect: StockDefect) throws {
        counts[AuditRule(defect), default: 0] += 1
        rowCount += 1
        if shown.count < AuditReportLimits.htmlRows { shown.append(defect) }
    }

    func finish(_ outcome: AuditOutcome) throws {
        let page = AuditPage(outcome)
        try output.append(page.head)
        try output.append(page.totals(counts))
        if let breakdown = outcome.summary?.breakdown {
            for part in page.groups(breakdown) + page.histograms(breakdown) {
                try output.append(part)
            }
        }
        if let issuer = outcome.issuer { try output.append(page.section(issuer)) }
        try output.append(page.unchecked)
        try output.append(page.rows(shown, of: rowCount))
        try output.append("</main>\n</body>\n</html>\n")
        try output.finish()
    }
}

/// The parts of the page.
struct AuditPage {
    let outcome: AuditOutcome

    init(_ outcome: AuditOutcome) { self.outcome = outcome }

    private var scope: AuditScope { outcome.scope }
    private var language: Language { scope.language }

    private func text(_ zhCN: String, _ en: String) -> String { language(zhCN, en) }

    var head: String {
        let title = text("售前审核报告", "Stock audit report")
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>
            \(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            \(partialNotice)<dl>
            \(facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>\n" }.joined())</dl>

            """
    }

    private var facts: [(String, String)] {
        var facts = [
            (text("文件", "Files"), scope.files.map(Self.name).joined(separator: "<br>")),
            (text("判断有效期的日期", "Expiry judged on"), scope.asOf.iso8601),
        ]
        if scope.minimumRemainingDays > 0 {
            facts.append(
                (
                    text("至少剩余", "Must still be good for"),
                    text("\(scope.minimumRemainingDays) 天", "\(scope.minimumRemainingDays) days")
                )
            )
        }
        if let format = scope.cardFormat {
            facts.append((text("卡密格式", "Card format"), Self.name(format)))
        }
        if let summary = outcome.summary {
            facts.append((text("行数", "Lines"), AuditNumbers.grouped(summary.lines)))
            facts.append((text("卡密数", "Codes"), AuditNumbers.grouped(summary.codes)))
            if scope.readsHistory {
                facts.append(
                    (
                        text("历史已售卡密", "Codes sold before"),
                        AuditNumbers.grouped(summary.historyCodes)
                    )
                )
            }
        }
        return facts
    }

    private var partialNotice: String {
        guard let partial = outcome.partial else { return "" }
        let cause =
            switch outcome.ending {
            case .whole: ""
            case .failed: text("审核未能完成。", "The audit could not be finished.")
            case .interrupted(let interruption):
                interruption.isRequested
                    ? text("审核被中止。", "The audit was stopped.")
                    : text("读取中断。", "Reading broke off.")
            case .askingBrokeOff: text("向发行方查询中断。", "Asking the issuer broke off.")
            }
        return "<p class=\"notice\" role=\"note\"><strong>"
            + text("报告不完整：", "This report is partial: ")
            + "</strong>\(cause) <span lang=\"en\">\(Self.name(partial.place))</span></p>\n"
    }

    func totals(_ counts: [AuditRule: Int]) -> String {
        let classes = StockDefectClass.allCases.map { defect in
            let count = counts.filter { $0.key.defectClass == defect }.values.reduce(0, +)
            let isUnchecked = !outcome.checks(defect)
            return [
                defect.title[language], "<code>\(defect.code)</code>",
                isUnchecked ? text("未检查", "not checked") : AuditNumbers.grouped(count),
            ]
        }
        var part = section(
            text("问题", "Defects"),
            table(
                [text("类别", "Class"), text("代码", "Code"), text("行数", "Rows")],
                classes,
                numbers: [2]
            )
        )
        let reasons = AuditRule.all.filter { rule in
            if case .malformed = rule { return counts[rule] != nil }
            return false
        }.sorted { (counts[$0] ?? 0, $1.id) > (counts[$1] ?? 0, $0.id) }
        if !reasons.isEmpty {
            part += section(
                text("格式错误的原因", "What is malformed"),
                table(
                    [text("原因", "Reason"), text("代码", "Code"), text("行数", "Rows")],
                    reasons.map { rule in
                        [
                            rule.title[language],
                            "<code>\(rule.id.split(separator: "/").last ?? "")</code>",
                            AuditNumbers.grouped(counts[rule] ?? 0),
                        ]
                    },
                    numbers: [2]
                )
            )
        }
        return part
    }

    func section(_ section: AuditSection) -> String {
        self.section(
            Markup.escaped(section.heading),
            section.paragraphs.map { "<p>\(Markup.escaped($0))</p>\n" }.joined()
        )
    }

    var unchecked: String {
        section(
            text("未检查的内容", "What was not checked"),
            "<ul>\n"
                + outcome.unchecked.map { "<li>\(Markup.escaped($0))</li>\n" }.joined()
                + "</ul>\n"
        )
    }

    func rows(_ shown: [StockDefect], of count: Int) -> String {
        let heading = text("逐行问题", "Defects by line")
        guard count > 0 else {
            return section(heading, "<p>\(text("没有发现问题。", "No defect was found."))</p>\n")
        }
        let columns =
            (scope.namesFiles ? [text("文件", "File")] : []) + [
                text("行", "Line"), text("类别", "Class"), text("说明", "What is wrong"),
            ]
        let cells = shown.map { defect in
            (scope.namesFiles ? [Self.name(defect.fileName)] : []) + [
                "\(defect.line)", defect.defect.title[language],
                Markup.escaped(defect.sentence(language, files: scope.files)),
            ]
        }
        let rest = count - shown.count
        let more =
            rest == 0
            ? ""
            : "<p>"
                + text(
                    "以上是前 \(shown.count) 行，另有 \(AuditNumbers.grouped(rest)) 行；全部见 ",
                    "These are the first \(shown.count) rows; "
                        + "\(AuditNumbers.grouped(rest)) more are listed by "
                ) + "<code>--report-format tsv</code>" + text("。", ".") + "</p>\n"
        return section(
            heading,
            table(columns, cells, numbers: [scope.namesFiles ? 1 : 0]) + more
        )
    }

    // Building blocks, shared by the other parts of the page.

    /// - Parameter heading: already escaped, as all that follows.
    func section(_ heading: String, _ content: String) -> String {
        "<section>\n<h2>\(heading)</h2>\n\(content)</section>\n"
    }

    /// The first cell of a row is its head.
    func table(_ columns: [String], _ rows: [[String]], numbers: Set<Int>) -> String {
        let head = columns.enumerated().map { index, column in
            "<th scope=\"col\"\(numbers.contains(index) ? " class=\"number\"" : "")>\(column)</th>"
        }
        let body = rows.map { row in
            let cells = row.enumerated().map { index, cell in
                let style = numbers.contains(index) ? " class=\"number\"" : ""
                return index == 0
                    ? "<th scope=\"row\"\(style)>\(cell)</th>" : "<td\(style)>\(cell)</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return "<table>\n<thead><tr>\(head.joined())</tr></thead>\n<tbody>\n\(body.joined())"
            + "</tbody>\n</table>\n"
    }

    /// Text from outside, kept apart from the direction of writing around it.
    static func name(_ text: String) -> String { "<bdi>\(Markup.escaped(text))</bdi>" }
}
