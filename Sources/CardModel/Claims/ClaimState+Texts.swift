extension ClaimState {
    /// What the state means, for whoever follows a claim.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .detected: LocalisedText(zhCN: "已发现问题", en: "a defect was found")
        case .open: LocalisedText(zhCN: "等待商家回应", en: "the merchant is to answer")
        case .evidence: LocalisedText(zhCN: "补充证据", en: "evidence is collected")
        case .remedyOffered:
            LocalisedText(zhCN: "已提出补救方案，等待买家答复", en: "a remedy is offered to the buyer")
        case .reviewQueued: LocalisedText(zhCN: "等待平台审核", en: "waits for the platform's review")
        case .review: LocalisedText(zhCN: "平台审核中", en: "the platform reviews it")
        case .waitingThirdParty:
            LocalisedText(zhCN: "等待发行方或运营商", en: "the issuer or carrier is waited for")
        case .liability: LocalisedText(zhCN: "责任认定中", en: "liability is being decided")
        case .executing: LocalisedText(zhCN: "补救执行中", en: "the remedy is carried out")
        case .verifyRemedy: LocalisedText(zhCN: "核验补救结果", en: "the remedy is verified")
        case .appeal: LocalisedText(zhCN: "复核中", en: "another person reviews the decision")
        case .holdRisk: LocalisedText(zhCN: "人工核实中", en: "a person looks at it")
        case .escalateTier2:
            LocalisedText(zhCN: "可向消费者投诉渠道提交", en: "can be filed with a consumer body")
        case .escalateTier3:
            LocalisedText(zhCN: "可向支付机构提出争议", en: "can be disputed with the payment firm")
        case .escalateTier4: LocalisedText(zhCN: "法律途径", en: "the way of the law")
        case .closedNotCovered: LocalisedText(zhCN: "已结束：不在质保范围内", en: "closed: not covered")
        case .closedWithdrawn: LocalisedText(zhCN: "已结束：买家撤回", en: "closed: withdrawn by the buyer")
        case .closedAbandoned:
            LocalisedText(zhCN: "已暂停：缺少证据，可凭新证据重新开启", en: "at rest: evidence is missing")
        case .closedRecovered: LocalisedText(zhCN: "已结束：卡密恢复可用", en: "closed: the code works again")
        case .closedRemedied: LocalisedText(zhCN: "已结束：已补救", en: "closed: remedied")
        case .closedFinal: LocalisedText(zhCN: "已结束：最终决定", en: "closed: the decision is final")
        case .closedFraud: LocalisedText(zhCN: "已结束：由人工认定", en: "closed: as a person decided")
        case .closedRefundedExternal:
            LocalisedText(zhCN: "已结束：款项已由外部渠道退回", en: "closed: refunded by an outside channel")
        }
    }
}
