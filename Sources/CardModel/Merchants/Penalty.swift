/// What a platform does to a merchant that does not keep its duties (处罚, M2-23), mildest first.
public enum Penalty: String, Sendable, Hashable, CaseIterable, Comparable {
    /// 降权: shown lower in lists.
    case downrank
    /// 罚款
    case fine
    /// 暂停: nothing new is sold.
    case suspend
    /// 封禁
    case ban

    /// Who carries a penalty out. Only what can be taken back at once and costs nobody money is
    /// automatic; there is no way to write down an automatic fine, suspension or ban.
    public var execution: Execution {
        switch self {
        case .downrank: .automatic
        case .fine, .suspend: .preparedForPerson
        case .ban: .personOnly
        }
    }

    /// The raw values are published and never translated.
    public enum Execution: String, Sendable, Hashable {
        case automatic
        /// Written out with its reasons; a person presses.
        case preparedForPerson = "prepared"
        /// Named as open to a person, who decides and writes the reasons.
        case personOnly = "person"
    }

    public static func < (left: Penalty, right: Penalty) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .downrank: 0
        case .fine: 1
        case .suspend: 2
        case .ban: 3
        }
    }

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .downrank: LocalisedText(zhCN: "降权", en: "shown lower")
        case .fine: LocalisedText(zhCN: "罚款", en: "fine")
        case .suspend: LocalisedText(zhCN: "暂停销售", en: "suspension of sales")
        case .ban: LocalisedText(zhCN: "封禁", en: "ban")
        }
    }
}
