/// Who answers for a defect (M3-19 and M3-20: platform, merchant, third party).
public enum LiableParty: String, Sendable, Hashable, CaseIterable {
    /// Nobody: there is no defect, or none is established.
    case none
    case merchant
    case platform
    /// The issuer, the carrier or the publisher; the platform coordinates.
    case thirdParty = "third_party"
    case buyer
    /// A person decides; never a machine.
    case undetermined
}

extension LiableParty {
    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .none: LocalisedText(zhCN: "无", en: "nobody")
        case .merchant: LocalisedText(zhCN: "商家", en: "the merchant")
        case .platform: LocalisedText(zhCN: "平台", en: "the platform")
        case .thirdParty: LocalisedText(zhCN: "第三方（发行方或运营商）", en: "the issuer or carrier")
        case .buyer: LocalisedText(zhCN: "买家", en: "the buyer")
        case .undetermined: LocalisedText(zhCN: "待人工判定", en: "to be decided by a person")
        }
    }
}
