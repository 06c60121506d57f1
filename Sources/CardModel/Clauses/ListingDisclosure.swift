/// What a listing says before the order is placed: 商品类型与退换规则的告知义务 (M4-36).
///
/// `nil` means that nobody looked, or that the listing has no such thing; then nothing is found.
public struct ListingDisclosure: Sendable, Hashable {
    /// Whether the kind of goods is marked: a digital code, delivered at once.
    public var goodsTypeStated: Bool?
    /// Whether it says when the goods can be returned.
    public var returnRulesStated: Bool?
    /// Whether it says how long the warranty runs, and from when.
    public var warrantyPeriodStated: Bool?
    /// Whether a one-time rule is shown before the order; `nil` where there is no such rule.
    public var oneTimeRuleStatedBeforeOrder: Bool?

    public init(
        goodsTypeStated: Bool? = nil,
        returnRulesStated: Bool? = nil,
        warrantyPeriodStated: Bool? = nil,
        oneTimeRuleStatedBeforeOrder: Bool? = nil
    ) {
        self.goodsTypeStated = goodsTypeStated
        self.returnRulesStated = returnRulesStated
        self.warrantyPeriodStated = warrantyPeriodStated
        self.oneTimeRuleStatedBeforeOrder = oneTimeRuleStatedBeforeOrder
    }

    /// What had to be disclosed and was not.
    public var undisclosed: [DisclosureDuty] {
        DisclosureDuty.allCases.filter { isStated($0) == false }
    }

    private func isStated(_ duty: DisclosureDuty) -> Bool? {
        switch duty {
        case .goodsType: goodsTypeStated
        case .returnRules: returnRulesStated
        case .warrantyPeriod: warrantyPeriodStated
        case .oneTimeRule: oneTimeRuleStatedBeforeOrder
        }
    }
}

/// What a shop has to tell before an order; the raw value is the id of the finding.
public enum DisclosureDuty: String, Sendable, Hashable, CaseIterable {
    case goodsType = "undisclosed_goods_type"
    case returnRules = "undisclosed_return_rules"
    case warrantyPeriod = "undisclosed_warranty_period"
    case oneTimeRule = "undisclosed_one_time_rule"
}

extension DisclosureDuty {
    public var severity: ClauseSeverity {
        switch self {
        case .goodsType, .returnRules, .oneTimeRule: .error
        case .warrantyPeriod: .warning
        }
    }

    /// The requirements that ask for the duty.
    public var requirements: [String] {
        switch self {
        case .goodsType, .returnRules: ["M4-36", "M4-37"]
        case .warrantyPeriod: ["M4-36"]
        case .oneTimeRule: ["M3-18", "M4-36", "M4-37"]
        }
    }

    /// What follows from the silence, in one sentence. That it was deceit, for which the law
    /// gives three times the price (退一赔三), is for a person to say (M4-37).
    public var explanation: LocalisedText {
        switch self {
        case .goodsType:
            LocalisedText(
                zhCN: "商品类型未标注；构成欺诈的，消费者可主张退一赔三，由人工确认。",
                en: "The kind of goods is not marked; where that is deceit the consumer may claim "
                    + "the price and three times more, which a person confirms."
            )
        case .returnRules:
            LocalisedText(
                zhCN: "退换规则未标注；未标注的限制对买家不适用，构成欺诈的可主张退一赔三，由人工确认。",
                en: "The return rules are not marked; limits that are not marked do not bind the "
                    + "buyer, and a claim for deceit is for a person to confirm."
            )
        case .warrantyPeriod:
            LocalisedText(
                zhCN: "质保期限与起算时间未标注，按平台默认质保期执行。",
                en: "How long the warranty runs and from when is not marked; the platform's "
                    + "default period holds."
            )
        case .oneTimeRule:
            LocalisedText(
                zhCN: "一次性验证规则未在下单前告知，按普通质保期执行。",
                en: "The one-time rule was not shown before the order; the ordinary warranty "
                    + "period holds."
            )
        }
    }

    /// What the listing may say.
    public var betterWording: LocalisedText {
        switch self {
        case .goodsType:
            LocalisedText(
                zhCN: "商品类型：数字卡密，付款后自动发货。",
                en: "Kind of goods: a digital code, delivered automatically after payment."
            )
        case .returnRules:
            LocalisedText(
                zhCN: "退换规则：未查看的卡密可退；无效、已被使用、面值不符的可补发或退款。",
                en: "Returns: codes not yet viewed can be returned; invalid, used or "
                    + "undervalued ones are replaced or refunded."
            )
        case .warrantyPeriod:
            LocalisedText(
                zhCN: "质保期：自交付卡密起15天。",
                en: "Warranty: 15 days from the hand-over of the code."
            )
        case .oneTimeRule:
            LocalisedText(
                zhCN: "下单前提示：本商品验证成功一次后质保结束，请勾选确认。",
                en: "Shown before ordering: the warranty ends with the first successful check; "
                    + "please tick to confirm."
            )
        }
    }
}

extension ClauseLinter {
    /// The same for the text of a listing of which more is known: a one-time rule that the shop
    /// shows before the order need not be disclosed again in the text (M3-18).
    public static func findings(
        in text: String,
        listing: ListingDisclosure
    ) throws(ClauseTextTooLong) -> [ClauseFinding] {
        let findings = try findings(in: text)
        guard listing.oneTimeRuleStatedBeforeOrder == true else { return findings }
        return findings.filter { $0.rule != .oneTimeRuleUndisclosed }
    }
}
