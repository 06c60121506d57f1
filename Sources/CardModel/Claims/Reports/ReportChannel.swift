/// The way in which a claim's problem was reported (反馈渠道, M3-33).
public enum ReportChannel: String, Sendable, Hashable, CaseIterable {
    /// A check that the gateway made by itself found it.
    case automatic
    /// A check that the buyer asked for found it.
    case selfTest = "self_test"
    /// The online service: a page or an app.
    case online
    case ticket
    case phone

    /// What a person can have used; the others are said by the gateway alone.
    public static let personal: [ReportChannel] = [.online, .ticket, .phone]

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .automatic: LocalisedText(zhCN: "系统自动检测", en: "found by the gateway")
        case .selfTest: LocalisedText(zhCN: "买家自助检测", en: "found by the buyer's self-test")
        case .online: LocalisedText(zhCN: "在线客服", en: "reported online")
        case .ticket: LocalisedText(zhCN: "工单", en: "reported by ticket")
        case .phone: LocalisedText(zhCN: "电话", en: "reported by telephone")
        }
    }
}
