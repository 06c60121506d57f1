/// Defects that one remedy makes good: there is one claim per order item and family, and later
/// defects of the family attach to it.
public enum DefectFamily: String, Sendable, Hashable, CaseIterable {
    /// 卡密错误、失效: the code does not work for the buyer, for whatever reason.
    case codeUnusable = "code_unusable"
    /// 与描述不符: it works, and is not what was sold.
    case notAsDescribed = "not_as_described"
    /// It did not come, came short or came late.
    case delivery
    case payment
    /// A running service was cut or interrupted.
    case service
    /// Somebody else can get at the account.
    case accountSecurity = "account_security"

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .codeUnusable: LocalisedText(zhCN: "卡密无法使用", en: "the code does not work")
        case .notAsDescribed: LocalisedText(zhCN: "与描述不符", en: "not as described")
        case .delivery: LocalisedText(zhCN: "交付问题", en: "delivery")
        case .payment: LocalisedText(zhCN: "支付问题", en: "payment")
        case .service: LocalisedText(zhCN: "服务问题", en: "service")
        case .accountSecurity: LocalisedText(zhCN: "账号安全", en: "security of the account")
        }
    }
}

extension VerdictState {
    /// The family a claim about this state belongs to; `nil` where no claim can be about it.
    public var defectFamily: DefectFamily? {
        switch self {
        case .malformed, .notFound, .notActivated, .partiallyUsed, .used, .expired, .revoked,
            .locked, .duplicateDelivery, .temporarilyUnusable, .issuerDelay:
            .codeUnusable
        case .wrongProduct, .wrongRegion, .wrongVersion, .undervalued, .shortShelfLife,
            .accountMismatch:
            .notAsDescribed
        case .oversold, .notDelivered, .shortDelivery, .lateDelivery, .extractionFailed: .delivery
        case .doubleCharged: .payment
        case .termShortened, .serviceInterrupted: .service
        case .accountCompromised: .accountSecurity
        case .okUnused, .okActivatedByBuyer, .duplicateStock, .indeterminate, .unsupported,
            .conflict:
            nil
        }
    }
}
