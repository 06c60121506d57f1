extension Certainty {
    /// Who says so.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .authoritative: LocalisedText(zhCN: "发行方返回", en: "The issuer answered")
        case .derived: LocalisedText(zhCN: "由记录推得", en: "Derived from what is recorded")
        case .local: LocalisedText(zhCN: "仅凭卡面信息", en: "From what stands on the card alone")
        case .claimed: LocalisedText(zhCN: "当事人陈述", en: "As a party states")
        case .conflict: LocalisedText(zhCN: "来源互相矛盾", en: "Sources contradict each other")
        }
    }
}

extension Timing {
    /// What the side of the hand-over is called.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .beforeDelivery: LocalisedText(zhCN: "交付之前", en: "before the delivery")
        case .afterDelivery: LocalisedText(zhCN: "交付之后", en: "after the delivery")
        case .unknown: LocalisedText(zhCN: "先后不明", en: "not known on which side of the delivery")
        }
    }
}
