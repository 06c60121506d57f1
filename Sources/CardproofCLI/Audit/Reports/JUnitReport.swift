import CardModel
import Gateway
import WireFormat

/// JUnit XML for build servers: a test suite for each file, a test case for each class, and for
/// each reason lines are malformed. No case stands for a single code.
///
/// Rows come in line order, so each case counts and keeps its first lines. Nothing is measured:
/// times are 0, the time of the suite is midnight of the day expiry was judged on.
final class JUnitReport: StockAuditReport {
    /// What one rule found in one file.
    private struct Finding {
        var count = 0
        var lines: [String] = []

        mutating func add(_ defect: StockDefect) {
            count += 1
            guard lines.count < AuditReportLimits.junitLines else { return }
            let detail = (defect.firstLine == nil ? "" : "first on line ") + defect.detail
            lines.append("line \(defect.line)\(detail.isEmpty ? "" : ": ")\(detail)")
        }
    }

    private let output: ReportOutput
    private var findings: [[AuditRule: Finding]]

    init(_ output: ReportOutput, scope: AuditScope) {
        self.output = output
        findings = scope.files.map { _ in [:] }
    }

    func write(_ defect: StockDefect) throws {
        findings[defect.file][AuditRule(defect), default: Finding()].add(defect)
    }

    func finish(_ outcome: AuditOutcome) throws {
        try output.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
        for (index, name) in outcome.scope.files.enumerated() {
            try output.append(suite(name, index, outcome))
        }
        try output.append("</testsuites>\n")
        try output.finish()
    }

    private func suite(_ name: String, _ index: Int, _ outcome: AuditOutcome) -> String {
        let scope = outcome.scope
        let found = findings[index]
        var cases = Self.rules(found).map { rule in
            testCase(rule, found[rule], isSkipped: !outcome.checks(rule.defectClass))
        }
        let isPartial = outcome.partial != nil
        if let partial = outcome.partial {
            let place = Markup.escaped(Self.line("\(partial.cause): \(partial.place)"))
            cases.append(
                "    <testcase name=\"reading\" classname=\"cardproof.audit\" time=\"0\">"
                    + "<error type=\"partial\" message=\"\(place)\">\(place)</error></testcase>\n"
            )
        }
        let skipped = Self.rules(found).count {
            found[$0] == nil && !outcome.checks($0.defectClass)
        }
        let shown = Markup.escaped(Self.line(name))
        return """
              <testsuite name="\(shown)" package="cardproof.audit" id="\(index)" \
            timestamp="\(scope.asOf.iso8601)T00:00:00" hostname="localhost" \
            tests="\(cases.count)" failures="\(found.count)" errors="\(isPartial ? 1 : 0)" \
            skipped="\(skipped)" time="0">
                <properties>
            \(Self.properties(outcome))    </properties>
            \(cases.joined())    <system-out></system-out>
                <system-err></system-err>
              </testsuite>

            """
    }

    /// The cases of a suite: every class, malformed lines by the reasons that were found.
    private static func rules(_ found: [AuditRule: Finding]) -> [AuditRule] {
        StockDefectClass.allCases.flatMap { defect -> [AuditRule] in
            let finer = AuditRule.all.filter { rule in
                rule.defectClass == defect && rule != .defect(defect) && found[rule] != nil
            }
            let isNeeded = defect != .malformed || finer.isEmpty
            return (isNeeded ? [.defect(defect)] : []) + finer
        }
    }

    private func testCase(_ rule: AuditRule, _ finding: Finding?, isSkipped: Bool) -> String {
        let head = "    <testcase name=\"\(rule.id)\" classname=\"cardproof.audit\" time=\"0\""
        guard let finding else {
            return isSkipped
                ? head + "><skipped message=\"was not asked for\"></skipped></testcase>\n"
                : head + "/>\n"
        }
        let rest = finding.count - finding.lines.count
        let more = rest > 0 ? ["and \(rest) more; --report-format tsv lists all"] : []
        let lines = Markup.escaped((finding.lines.map(Self.line) + more).joined(separator: "\n"))
        let message = "\(rule.title[.en]): \(finding.count) line\(finding.count == 1 ? "" : "s")"
        return head
            + ">\n      <failure type=\"\(rule.id)\" message=\"\(Markup.escaped(message))\">"
            + "\(lines)</failure>\n    </testcase>\n"
    }

    private static func properties(_ outcome: AuditOutcome) -> String {
        let scope = outcome.scope
        var properties = [("as_of", scope.asOf.iso8601)]
        if let format = scope.cardFormat { properties.append(("card_format", format)) }
        properties.append(("not_checked", outcome.unchecked.joined(separator: "; ")))
        if let summary = outcome.summary {
            properties.append(("lines_of_all_files", "\(summary.lines)"))
            properties.append(("codes_of_all_files", "\(summary.codes)"))
        }
        return properties.map { name, value in
            "      <property name=\"\(name)\" value=\"\(Markup.escaped(line(value)))\"/>\n"
        }.joined()
    }

    /// On one line, because attributes have one.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}
