/// A place where a complaint is filed (投诉渠道); M0-25, M1-20 to M1-27, M4-12 to M4-28.
///
/// The gateway prepares and tracks; it never files (E4).
public enum EscalationChannel: String, Sendable, Hashable, CaseIterable {
    /// 客服中心, 投诉建议, 订单仲裁: see ``PlatformEntry``.
    case platformQueue = "platform_queue"
    case hotline12315 = "12315"
    case heimao
    case tousuZhitongche = "tousu_zhitongche"
    case jutousu
    case xiaofeibao
    case consumerAssociation = "consumer_association"
    /// Takes complaints (tier 2) and written reports of large or systemic cases (tier 4).
    case marketSupervision = "market_supervision"
    case paymentWechat = "payment_wechat"
    case paymentAlipay = "payment_alipay"
    case paymentBank = "payment_bank"
    case smallClaimsCourt = "small_claims_court"
    case police110 = "police_110"
    case antiFraudApp = "anti_fraud_app"
    /// Certifies evidence, decides nothing (M4-28).
    case notary

    /// The lowest tier the channel belongs to.
    public var tier: EscalationTier {
        switch self {
        case .platformQueue: .platform
        case .hotline12315, .heimao, .tousuZhitongche, .jutousu, .xiaofeibao,
            .consumerAssociation, .marketSupervision:
            .consumerBodies
        case .paymentWechat, .paymentAlipay, .paymentBank: .paymentDispute
        case .smallClaimsCourt, .police110, .antiFraudApp, .notary: .law
        }
    }

    /// What a channel is for, which decides the packet's contents.
    public enum Kind: Sendable, Hashable {
        case platform
        case consumerBody
        case paymentFirm
        case court
        case police
        case notary
    }

    public var kind: Kind {
        switch self {
        case .platformQueue: .platform
        case .hotline12315, .heimao, .tousuZhitongche, .jutousu, .xiaofeibao,
            .consumerAssociation, .marketSupervision:
            .consumerBody
        case .paymentWechat, .paymentAlipay, .paymentBank: .paymentFirm
        case .smallClaimsCourt: .court
        case .police110, .antiFraudApp: .police
        case .notary: .notary
        }
    }

    /// The persons who may file here: the text is the buyer's speech, and the platform's agent may
    /// stand in only where the platform is a party to the payment or to the report.
    public var filers: [FilingPerson] {
        switch kind {
        case .platform, .consumerBody, .court, .notary: [.buyer]
        case .paymentFirm, .police: [.buyer, .platformAgent]
        }
    }
}

/// Who presses the button of a filing; a person, never the gateway (E4).
public enum FilingPerson: String, Sendable, Hashable, CaseIterable {
    case buyer
    case platformAgent = "platform_agent"

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .buyer: LocalisedText(zhCN: "买家本人", en: "the buyer")
        case .platformAgent: LocalisedText(zhCN: "平台工作人员", en: "an agent of the platform")
        }
    }
}

/// The desks of a platform's own queue (M4-12).
public enum PlatformEntry: String, Sendable, Hashable, CaseIterable {
    case customerService = "customer_service"
    case complaints
    case arbitration

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .customerService: LocalisedText(zhCN: "客服中心", en: "customer service")
        case .complaints: LocalisedText(zhCN: "投诉建议", en: "complaints and suggestions")
        case .arbitration: LocalisedText(zhCN: "订单仲裁", en: "order arbitration")
        }
    }
}

extension EscalationChannel {
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .platformQueue: LocalisedText(zhCN: "平台投诉渠道", en: "the platform's complaint queue")
        case .hotline12315: LocalisedText(zhCN: "全国12315平台", en: "the 12315 platform")
        case .heimao: LocalisedText(zhCN: "黑猫投诉", en: "Heimao (黑猫投诉)")
        case .tousuZhitongche:
            LocalisedText(zhCN: "投诉直通车", en: "Tousu Zhitongche (投诉直通车)")
        case .jutousu: LocalisedText(zhCN: "聚投诉", en: "Jutousu (聚投诉)")
        case .xiaofeibao: LocalisedText(zhCN: "消费保", en: "Xiaofeibao (消费保)")
        case .consumerAssociation:
            LocalisedText(zhCN: "消费者协会", en: "the consumer association (消费者协会)")
        case .marketSupervision:
            LocalisedText(zhCN: "市场监管局", en: "the market regulator (市场监管局)")
        case .paymentWechat: LocalisedText(zhCN: "微信支付", en: "WeChat Pay (微信支付)")
        case .paymentAlipay: LocalisedText(zhCN: "支付宝", en: "Alipay (支付宝)")
        case .paymentBank: LocalisedText(zhCN: "发卡银行", en: "the bank of the card")
        case .smallClaimsCourt:
            LocalisedText(zhCN: "人民法院（小额诉讼）", en: "the court (small claims, 小额诉讼)")
        case .police110: LocalisedText(zhCN: "公安机关（110）", en: "the police (110)")
        case .antiFraudApp:
            LocalisedText(zhCN: "国家反诈中心", en: "the National Anti-Fraud Centre app (国家反诈中心)")
        case .notary: LocalisedText(zhCN: "公证处", en: "a notary (公证)")
        }
    }
}
