import AdapterKit
import CardModel
import WireFormat

/// What `adapter test` says about one adapter: one row a case. The one place that runs the
/// conformance suite.
struct ConformanceReport {
    struct Row {
        /// The case's stable name, and the fixture's where it is a recorded answer.
        var name: String
        var isGood: Bool
        /// What was put to the adapter.
        var sent: String
        /// What it made of it, or what is wrong with that.
        var received: String
        /// Why the case exists.
        var reason: LocalisedText
    }

    let adapter: String
    var rows: [Row]

    var isGood: Bool { rows.allSatisfy(\.isGood) }

    /// Runs every case.
    static func run(
        _ folder: AdapterFolder,
        _ fixtures: ConformanceFixtures
    ) async -> ConformanceReport {
        let findings = await AdapterConformance.run(folder.factory, fixtures)
        var report = ConformanceReport(adapter: folder.factory.descriptor.label, rows: [])
        let recorded = findings.filter { $0.caseName == recordedCase }.map(\.message)
        for fixture in fixtures.cases {
            let row = await row(of: fixture, folder, fixtures)
            report.rows.append(row.failing(recorded.filter { $0.hasPrefix(fixture.name + ": ") }))
        }
        // What was found about recorded answers without naming one: a secret that shows.
        let unnamed = recorded.filter { message in
            !fixtures.cases.contains { message.hasPrefix($0.name + ": ") }
        }
        if !unnamed.isEmpty {
            report.rows.append(Row.attack(recordedCase, unnamed))
        }
        let attacks = Dictionary(grouping: findings, by: \.caseName)
        let names = ConformanceReasons.all.map(\.name)
        let isAsked = fixtures.good != nil
        for name in names where isAsked || attacks[name] != nil {
            report.rows.append(Row.attack(name, attacks[name]?.map(\.message) ?? []))
        }
        for (name, found) in attacks.sorted(by: { $0.key < $1.key })
        where name != recordedCase && !names.contains(name) {
            report.rows.append(Row.attack(name, found.map(\.message)))
        }
        return report
    }

    private static let recordedCase = "recorded-answer"

    /// The exchange of one recorded answer, in words without secrets.
    private static func row(
        of fixture: ConformanceFixture,
        _ folder: AdapterFolder,
        _ fixtures: ConformanceFixtures
    ) async -> Row {
        let issuer = ScriptedIssuer(answers: fixture.answers)
        var received: String
        do {
            let adapter = try folder.factory.adapter(configuredBy: fixtures.configuration)
            let result = try await adapter.inquire(fixture.inquiry, using: issuer)
            received = words(result)
        } catch let error as AdapterError {
            received = "\(error)"
        } catch {
            received = "\(error)"
        }
        let sent = await issuer.requests.map { "\($0)" }
        let answers = fixture.answers.map { "HTTP \($0.status)" }.joined(separator: ", ")
        return Row(
            name: "\(recordedCase): \(fixture.name)",
            isGood: true,
            sent: (sent.isEmpty ? ["-"] : sent).joined(separator: ", ")
                + (answers.isEmpty ? "" : " ← \(answers)"),
            received: received,
            reason: ConformanceReasons.recorded
        )
    }

    private static func words(_ result: InquiryResult) -> String {
        var words = result.state.rawValue
        if let cause = result.cause { words += " (\(cause.rawValue))" }
        if let code = result.issuer.code { words += ", code \(code)" }
        if let text = result.issuer.text { words += ", “\(text)”" }
        if let at = result.issuer.at { words += ", at \(at.rfc3339)" }
        return words
    }
}

extension ConformanceReport.Row {
    fileprivate static func attack(_ name: String, _ messages: [String]) -> Self {
        let known = ConformanceReasons.all.first { $0.name == name }
        return Self(
            name: name,
            isGood: true,
            sent: known?.sent ?? "-",
            received: "as it must be",
            reason: known?.reason ?? ConformanceReasons.other
        ).failing(messages)
    }

    fileprivate func failing(_ messages: [String]) -> Self {
        guard !messages.isEmpty else { return self }
        var row = self
        row.isGood = false
        row.received = Array(Set(messages)).sorted().joined(separator: "; ")
        return row
    }
}

extension ConformanceReport {
    var jsonValue: JSONValue {
        [
            "adapter": .string(adapter), "conforms": .bool(isGood),
            "cases": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "passed": .bool(row.isGood),
                        "sent": .string(row.sent), "received": .string(row.received),
                        "reason": [
                            "en": .string(row.reason[.en]), "zh-CN": .string(row.reason[.zhCN]),
                        ],
                    ]
                }
            ),
        ]
    }

    /// One line a case; why it matters stands with those that failed, or with all.
    func text(in language: Language, withReasons: Bool) -> String {
        let failed = rows.filter { !$0.isGood }.count
        let lines = rows.map { row in
            let mark =
                row.isGood ? Terminal.coloured("✓", .good) : Terminal.coloured("✗", .bad)
            let line = Terminal.safe("\(row.name)  \(row.sent)  → \(row.received)")
            let reason =
                row.isGood && !withReasons ? "" : "\n    " + Terminal.safe(row.reason[language])
            return "\(mark) \(line)\(reason)"
        }
        let summary =
            failed == 0
            ? language("\(adapter)：\(rows.count) 项全部通过", "\(adapter): all \(rows.count) cases pass")
            : language(
                "\(adapter)：\(rows.count) 项中有 \(failed) 项未通过",
                "\(adapter): \(failed) of \(rows.count) cases fail"
            )
        return (lines + [summary]).joined(separator: "\n")
    }
}
