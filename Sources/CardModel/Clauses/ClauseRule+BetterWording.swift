extension ClauseRule {
    /// What a shop may say instead. The times are those of the shipped policies.
    public var betterWording: LocalisedText {
        switch self {
        case .blanketNoRefund: Self.blanketNoRefundWording
        case .unspecifiedGoodsExcluded: Self.unspecifiedGoodsExcludedWording
        case .undefinedQualityProblem: Self.undefinedQualityProblemWording
        case .noReasonReturnExcluded: Self.noReasonReturnExcludedWording
        case .shortComplaintPeriod: Self.shortComplaintPeriodWording
        case .unknowablePeriodStart: Self.unknowablePeriodStartWording
        case .expiryExcuse: Self.expiryExcuseWording
        case .oneTimeRuleUndisclosed: Self.oneTimeRuleUndisclosedWording
        case .buyerBlamedByDefault: Self.buyerBlamedByDefaultWording
        case .proofDemanded: Self.proofDemandedWording
        case .merchantSoleJudge: Self.merchantSoleJudgeWording
        case .deemedConsent: Self.deemedConsentWording
        case .deemedAcceptance: Self.deemedAcceptanceWording
        case .liabilityExcluded: Self.liabilityExcludedWording
        case .fitnessNotPromised: Self.fitnessNotPromisedWording
        case .remedyWaived: Self.remedyWaivedWording
        case .complaintPenalised: Self.complaintPenalisedWording
        case .goodReviewDemanded: Self.goodReviewDemandedWording
        case .finalInterpretation: Self.finalInterpretationWording
        case .unilateralChange: Self.unilateralChangeWording
        case .forumImposed: Self.forumImposedWording
        case .offPlatformTrade: Self.offPlatformTradeWording
        case .prepaymentForfeited: Self.prepaymentForfeitedWording
        case .refundReduced: Self.refundReducedWording
        case .vagueDiscretion: Self.vagueDiscretionWording
        case .vagueException: Self.vagueExceptionWording
        case .vagueStandard: Self.vagueStandardWording
        case .vagueTime: Self.vagueTimeWording
        case .vagueOrUnfairAfterSale: Self.vagueOrUnfairAfterSaleWording
        }
    }

    private static let blanketNoRefundWording = LocalisedText(
        zhCN: "卡密无效、已被使用或面值不符的，自收货起15天内可选择补发或退款。",
        en: "If the code is invalid, already used or short of its face value, you may "
            + "choose a new code or a refund within 15 days of the hand-over."
    )

    private static let unspecifiedGoodsExcludedWording = LocalisedText(
        zhCN: "逐一列出不适用无理由退货的商品；质量问题对所有商品都可退换。",
        en: "List each product that no-reason returns do not apply to; defects are covered "
            + "for every product."
    )

    private static let undefinedQualityProblemWording = LocalisedText(
        zhCN: "质量问题指：无效、已被使用、面值不符、区服不符、重复发货；属于以上情形的可退换。",
        en: "A quality problem is: invalid, already used, short of face value, wrong "
            + "region, delivered twice; each of these can be refunded or exchanged."
    )

    private static let noReasonReturnExcludedWording = LocalisedText(
        zhCN: "本商品不适用七天无理由退货，下单时单独确认；卡密有质量问题的照常退换。",
        en: "No-reason returns do not apply; you confirm this separately when you order. "
            + "Defective codes are still refunded or exchanged."
    )

    private static let shortComplaintPeriodWording = LocalisedText(
        zhCN: "请在收货后尽早验证；自收货起15天内提出的问题都会处理。",
        en: "Please check the code soon; whatever you report within 15 days of the "
            + "hand-over is dealt with."
    )

    private static let unknowablePeriodStartWording = LocalisedText(
        zhCN: "质保期自交付卡密时起算，截止时间显示在订单页。",
        en: "The warranty runs from the hand-over of the code; its end is shown on the "
            + "order page."
    )

    private static let expiryExcuseWording = LocalisedText(
        zhCN: "交付时卡密剩余有效期不少于90天；交付时已过期的，全额退款。",
        en: "A code has at least 90 days left at the hand-over; if it had expired by then, "
            + "you are refunded in full."
    )

    private static let oneTimeRuleUndisclosedWording = LocalisedText(
        zhCN: "一次性验证质保在下单前单独提示并由买家勾选确认；未确认的按7天质保执行。",
        en: "The one-time rule is shown before you order and you tick it separately; "
            + "without that, 7 days of warranty hold."
    )

    private static let buyerBlamedByDefaultWording = LocalisedText(
        zhCN: "主张卡密由买家使用的，由本店出示发行方记录；不能出示的，补发或退款。",
        en: "If we say that you used the code, we show the issuer's record; if we cannot, "
            + "you get a new code or a refund."
    )

    private static let proofDemandedWording = LocalisedText(
        zhCN: "请提供订单号；截图、录屏有则更好，没有也由我们向发行方查询。",
        en: "Please give the order number; screenshots or a recording help, and without "
            + "them we ask the issuer."
    )

    private static let merchantSoleJudgeWording = LocalisedText(
        zhCN: "以发行方的查询结果为准；对结果有异议的，可申请平台复核。",
        en: "The issuer's answer decides; if you disagree, you may ask the platform for a "
            + "review."
    )

    private static let deemedConsentWording = LocalisedText(
        zhCN: "需要您同意的条款在下单前单独列出，由您勾选；不勾选不影响法定权利。",
        en: "Terms that need your consent are listed before you order, for you to tick; "
            + "your statutory rights do not depend on them."
    )

    private static let deemedAcceptanceWording = LocalisedText(
        zhCN: "未反馈不代表验收；质保期内发现的问题都可以提出。",
        en: "Silence is not acceptance; you may report a problem at any time within the "
            + "warranty."
    )

    private static let liabilityExcludedWording = LocalisedText(
        zhCN: "因卡密本身或本店原因造成的损失由本店承担。",
        en: "We answer for loss caused by the code or by us."
    )

    private static let fitnessNotPromisedWording = LocalisedText(
        zhCN: "本店保证交付的卡密有效、未使用、面值与描述一致。",
        en: "We promise that the code is valid, unused and of the face value described."
    )

    private static let remedyWaivedWording = LocalisedText(
        zhCN: "对处理结果不满意的，可向平台、12315投诉或依法起诉。",
        en: "If you are not satisfied, you may complain to the platform or to 12315, or go "
            + "to court."
    )

    private static let complaintPenalisedWording = LocalisedText(
        zhCN: "投诉和评价不影响您的质保和售后。",
        en: "Complaints and reviews do not affect your warranty or after-sale service."
    )

    private static let goodReviewDemandedWording = LocalisedText(
        zhCN: "评价由您自愿填写，内容与售后无关。",
        en: "Reviews are voluntary, and what they say has no bearing on after-sale service."
    )

    private static let finalInterpretationWording = LocalisedText(
        zhCN: "对条款有不同理解的，按对消费者有利的理解执行。",
        en: "If a term can be read in more than one way, the reading in the consumer's "
            + "favour holds."
    )

    private static let unilateralChangeWording = LocalisedText(
        zhCN: "修改条款提前7天公告，已成立的订单按下单时的条款执行。",
        en: "Changes are announced 7 days ahead; an order keeps the terms it was placed under."
    )

    private static let forumImposedWording = LocalisedText(
        zhCN: "协商不成的，消费者可向有管辖权的人民法院起诉，包括收货地法院。",
        en: "If no agreement is found, the consumer may sue in any court that has "
            + "jurisdiction, the place of delivery included."
    )

    private static let offPlatformTradeWording = LocalisedText(
        zhCN: "请在平台内下单付款；本店不会要求您私下转账。",
        en: "Please order and pay on the platform; we never ask you to transfer money in "
            + "private."
    )

    private static let prepaymentForfeitedWording = LocalisedText(
        zhCN: "未消费的余额可随时申请退回原支付账户。",
        en: "What is left of your balance is returned to the account you paid from "
            + "whenever you ask."
    )

    private static let refundReducedWording = LocalisedText(
        zhCN: "因卡密问题退款的，实付金额原路全额退回，不收手续费。",
        en: "A refund for a defective code is paid in full to the account you paid from, "
            + "without a fee."
    )

    private static let vagueDiscretionWording = LocalisedText(
        zhCN: "卡密无效的，2小时内提出补发或退款方案，由买家选择。",
        en: "For an invalid code we offer a new one or a refund within 2 hours, and the "
            + "buyer chooses."
    )

    private static let vagueExceptionWording = LocalisedText(
        zhCN: "例外仅限：发行方有记录证明买家已兑换；买家书面告知他人卡密。",
        en: "The only exceptions are: the issuer's record shows that the buyer redeemed "
            + "it; the buyer gave the code to others in writing."
    )

    private static let vagueStandardWording = LocalisedText(
        zhCN: "面值、区服和有效期以下单页面的描述为准，不一致的可退款。",
        en: "Face value, region and expiry are as described on the order page; if they "
            + "differ, you may have a refund."
    )

    private static let vagueTimeWording = LocalisedText(
        zhCN: "客服2分钟内响应，2小时内给出方案，24小时内完成。",
        en: "We answer within 2 minutes, propose a remedy within 2 hours and finish within "
            + "24 hours."
    )

    private static let vagueOrUnfairAfterSaleWording = LocalisedText(
        zhCN: "特价商品的售后与原价商品相同：15天内卡密无效的，补发或退款。",
        en: "Goods at a reduced price have the same after-sale service: an invalid code is "
            + "replaced or refunded within 15 days."
    )
}
