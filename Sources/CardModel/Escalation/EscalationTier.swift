/// The four tiers of complaint channels (四级渠道), in the order they are used (M1-20, M4-32).
public enum EscalationTier: String, Sendable, Hashable, CaseIterable {
    /// The platform's own queue.
    case platform
    /// Consumer bodies and complaint sites: 12315, 黑猫 (M1-23).
    case consumerBodies = "consumer_bodies"
    /// The firm that carried the payment (M1-25).
    case paymentDispute = "payment_dispute"
    /// Regulator's written complaint, court, police (M1-27); always a person.
    case law

    /// 1 to 4.
    public var number: Int {
        switch self {
        case .platform: 1
        case .consumerBodies: 2
        case .paymentDispute: 3
        case .law: 4
        }
    }

    /// The tier a claim is in while it stands there.
    public var claimState: ClaimState? {
        switch self {
        case .platform: nil
        case .consumerBodies: .escalateTier2
        case .paymentDispute: .escalateTier3
        case .law: .escalateTier4
        }
    }

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .platform: LocalisedText(zhCN: "平台内部渠道", en: "the platform")
        case .consumerBodies:
            LocalisedText(zhCN: "第三方监督渠道", en: "consumer bodies and complaint sites")
        case .paymentDispute: LocalisedText(zhCN: "支付争议渠道", en: "a payment dispute")
        case .law: LocalisedText(zhCN: "法律渠道", en: "the law")
        }
    }
}

extension EscalationTier: Comparable {
    public static func < (left: EscalationTier, right: EscalationTier) -> Bool {
        left.number < right.number
    }
}
