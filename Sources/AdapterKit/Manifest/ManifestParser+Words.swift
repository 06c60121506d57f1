import CardModel

/// What people read of an answer, where an issuer's own word says nothing to them.
extension ManifestParser {
    /// A state, or `{state: indeterminate, cause: …}`; with the words for what the issuer said.
    func described(
        _ node: ManifestNode,
        insteadOf asWritten: LocalisedText
    ) -> (meaning: WordMeaning, words: LocalisedText)? {
        guard node.isMapping else {
            return issuerState(node).map { (Self.meaning($0, nil), asWritten) }
        }
        guard let members = node.members(of: .meaning) else { return nil }
        return meaning(members).map { ($0, words(members, insteadOf: asWritten)) }
    }

    /// The members `en` and `zh`; a language that is left out reads what stands there anyway.
    func words(
        _ members: [String: ManifestNode],
        insteadOf asWritten: LocalisedText
    ) -> LocalisedText {
        let english = members["en"]?.nonEmptyText()
        let chinese = members["zh"]?.nonEmptyText()
        return LocalisedText(zhCN: chinese ?? asWritten.zhCN, en: english ?? asWritten.en)
    }
}

extension AnswerRule {
    /// The conditions in one line, as written in the manifest.
    static func summary(_ statuses: Set<Int>, _ conditions: [Condition]) -> LocalisedText {
        LocalisedText(
            zhCN: summary(statuses, conditions, in: .zhCN),
            en: summary(statuses, conditions, in: .en)
        )
    }

    private static func summary(
        _ statuses: Set<Int>,
        _ conditions: [Condition],
        in language: Language
    ) -> String {
        let codes = statuses.sorted().map(String.init).joined(separator: "/")
        let texts = conditions.map { condition -> String in
            let test = condition.matcher.summary(in: language)
            switch condition.source {
            case .body(let place), .header(let place): return "\(place) \(test)"
            }
        }
        let separator = LocalisedText(zhCN: "，", en: ", ")[language]
        return (["HTTP \(codes)"] + texts).joined(separator: separator)
    }
}

extension ValueMatcher {
    fileprivate func summary(in language: Language) -> String {
        tests.map { Self.words(of: $0)[language] }
            .joined(separator: LocalisedText(zhCN: " 且 ", en: " and ")[language])
    }

    private static func words(of test: Test) -> LocalisedText {
        switch test {
        case .isOneOf(let texts): same("= " + texts.joined(separator: "|"))
        case .isNoneOf(let texts): same("≠ " + texts.joined(separator: "|"))
        case .exists(true): LocalisedText(zhCN: "存在", en: "exists")
        case .exists(false): LocalisedText(zhCN: "不存在", en: "is absent")
        case .isEmpty(true): LocalisedText(zhCN: "为空", en: "is empty")
        case .isEmpty(false): LocalisedText(zhCN: "不为空", en: "is not empty")
        case .contains(let part): LocalisedText(zhCN: "含“\(part)”", en: "contains “\(part)”")
        case .beginsWith(let prefix):
            LocalisedText(zhCN: "以“\(prefix)”开头", en: "begins with “\(prefix)”")
        case .atLeast(let operand): same("≥ \(operand.summary)")
        case .below(let operand): same("< \(operand.summary)")
        case .hasType(let type):
            LocalisedText(zhCN: "类型为 \(type.rawValue)", en: "is \(type.rawValue)")
        }
    }

    private static func same(_ text: String) -> LocalisedText {
        LocalisedText(zhCN: text, en: text)
    }
}

extension ValueMatcher.Operand {
    fileprivate var summary: String {
        switch self {
        // A whole number is not written with a fraction in the manifest either.
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .pointer(let pointer): pointer
        }
    }
}
