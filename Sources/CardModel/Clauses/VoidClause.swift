public import WireFormat

/// A clause of an order's own terms that is void (不公平格式条款无效, M1-35). No decision gives it any
/// effect; a decision under these terms says so, with the law.
public struct VoidClause: Sendable, Hashable {
    /// The rule that decisions name.
    public static let rule = "unfair_clause_void"
    /// Where the law says so (``LawLibrary``).
    public static let citationID = "cn.consumer.26"

    /// Where in the policy document the clause stands.
    public let pointer: String
    public let clause: ClauseRule
    /// As the shop wrote it.
    public let excerpt: String

    /// Why it is of no effect, in one sentence.
    public func text(in language: Language, by law: LawLibrary) -> String {
        let place = law[Self.citationID].map { $0.title[language] } ?? Self.citationID
        return LocalisedText(
            zhCN: "条款“\(excerpt)”无效，不影响本判定（\(place)）。",
            en: "The clause “\(excerpt)” is void and changes nothing here (\(place))."
        )[language]
    }

    public func jsonValue(by law: LawLibrary) -> JSONValue {
        let citation = law[Self.citationID]
        return [
            "rule": .string(Self.rule), "clause": .string(clause.rawValue),
            "pointer": .string(pointer), "excerpt": .string(excerpt),
            "law": [
                "id": .string(Self.citationID),
                "title": citation?.title.jsonValue ?? .null,
                "summary": citation?.summary.jsonValue ?? .null,
                "verified": .bool(citation?.isVerified ?? false),
            ],
            "text": [
                "zh-CN": .string(text(in: .zhCN, by: law)), "en": .string(text(in: .en, by: law)),
            ],
        ]
    }
}

extension WarrantyPolicy {
    /// What the shop's own words in the policy say, by the place where they stand.
    public var quotedTexts: [(pointer: String, text: String)] {
        [
            ("/no_refund_clause", noRefundClause), ("/disclosure/text_zh", disclosure.textZhCN),
        ].compactMap { pointer, text in text.map { (pointer, $0) } }
    }

    /// Clauses of these terms that take a right away, each place and rule once.
    ///
    /// Texts beyond what is read (``ClauseLinter/longestTextBytes``) have none: a policy that holds
    /// one is refused when it is read.
    public var voidClauses: [VoidClause] {
        quotedTexts.flatMap { pointer, text -> [VoidClause] in
            let findings = (try? ClauseLinter.findings(in: text)) ?? []
            var seen: Set<ClauseRule> = []
            return findings.filter { $0.severity == .error && seen.insert($0.rule).inserted }
                .map { VoidClause(pointer: pointer, clause: $0.rule, excerpt: $0.excerpt) }
        }
    }
}
