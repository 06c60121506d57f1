/// Who can act on a claim.
public enum ClaimActor: String, Sendable, Hashable, CaseIterable {
    case buyer
    case merchant
    /// An agent of the platform: a person.
    case platform
    /// A person who was not the first reviewer.
    case arbiter
    case thirdParty = "third_party"
    /// The gateway itself.
    case system

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .buyer: LocalisedText(zhCN: "买家", en: "buyer")
        case .merchant: LocalisedText(zhCN: "商家", en: "merchant")
        case .platform: LocalisedText(zhCN: "平台", en: "platform")
        case .arbiter: LocalisedText(zhCN: "仲裁员", en: "arbiter")
        case .thirdParty: LocalisedText(zhCN: "发行方或运营商", en: "issuer or carrier")
        case .system: LocalisedText(zhCN: "网关", en: "gateway")
        }
    }
}
