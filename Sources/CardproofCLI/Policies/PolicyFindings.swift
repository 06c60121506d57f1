import CardModel
import WireFormat

/// What `policy lint` finds in one file.
struct PolicyFindings {
    /// A finding in its place.
    struct Finding {
        var line: Int?
        var column: Int?
        var severity: ClauseSeverity
        /// A stable id: a rule's, or that of a field.
        var rule: String
        var requirements: [String]
        var excerpt: String?
        var explanation: LocalisedText
        var betterWording: LocalisedText?
    }

    let source: String
    var findings: [Finding]

    /// A shop's own text.
    init(source: String, text: String) throws(ClauseTextTooLong) {
        self.source = source
        findings = try ClauseLinter.findings(in: text).map { Self.finding($0) }
    }

    /// A policy document: what protects the buyer less than the platform's minimum, what it names
    /// and is not there, what may not do what its author expects, and the clauses that it quotes.
    init(
        source: String,
        policy: WarrantyPolicy,
        node: ConfigurationNode?,
        references: PolicyReferences
    ) throws(ClauseTextTooLong) {
        self.source = source
        let weaknesses = references.minimum.map { policy.weaknesses(below: $0) } ?? []
        var findings = weaknesses.map { weakness in
            Finding(
                line: node?.line(atPointer: weakness.pointer), severity: .error,
                rule: "below_minimum", requirements: ["M0-11", "M2-31"],
                excerpt: weakness.pointer,
                explanation: LocalisedText(
                    zhCN: weakness.text(in: .zhCN), en: weakness.text(in: .en)))
        }
        findings += references.unknown(in: policy.jsonValue).map { unknown in
            Finding(
                line: node?.line(atPointer: unknown.pointer), severity: .error,
                rule: unknown.rule, requirements: [], excerpt: unknown.pointer,
                explanation: unknown.explanation)
        }
        findings += policy.warnings().map { warning in
            Finding(
                line: node?.line(atPointer: warning.pointer), severity: .warning,
                rule: warning.kind.rawValue, requirements: [], excerpt: warning.pointer,
                explanation: LocalisedText(
                    zhCN: warning.text(in: .zhCN), en: warning.text(in: .en)))
        }
        for (pointer, text) in policy.quotedTexts {
            findings += try ClauseLinter.findings(in: text).map { found in
                var finding = Self.finding(found)
                finding.line = node?.line(atPointer: pointer)
                finding.column = nil
                return finding
            }
        }
        self.findings = findings
    }

    private static func finding(_ found: ClauseFinding) -> Finding {
        Finding(
            line: found.line, column: found.column, severity: found.severity,
            rule: found.rule.rawValue, requirements: found.rule.requirements,
            excerpt: found.excerpt, explanation: found.rule.explanation,
            betterWording: found.rule.betterWording)
    }

    /// The worst of them.
    var exit: CardproofExit {
        if findings.contains(where: { $0.severity == .error }) { return .badCode }
        return findings.contains { $0.severity == .warning } ? .undecided : .allGood
    }
}

extension PolicyFindings {
    var jsonValue: JSONValue {
        [
            "file": .string(source),
            "findings": .array(
                findings.map { finding in
                    [
                        "line": finding.line.map { .integer(Int64($0)) } ?? .null,
                        "column": finding.column.map { .integer(Int64($0)) } ?? .null,
                        "severity": .string(finding.severity.rawValue),
                        "rule": .string(finding.rule),
                        "requirements": .array(finding.requirements.map { .string($0) }),
                        "excerpt": JSONValue(text: finding.excerpt),
                        "explanation": Self.both(finding.explanation),
                        "better_wording": finding.betterWording.map { Self.both($0) } ?? .null,
                    ]
                }
            ),
        ]
    }

    private static func both(_ text: LocalisedText) -> JSONValue {
        ["zh-CN": .string(text.zhCN), "en": .string(text.en)]
    }

    func text(in language: Language) -> String {
        findings.map { finding in
            let place = [finding.line, finding.column].compactMap { $0.map(String.init) }
            var lines = [
                ([source] + place).joined(separator: ":")
                    + ": \(finding.severity.rawValue): \(finding.rule)"
                    + (finding.excerpt.map { "  “\($0)”" } ?? "")
            ]
            lines.append("    " + finding.explanation[language])
            if let better = finding.betterWording {
                lines.append("    " + language("建议：", "Better: ") + better[language])
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
