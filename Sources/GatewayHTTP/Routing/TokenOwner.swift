import CardModel
import Gateway

/// Whose token a path takes, where it does not take every one. A refusal says so, and not whose
/// token it was that came, nor whether it was anybody's.
enum TokenOwner {
    case system
    /// The system, or an account of role `platform`.
    case platform
    /// An account of role `platform`. The system is told that it needs one.
    case agent
    /// Those who see every claim of the platform.
    case reviewer
    /// The same, and a merchant, who sees his own.
    case reviewerOrMerchant
    /// Everybody of the platform but buyers.
    case noBuyer

    /// Whether a party is one whose token the path takes.
    func admits(_ party: Party) -> Bool {
        switch self {
        case .system: if case .system = party.scope { true } else { false }
        case .platform, .agent: party.principal(speakingFor: nil).role == .platform
        case .reviewer: party.seesAll
        case .reviewerOrMerchant: party.mayList
        case .noBuyer: if case .buyer = party.scope { false } else { true }
        }
    }

    var text: LocalisedText {
        switch self {
        case .system: LocalisedText(zhCN: "平台的 API 令牌", en: "the platform's API token")
        case .platform:
            LocalisedText(
                zhCN: "平台的 API 令牌，或角色为 platform 的账号令牌",
                en: "the platform's API token, or that of an account of role platform"
            )
        case .agent:
            LocalisedText(
                zhCN: "角色为 platform 的账号令牌", en: "the token of an account of role platform")
        case .reviewer:
            LocalisedText(
                zhCN: "平台的 API 令牌，或角色为 platform、arbiter 的账号令牌",
                en: "the platform's API token, or that of an account of role platform or arbiter"
            )
        case .reviewerOrMerchant:
            LocalisedText(
                zhCN: "平台的 API 令牌，或角色为 platform、arbiter、merchant 的账号令牌",
                en: "the platform's API token, or that of an account of role platform, arbiter or "
                    + "merchant"
            )
        case .noBuyer:
            LocalisedText(
                zhCN: "平台的 API 令牌或账号令牌，不接受订单令牌",
                en: "the platform's API token or an account's, and no order token"
            )
        }
    }
}

extension Problem {
    /// 401, with whose token the path takes.
    init(takes owner: TokenOwner) {
        self.init(
            .wrongToken,
            detail: LocalisedText(
                zhCN: "此路径只接受：\(owner.text.zhCN)。" + ProblemReason.wrongToken.detail.zhCN,
                en: "This path takes \(owner.text.en). " + ProblemReason.wrongToken.detail.en
            )
        )
    }
}
