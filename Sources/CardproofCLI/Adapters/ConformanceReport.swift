import AdapterKit
import CardModel
import Drivers
import WireFormat

/// What `adapter test` says about one adapter: one row a recorded answer, then one row a case of
/// the conformance suite.
struct ConformanceReport {
    struct Row {
        /// The case's stable name, and the fixture's where it is a recorded answer.
        var name: String
        var isGood: Bool
        /// What was put to the adapter, for recorded answers.
        var sent: String?
        /// What it made of it, or what is wrong with that; nil for a rule that was kept.
        var received: String?
        /// What the adapter owes.
        var rule: LocalisedText
    }

    let id: String
    let adapter: String
    var rows: [Row]
    /// Cases that are about other kinds of adapters, or found nothing to try.
    var notApplicable: [ConformanceResult]

    var isGood: Bool { rows.allSatisfy(\.isGood) }

    /// Runs every case, those over real sockets against a hostile server of our own.
    static func run(
        _ folder: AdapterFolder,
        _ fixtures: ConformanceFixtures
    ) async throws -> ConformanceReport {
        let loopback = AddressBlock("127.0.0.0/8").map { [$0] } ?? []
        let transport = try CurlTransport(
            CurlConfiguration(addressPolicy: OutboundAddressPolicy(allowed: loopback))
        )
        let results = await AdapterConformance.results(
            of: folder.factory,
            fixtures,
            wire: WireBench(transport: transport, issuer: HostileServer())
        )
        await transport.shutdown(grace: .zero)
        var report = ConformanceReport(
            id: folder.id,
            adapter: folder.factory.descriptor.label,
            rows: [],
            notApplicable: results.filter { $0.outcome == .notApplicable }
        )
        for fixture in fixtures.cases {
            report.rows.append(await row(of: fixture, folder, fixtures))
        }
        report.rows += results.filter { $0.case.name != recordedCase }.compactMap(row)
        return report
    }

    /// Shown fixture by fixture.
    private static let recordedCase = "recorded-answer"

    private static func row(_ result: ConformanceResult) -> Row? {
        switch result.outcome {
        case .notApplicable: nil
        case .passed:
            Row(
                name: result.case.name,
                isGood: true,
                sent: nil,
                received: nil,
                rule: result.case.rule
            )
        case .failed(let messages):
            Row(
                name: result.case.name,
                isGood: false,
                sent: nil,
                received: messages.joined(separator: "; "),
                rule: result.case.rule
            )
        }
    }

    private static func row(
        of fixture: ConformanceFixture,
        _ folder: AdapterFolder,
        _ fixtures: ConformanceFixtures
    ) async -> Row {
        let exchange = await AdapterConformance.exchange(of: fixture, folder.factory, fixtures)
        let answers = exchange.answered.joined(separator: ", ")
        let sent = exchange.sent.isEmpty ? "-" : exchange.sent.joined(separator: ", ")
        let wrong = exchange.differences.joined(separator: "; ")
        return Row(
            name: "\(recordedCase): \(fixture.name)",
            isGood: wrong.isEmpty,
            sent: sent + (answers.isEmpty ? "" : " ← \(answers)"),
            received: exchange.received + (wrong.isEmpty ? "" : ": \(wrong)"),
            rule: recordedRule
        )
    }

    private static let recordedRule =
        AdapterConformance.cases.first { $0.name == recordedCase }?.rule
        ?? LocalisedText(zhCN: recordedCase, en: recordedCase)
}

extension ConformanceReport {
    var jsonValue: JSONValue {
        [
            "adapter": .string(adapter), "conforms": .bool(isGood),
            "cases": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "passed": .bool(row.isGood),
                        "sent": row.sent.map { .string($0) } ?? .null,
                        "received": row.received.map { .string($0) } ?? .null,
                        "rule": [
                            "en": .string(row.rule[.en]), "zh-CN": .string(row.rule[.zhCN]),
                        ],
                    ]
                }
            ),
            "not_applicable": .array(
                notApplicable.map { result in
                    let reason = Self.reason(result)
                    return [
                        "name": .string(result.case.name),
                        "reason": [
                            "en": .string(reason[.en]), "zh-CN": .string(reason[.zhCN]),
                        ],
                    ]
                }
            ),
        ]
    }

    /// Why a case does not apply.
    private static func reason(_ result: ConformanceResult) -> LocalisedText {
        result.absence ?? result.case.scope.absence
    }

    /// One line a case; why it matters stands with those that failed, or with all.
    func text(in language: Language, withReasons: Bool) -> String {
        let failed = rows.filter { !$0.isGood }.count
        let lines = rows.map { row in
            let mark =
                row.isGood ? Terminal.coloured("✓", .good) : Terminal.coloured("✗", .bad)
            let line = Terminal.safe(
                [row.name, row.sent, row.received.map { "→ " + $0 } ?? row.rule[language]]
                    .compactMap { $0 }.joined(separator: "  ")
            )
            let isExplained = row.received != nil && (withReasons || !row.isGood)
            let reason = isExplained ? "\n    " + Terminal.safe(row.rule[language]) : ""
            return "\(mark) \(line)\(reason)"
        }
        // A case that found nothing to try may be one that its author thought he had passed.
        let otherKinds = ConformanceScope.allCases.map(\.absence)
        let shown = notApplicable.filter { result in
            withReasons || !otherKinds.contains(Self.reason(result))
        }
        let absent = shown.map { result in
            Terminal.safe("– \(result.case.name)  \(Self.reason(result)[language])")
        }
        let summary =
            failed == 0
            ? language("\(adapter)：\(rows.count) 项全部通过", "\(adapter): all \(rows.count) cases pass")
            : language(
                "\(adapter)：\(rows.count) 项中有 \(failed) 项未通过",
                "\(adapter): \(failed) of \(rows.count) cases fail"
            )
        let others = absentCount(in: language, withReasons: withReasons)
        return (lines + absent + [summary + others]).joined(separator: "\n")
    }

    /// How many cases do not apply, and where they stand when they are not above.
    private func absentCount(in language: Language, withReasons: Bool) -> String {
        let count = notApplicable.count
        if count == 0 { return "" }
        let left = language("；\(count) 项不适用", "; \(count) do not apply")
        let more = language("（原因见 --reasons）", " (--reasons says why)")
        return withReasons ? left : left + more
    }
}
