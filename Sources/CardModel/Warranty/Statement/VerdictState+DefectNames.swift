extension VerdictState {
    /// What a warranty statement calls the defect; `nil` for a state that no warranty covers.
    public func defectName(in language: Language) -> String? {
        isCoverable ? defectNames?[language] : nil
    }

    private var defectNames: LocalisedText? {
        switch self {
        case .malformed: LocalisedText(zhCN: "格式错误", en: "malformed code")
        case .notFound: LocalisedText(zhCN: "卡密不存在", en: "code unknown to the issuer")
        case .notActivated: LocalisedText(zhCN: "未激活", en: "code not activated")
        case .wrongProduct: LocalisedText(zhCN: "商品不符", en: "wrong product")
        case .wrongRegion: LocalisedText(zhCN: "区服不符", en: "wrong region")
        case .wrongVersion: LocalisedText(zhCN: "版本不符", en: "wrong version")
        case .undervalued: LocalisedText(zhCN: "面值不符", en: "value below the face value")
        case .partiallyUsed:
            LocalisedText(zhCN: "交付前已部分使用", en: "partly used before delivery")
        case .used: LocalisedText(zhCN: "交付前已使用", en: "used before delivery")
        case .expired: LocalisedText(zhCN: "交付时已过期", en: "expired at delivery")
        case .shortShelfLife:
            LocalisedText(zhCN: "剩余有效期短于承诺", en: "shelf life shorter than promised")
        case .revoked: LocalisedText(zhCN: "被发行方作废", en: "revoked by the issuer")
        case .locked: LocalisedText(zhCN: "被锁定", en: "locked")
        case .duplicateDelivery: LocalisedText(zhCN: "一码多卖", en: "sold more than once")
        case .oversold: LocalisedText(zhCN: "超卖", en: "sold without stock")
        case .notDelivered: LocalisedText(zhCN: "付款后未发货", en: "paid and not delivered")
        case .shortDelivery: LocalisedText(zhCN: "少发", en: "fewer codes than bought")
        case .lateDelivery: LocalisedText(zhCN: "延迟交付", en: "late delivery")
        case .extractionFailed: LocalisedText(zhCN: "无法提取", en: "code cannot be retrieved")
        case .doubleCharged: LocalisedText(zhCN: "重复扣款", en: "charged twice")
        case .termShortened: LocalisedText(zhCN: "服务期缩水", en: "term shorter than promised")
        case .serviceInterrupted: LocalisedText(zhCN: "服务中断", en: "service interrupted")
        case .accountMismatch:
            LocalisedText(zhCN: "账号与描述不符", en: "account not as described")
        case .accountCompromised: LocalisedText(zhCN: "账号存在风险", en: "account compromised")
        case .temporarilyUnusable:
            LocalisedText(zhCN: "官方维护无法使用", en: "unusable during maintenance")
        case .issuerDelay:
            LocalisedText(zhCN: "发行方或运营商延迟", en: "delay of the issuer or carrier")
        case .okUnused, .okActivatedByBuyer, .duplicateStock, .indeterminate, .unsupported,
            .conflict:
            nil
        }
    }
}

extension TollingKind {
    /// What people call the incident.
    func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .issuerOutage: LocalisedText(zhCN: "发行方故障", en: "an outage of the issuer")
        case .platformOutage: LocalisedText(zhCN: "平台故障", en: "an outage of the platform")
        case .indeterminate:
            LocalisedText(zhCN: "卡密状态无法判定", en: "a state that cannot be decided")
        }
    }
}

extension WarrantyPolicy.Basis {
    /// What people call the event.
    func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .delivery: LocalisedText(zhCN: "交付", en: "the delivery")
        case .firstView: LocalisedText(zhCN: "首次查看卡密", en: "the first look at the code")
        case .firstVerification: LocalisedText(zhCN: "首次查验", en: "the first check")
        case .firstActivation: LocalisedText(zhCN: "首次激活", en: "the first activation")
        case .firstUse: LocalisedText(zhCN: "首次使用", en: "the first use")
        }
    }
}
