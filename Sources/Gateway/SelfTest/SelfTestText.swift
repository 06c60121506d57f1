import CardModel

/// What a buyer reads: what the verdict means and what happens next.
enum SelfTestText {
    static let pending = LocalisedText(
        zhCN: "正在向发行方查询，请稍后再试。",
        en: "The issuer is being asked; please look again in a moment."
    )

    static let consentMissing = LocalisedText(
        zhCN: "查验这张卡密需将其提交给第三方或直接充值消耗，须先取得您的同意；同意之前不会查询。",
        en: "Checking this code would show it to a third party or spend it, so nobody is asked "
            + "before you agree."
    )

    static func message(of decision: ItemDecision) -> LocalisedText {
        LocalisedText(
            zhCN: text(of: decision, in: .zhCN),
            en: text(of: decision, in: .en)
        )
    }

    private static func text(of decision: ItemDecision, in language: Language) -> String {
        let meaning = decision.verdict.value.meaning(in: language)
        if decision.verdict.cause == .consentMissing { return consentMissing[language] }
        let next = decision.verdict.state.nextStep(in: language)
        let refusal = decision.claimRefusal
            .flatMap { NotCoveredReason(rawValue: $0) }.map { $0.text(in: language) }
        let separator = language == .en ? " " : ""
        return [meaning, refusal ?? next].joined(separator: separator)
    }
}
