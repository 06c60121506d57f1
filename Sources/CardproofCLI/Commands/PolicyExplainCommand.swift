import ArgumentParser
import CardModel
import WireFormat

/// `cardproof policy explain`: one case, and every rule that decided it.
struct PolicyExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain one case: the window, who is liable, what is covered, and why.",
        discussion: """
            A case is one JSON object: the verdict, the times of custody and of the window \
            (docs/warranty-claims.md). It holds no code, no order and no person.
            """
    )

    @Argument(help: "File with the case; - is standard input.")
    var file: String

    @Option(help: "A policy that ships, or a file.")
    var policy: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let policy = try PolicySource(policy, option: "--policy").policy
        let bytes = try SecretInput.bytes(from: file, name: "policy explain")
        let warrantyCase = try Self.read(bytes, name: file)
        let explanation = try CaseExplanation(warrantyCase, policy)
        let language = try output.language
        try output.show(explanation.jsonValue) { explanation.text(in: language) }
    }

    private static func read(_ bytes: [UInt8], name: String) throws -> WarrantyCase {
        do {
            return try WarrantyCase(jsonValue: try JSONValue.parse(bytes))
        } catch let error as InvalidDocument {
            throw CommandFailure.usage(
                error.issues.map { "\(name): \($0.pointer): \($0.detail)" }
                    .joined(separator: "\n"))
        } catch {
            throw CommandFailure.usage("\(name): is not JSON")
        }
    }
}

/// A judgement with the words for it.
struct CaseExplanation {
    private let warrantyCase: WarrantyCase
    private let policy: WarrantyPolicy
    private let judgement: CaseJudgement
    private let pin: RuleTablesPin
    private let voidClauses: [VoidClause]

    /// - Throws: ``JSONError`` when the tables have no canonical form.
    init(_ warrantyCase: WarrantyCase, _ policy: WarrantyPolicy) throws(JSONError) {
        self.warrantyCase = warrantyCase
        self.policy = policy
        judgement = warrantyCase.judged(under: policy)
        pin = try RuleTables.standard.pin
        voidClauses = policy.voidClauses
    }

    var jsonValue: JSONValue {
        [
            "case": .string(warrantyCase.id), "policy": .string(policy.reference),
            "rules": rules,
            "window": window,
            "liable": .string(judgement.liability.party.rawValue),
            "ground": .string(judgement.liability.ground.reason),
            "covered": .string(judgement.coverage.covered.rawValue),
            "claim": .string(judgement.claim.reason),
            "void_clauses": .array(voidClauses.map { $0.jsonValue(by: .standard) }),
            "text": [
                "zh-CN": .string(text(in: .zhCN)), "en": .string(text(in: .en)),
            ],
        ]
    }

    /// The rules that fired, by their stable ids.
    private var rules: JSONValue {
        var fired = [
            judgement.liability.rule, judgement.coverage.id,
            "window.\(policy.window.mode.rawValue)",
        ]
        if !voidClauses.isEmpty { fired.append(VoidClause.rule) }
        return [
            "tables": [.string(pin.liability), .string(pin.coverage)],
            "fired": .array(fired.map { .string($0) }),
        ]
    }

    private var window: JSONValue {
        guard let span = judgement.window.span else { return .null }
        return [
            "starts_at": .string(span.start.rfc3339), "ends_at": .string(span.end.rfc3339),
            "ending": .string(span.ending.rawValue), "time_zone": .string(span.zone.identifier),
        ]
    }

    /// The two dimensions apart (M3-03): the time agreed, and whose fault it is; then the claim.
    func text(in language: Language) -> String {
        let state = warrantyCase.verdict.state
        let span = judgement.window.span
        let ends = span.map { "\($0.start.rfc3339) … \($0.end.rfc3339) (\($0.zone.identifier))" }
        let party = judgement.liability.party.name(in: language)
        let clauses = voidClauses.map {
            "\($0.text(in: language, by: .standard)) [\(VoidClause.rule)]"
        }
        let lines = [
            language("判定：", "Verdict: ") + state.rawValue,
            language("政策：", "Policy: ") + policy.reference,
            language("约定时限：", "Agreed time: ") + (ends ?? language("未起算", "not running")),
            language("责任方：", "Liable: ") + party
                + " [\(judgement.liability.rule); \(judgement.liability.ground.reason)]",
            language("保障范围：", "Coverage: ")
                + "\(judgement.coverage.covered.rawValue) [\(judgement.coverage.id)]",
            language("申诉：", "Claim: ") + judgement.claim.text(in: language)
                + " [\(judgement.claim.reason)]",
        ]
        return (lines + clauses).joined(separator: "\n")
    }
}
