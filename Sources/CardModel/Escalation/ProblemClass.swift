/// What a complaint is about, as the tier table sees it (M4-10, M4-22).
public enum ProblemClass: String, Sendable, Hashable, CaseIterable {
    /// 收款不发货: paid, and nothing usable was handed over.
    case notDelivered = "not_delivered"
    case shortDelivery = "short_delivery"
    case lateDelivery = "late_delivery"
    case codeUnusable = "code_unusable"
    /// 描述不符
    case notAsDescribed = "not_as_described"
    case payment
    case service
    case accountSecurity = "account_security"
    /// 预售、秒杀 taken, then the shop shuts down.
    case fraudPresale = "fraud_presale"
    case stolenCode = "stolen_code"
    case forgedCode = "forged_code"
    /// 跑路 (M0-38, M4-09)
    case absconding
    /// Type of goods or return rules were not marked (M4-36).
    case undisclosed

    /// The class of a verdict; `nil` for what no complaint is about. Whether it is fraud is never
    /// read off a verdict: a person or a detector says so.
    public init?(state: VerdictState) {
        switch state.defectFamily {
        case .codeUnusable: self = .codeUnusable
        case .notAsDescribed: self = .notAsDescribed
        // Sold out or stuck at the platform is the same to the buyer: paid, and nothing came.
        case .delivery where state == .shortDelivery: self = .shortDelivery
        case .delivery where state == .lateDelivery: self = .lateDelivery
        case .delivery: self = .notDelivered
        case .payment: self = .payment
        case .service: self = .service
        case .accountSecurity: self = .accountSecurity
        case nil: return nil
        }
    }

    /// Suspected fraud: a person confirms before anything is filed (M0-26).
    public var isFraud: Bool {
        switch self {
        case .fraudPresale, .stolenCode, .forgedCode, .absconding: true
        case .notDelivered, .shortDelivery, .lateDelivery, .codeUnusable, .notAsDescribed,
            .payment, .service, .accountSecurity, .undisclosed:
            false
        }
    }

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .notDelivered: LocalisedText(zhCN: "付款后未发货", en: "paid and not delivered")
        case .shortDelivery: LocalisedText(zhCN: "少发", en: "delivered short")
        case .lateDelivery: LocalisedText(zhCN: "延迟发货", en: "delivered late")
        case .codeUnusable: LocalisedText(zhCN: "卡密无法使用", en: "the code does not work")
        case .notAsDescribed: LocalisedText(zhCN: "与描述不符", en: "not as described")
        case .payment: LocalisedText(zhCN: "重复扣款", en: "charged twice")
        case .service: LocalisedText(zhCN: "服务期缩短或中断", en: "the service was cut")
        case .accountSecurity:
            LocalisedText(zhCN: "账号存在安全风险", en: "the account is not safe")
        case .fraudPresale:
            LocalisedText(zhCN: "疑似预售后关店", en: "suspected: presale, then shut down")
        case .stolenCode: LocalisedText(zhCN: "疑似盗取的卡密", en: "suspected: stolen code")
        case .forgedCode: LocalisedText(zhCN: "疑似伪造的卡密", en: "suspected: forged code")
        case .absconding:
            LocalisedText(zhCN: "疑似商家失联并停止经营", en: "suspected: the shop has absconded")
        case .undisclosed:
            LocalisedText(zhCN: "未明示商品类型或退换规则", en: "goods or return rules not marked")
        }
    }
}
