extension Remedy {
    /// What people call the remedy.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .repair: LocalisedText(zhCN: "修复", en: "repair")
        case .reissue: LocalisedText(zhCN: "更换有效卡密", en: "another code that works")
        case .refundOriginal: LocalisedText(zhCN: "原路退款", en: "refund the way it was paid")
        case .partialRefund: LocalisedText(zhCN: "部分退款", en: "partial refund")
        case .payDifference: LocalisedText(zhCN: "补足差额", en: "payment of the difference")
        case .compensateDelay: LocalisedText(zhCN: "延迟补偿", en: "compensation of the delay")
        case .wait: LocalisedText(zhCN: "等待恢复", en: "wait for recovery")
        case .coupon: LocalisedText(zhCN: "优惠券", en: "coupon")
        case .points: LocalisedText(zhCN: "积分", en: "points")
        case .upgrade: LocalisedText(zhCN: "会员升级", en: "membership upgrade")
        case .refundPlusThree:
            LocalisedText(zhCN: "退一赔三", en: "refund and three times the price")
        }
    }
}

extension Exclusion.Kind {
    /// What people call the fact.
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .userLostKey: LocalisedText(zhCN: "买家遗失卡密", en: "the buyer lost the key")
        case .userLeak: LocalisedText(zhCN: "买家泄露卡密", en: "the buyer let the key leak")
        case .userWrongTarget:
            LocalisedText(zhCN: "买家充错账号", en: "the buyer charged the wrong account")
        case .forceMajeure: LocalisedText(zhCN: "不可抗力", en: "force majeure")
        case .disclosedLimit:
            LocalisedText(zhCN: "购买前已写明的限制", en: "a limit stated before the purchase")
        }
    }
}
