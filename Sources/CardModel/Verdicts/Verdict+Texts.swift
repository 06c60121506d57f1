extension Verdict {
    /// What the verdict means, one sentence for the buyer; says when, where the time is known.
    public func meaning(in language: Language) -> String {
        guard state.hasTiming, let timing, let dated = Self.datedMeanings(timing)[state] else {
            return state.meaning(in: language)
        }
        return dated[language]
    }

    private static func datedMeanings(_ timing: Timing) -> [VerdictState: LocalisedText] {
        switch timing {
        case .beforeDelivery: meaningsBefore
        case .afterDelivery: meaningsAfter
        case .unknown: [:]
        }
    }

    private static let meaningsBefore: [VerdictState: LocalisedText] = [
        .used: LocalisedText(
            zhCN: "这张卡密在交付给您之前已被使用。",
            en: "The code had been used before it was delivered to you."
        ),
        .partiallyUsed: LocalisedText(
            zhCN: "卡内金额在交付给您之前已被用去一部分。",
            en: "Part of the card's value had been spent before it was delivered to you."
        ),
        .expired: LocalisedText(
            zhCN: "这张卡密在交付给您时已经过期。",
            en: "The code had expired when it was delivered to you."
        ),
    ]

    private static let meaningsAfter: [VerdictState: LocalisedText] = [
        .used: LocalisedText(
            zhCN: "这张卡密是在交付给您之后被使用的。",
            en: "The code was used after it was delivered to you."
        ),
        .partiallyUsed: LocalisedText(
            zhCN: "卡内金额是在交付给您之后被用去一部分的。",
            en: "Part of the card's value was spent after it was delivered to you."
        ),
        .expired: LocalisedText(
            zhCN: "这张卡密交付时有效，现已过期。",
            en: "The code was good at delivery and has expired since."
        ),
    ]
}
