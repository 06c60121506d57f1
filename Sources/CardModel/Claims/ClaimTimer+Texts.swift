extension ClaimTimer {
    /// What is to be done in the time, or what is looked at when it is over.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .firstResponse: LocalisedText(zhCN: "商家首次答复", en: "the merchant's first answer")
        case .proposal: LocalisedText(zhCN: "提出补救方案", en: "a plan")
        case .resolution: LocalisedText(zhCN: "解决申诉", en: "a resolution")
        case .hardLimit: LocalisedText(zhCN: "平台处理", en: "the platform's own limit")
        case .noProgress: LocalisedText(zhCN: "没有进展", en: "no progress")
        case .buyerReminder: LocalisedText(zhCN: "提醒买家补充证据", en: "a reminder of evidence")
        case .buyerEvidence: LocalisedText(zhCN: "买家举证", en: "the buyer's evidence")
        case .merchantEvidence: LocalisedText(zhCN: "商家举证", en: "the merchant's evidence")
        case .remedyAnswer: LocalisedText(zhCN: "答复补救方案", en: "an answer to the offer")
        case .reviewStart: LocalisedText(zhCN: "开始审核", en: "the start of the review")
        case .review: LocalisedText(zhCN: "审核", en: "the review")
        case .liability: LocalisedText(zhCN: "责任认定", en: "the ruling on liability")
        case .thirdPartyNotice: LocalisedText(zhCN: "告知买家进展", en: "the next word to the buyer")
        case .thirdPartyLimit: LocalisedText(zhCN: "等待第三方", en: "waiting for a third party")
        case .execution: LocalisedText(zhCN: "执行补救", en: "carrying the remedy out")
        case .verification: LocalisedText(zhCN: "核验补救结果", en: "verifying the remedy")
        case .appeal: LocalisedText(zhCN: "复核", en: "the appeal")
        case .riskReview: LocalisedText(zhCN: "人工核实", en: "a person's look at it")
        case .outsideFollowUp: LocalisedText(zhCN: "查看外部渠道进展", en: "a look at the outside channel")
        case .limitation: LocalisedText(zhCN: "诉讼时效提醒", en: "a reminder of the limitation")
        }
    }
}
