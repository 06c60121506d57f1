extension PacketField {
    /// What the person has to do, one sentence.
    public func whatToDo(in language: Language) -> String {
        switch language {
        case .zhCN: whatToDoZhCN
        case .en: whatToDoEn
        }
    }

    private var whatToDoZhCN: String {
        switch self {
        case .product: "请填写商品名称。"
        case .orderNumber: "请填写订单号。"
        case .demand: "请选择诉求：补发、退款或赔偿，并填写金额或数量。"
        case .evidence: "请添加证据：订单、支付凭证、交付记录、沟通记录。"
        case .proofOfOccurrence: "请添加证明问题发生的证据，如查询记录或报错截图。"
        case .proofOfFault: "请添加证明责任方过错的证据，如查询记录或页面快照。"
        case .proofOfLoss: "请添加证明损失的证据，如支付凭证。"
        case .complainant: "请填写投诉人姓名和联系方式。"
        case .respondent: "请补充被投诉方的主体名称；可向平台索取。"
        case .agreement: "请补充证明双方约定的材料：订单和商品页面快照。"
        case .breach: "请补充约定与实际的对照。"
        case .timeline: "请补充事件经过，含每次沟通的时间。"
        case .payment: "请补充支付方式、金额和时间。"
        case .paymentReference: "请在支付应用的账单中查找支付单号并填写。"
        case .loss: "请填写损失计算。"
        case .rule: "请注明所依据的平台规则条款。"
        case .law: "请选择所依据的法律条款。"
        case .contactAttempt: "请先联系商家或平台，并登记时间和结果。"
        case .seal: "请先导出证据包，使其带有哈希清单和签名。"
        case .personConfirmation: "本文书含有须由人工确认的内容，请由工作人员或本人确认。"
        }
    }

    private var whatToDoEn: String {
        switch self {
        case .product: "Name the product."
        case .orderNumber: "Give the order number."
        case .demand: "Choose what is asked for, with its amount or quantity."
        case .evidence: "Add evidence: order, payment voucher, delivery, communication."
        case .proofOfOccurrence: "Add evidence that it happened, such as the issuer's answer."
        case .proofOfFault: "Add evidence of whose fault it is, such as the listing."
        case .proofOfLoss: "Add evidence of the loss, such as the payment voucher."
        case .complainant: "Give the name and the contact of the person who complains."
        case .respondent: "Give the respondent's legal name; the platform has it."
        case .agreement: "Add what shows the agreement: the order and the listing."
        case .breach: "Add the comparison of what was agreed and what came."
        case .timeline: "Add what happened when, each contact included."
        case .payment: "Give the way, the amount and the time of the payment."
        case .paymentReference: "Look up the payment's number in the payment app and enter it."
        case .loss: "Give the computation of the loss."
        case .rule: "Name the clause of the platform's rules."
        case .law: "Choose the provision of law."
        case .contactAttempt: "Contact the merchant or the platform first and note the result."
        case .seal: "Export the evidence bundle first: it has the hashes and the signature."
        case .personConfirmation: "It contains what only a person may decide: have it confirmed."
        }
    }
}
