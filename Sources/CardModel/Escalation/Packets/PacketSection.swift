/// The parts of a packet, in their order.
enum PacketSection: CaseIterable {
    case problem
    case demand
    case parties
    case agreement
    case breach
    case timeline
    case payment
    case loss
    case collective
    case evidence
    case contacts
    case filings
    case rules
    case law
    case hashes
    case verification
    case filing

    /// The field without which a draft marks the section as missing.
    var field: PacketField? {
        switch self {
        case .demand: .demand
        case .parties: .respondent
        case .agreement: .agreement
        case .breach: .breach
        case .timeline: .timeline
        case .payment: .payment
        case .loss: .loss
        case .evidence: .evidence
        case .contacts: .contactAttempt
        case .rules: .rule
        case .law: .law
        case .hashes, .verification: .seal
        case .problem, .collective, .filings, .filing: nil
        }
    }

    static func of(_ kind: EscalationChannel.Kind) -> [PacketSection] {
        switch kind {
        case .platform, .consumerBody, .court: allCases
        case .paymentFirm:
            allCases.filter { ![.loss, .collective, .law].contains($0) }
        // A report of facts: no pressure by other filings, no law to argue.
        case .police:
            allCases.filter { ![.contacts, .filings, .rules, .law].contains($0) }
        case .notary:
            [.problem, .evidence, .hashes, .verification, .filing]
        }
    }

    func heading(in language: Language) -> String { headings[language] }

    private var headings: LocalisedText {
        switch self {
        case .problem: LocalisedText(zhCN: "问题", en: "Problem")
        case .demand: LocalisedText(zhCN: "诉求", en: "Demand")
        case .parties: LocalisedText(zhCN: "当事人", en: "Parties")
        case .agreement: LocalisedText(zhCN: "约定", en: "Agreement")
        case .breach: LocalisedText(zhCN: "违约事实", en: "Breach")
        case .timeline: LocalisedText(zhCN: "经过", en: "Timeline")
        case .payment: LocalisedText(zhCN: "付款", en: "Payment")
        case .loss: LocalisedText(zhCN: "损失计算", en: "Loss")
        case .collective: LocalisedText(zhCN: "集体案件", en: "Collective case")
        case .evidence: LocalisedText(zhCN: "证据清单", en: "Evidence")
        case .contacts: LocalisedText(zhCN: "联系记录", en: "Contact attempts")
        case .filings: LocalisedText(zhCN: "其他渠道", en: "Other channels")
        case .rules: LocalisedText(zhCN: "平台规则依据", en: "Platform rules")
        case .law: LocalisedText(zhCN: "法律依据", en: "Law")
        case .hashes: LocalisedText(zhCN: "哈希清单", en: "Hashes")
        case .verification: LocalisedText(zhCN: "核验方法", en: "How to verify")
        case .filing: LocalisedText(zhCN: "提交", en: "Filing")
        }
    }
}
