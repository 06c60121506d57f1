public import WireFormat

/// How a buyer complains, whom he reaches, within what time he is answered, and where he may go
/// beyond the platform: what a platform publishes of its complaint mechanism (M1-37).
public struct ComplaintGuide: Sendable {
    /// Nil where the operator has published none.
    public let contacts: ComplaintContacts?
    /// What no policy of the platform falls below; nil where it has no minimum.
    public let minimum: WarrantyPolicy?
    /// Outside the platform, in the order in which they are gone to.
    public let channels: [EscalationChannel]

    public init(
        contacts: ComplaintContacts?,
        minimum: WarrantyPolicy?,
        tiers: TierTable
    ) {
        self.contacts = contacts
        self.minimum = minimum
        channels = tiers.outsideChannels
    }

    /// One time within which something is owed.
    public struct Limit: Sendable, Hashable {
        /// A stable word.
        public let name: String
        public let title: LocalisedText
        public let within: PolicyDuration
    }

    public var limits: [Limit] {
        guard let levels = minimum?.serviceLevels else { return [] }
        var limits = [
            Limit(
                name: "first_response",
                title: LocalisedText(
                    zhCN: "受理后首次答复", en: "first answer after a claim is accepted"),
                within: levels.firstResponse),
            Limit(
                name: "proposal",
                title: LocalisedText(zhCN: "提出处理方案", en: "a plan of what will be done"),
                within: levels.proposal),
            Limit(
                name: "resolution",
                title: LocalisedText(
                    zhCN: "处理完毕，否则平台介入", en: "the end of it; then the platform steps in"),
                within: levels.resolution),
        ]
        if let decision = levels.platformDecidesWithin {
            limits.append(
                Limit(
                    name: "decision",
                    title: LocalisedText(zhCN: "平台作出判定", en: "the platform's decision"),
                    within: decision))
        }
        limits.append(
            Limit(
                name: "appeal",
                title: LocalisedText(
                    zhCN: "对判定申请复核", en: "your appeal against a decision"),
                within: levels.appealWithin))
        return limits
    }
}

extension ComplaintGuide {
    public func jsonValue(of platform: String, in language: Language) -> JSONValue {
        [
            "platform": .string(platform), "language": .string(language.rawValue),
            "steps": .array(Self.steps.map { .string($0[language]) }),
            "contacts": contacts?.jsonValue ?? .null,
            "limits": .array(
                limits.map { limit in
                    [
                        "limit": .string(limit.name),
                        "within": .string(limit.within.description),
                        "title": .string(limit.title[language]),
                        "text": .string(limit.within.text(in: language)),
                    ]
                }
            ),
            "channels": .array(
                channels.map { channel in
                    [
                        "channel": .string(channel.rawValue),
                        "name": .string(channel.name(in: language)),
                        "tier": .integer(Int64(channel.tier.number)),
                        "tier_name": .string(channel.tier.name(in: language)),
                        "filers": .array(channel.filers.map { .string($0.rawValue) }),
                    ]
                }
            ),
        ]
    }

    /// What to do, one thing after the other.
    public static let steps = [
        LocalisedText(
            zhCN: "用订单令牌自助检测卡密；检测结果写入日志。发现缺陷且在质保期内的，申诉自动发起。",
            en: "Test the code with the token of your order; the result goes into the log. "
                + "A defect within the warranty opens a claim by itself."),
        LocalisedText(
            zhCN: "申诉的受理时间是 opened_at；查询号在自助检测结果和申诉事件中给出。",
            en: "A claim is accepted at opened_at. Its tracking number is in the answer to the "
                + "test and in the claim's events."),
        LocalisedText(
            zhCN: "凭查询号随时查看进度：/v1/tracking/{查询号}。",
            en: "See where it stands at any time: /v1/tracking/{tracking number}."),
        LocalisedText(
            zhCN: "用订单令牌提出诉求、补充证据、答复方案、申请复核：/v1/claims/{申诉号}/events。",
            en: "Say what you want, add evidence, answer an offer or appeal with the token of your "
                + "order: /v1/claims/{claim}/events."),
        LocalisedText(
            zhCN: "自助检测无法判断的，按下列方式联系平台。",
            en: "Where the test cannot tell, reach the platform as below."),
        LocalisedText(
            zhCN: "平台超时或处理无果的，可以按下列顺序向外部渠道投诉；材料由 /v1/claims/{申诉号}/packets 生成。",
            en: "Where the platform is late or nothing came of it, the channels below are open in "
                + "this order; /v1/claims/{claim}/packets makes the papers."),
    ]
}

extension TierTable {
    /// Every channel beyond the platform that a row names, by tier, and within a tier as the rows
    /// name them first.
    public var outsideChannels: [EscalationChannel] {
        let choices = (channels.all.flatMap(\.channels) + proposals.flatMap(\.channels))
        var seen: Set<EscalationChannel> = []
        let named = choices.flatMap(\.allChannels).filter { seen.insert($0).inserted }
        return EscalationTier.allCases.dropFirst().flatMap { tier in
            named.filter { $0.tier == tier }
        }
    }
}

extension ChannelChoice {
    fileprivate var allChannels: [EscalationChannel] {
        switch self {
        case .fixed(let channel): [channel]
        case .payment: EscalationChannel.allCases.filter { $0.kind == .paymentFirm }
        }
    }
}
