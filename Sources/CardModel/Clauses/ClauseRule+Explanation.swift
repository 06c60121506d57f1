extension ClauseRule {
    /// Why the clause is unfair or vague, in one sentence.
    public var explanation: LocalisedText {
        switch self {
        case .blanketNoRefund: Self.blanketNoRefundExplanation
        case .unspecifiedGoodsExcluded: Self.unspecifiedGoodsExcludedExplanation
        case .undefinedQualityProblem: Self.undefinedQualityProblemExplanation
        case .noReasonReturnExcluded: Self.noReasonReturnExcludedExplanation
        case .shortComplaintPeriod: Self.shortComplaintPeriodExplanation
        case .unknowablePeriodStart: Self.unknowablePeriodStartExplanation
        case .expiryExcuse: Self.expiryExcuseExplanation
        case .oneTimeRuleUndisclosed: Self.oneTimeRuleUndisclosedExplanation
        case .buyerBlamedByDefault: Self.buyerBlamedByDefaultExplanation
        case .proofDemanded: Self.proofDemandedExplanation
        case .merchantSoleJudge: Self.merchantSoleJudgeExplanation
        case .deemedConsent: Self.deemedConsentExplanation
        case .deemedAcceptance: Self.deemedAcceptanceExplanation
        case .liabilityExcluded: Self.liabilityExcludedExplanation
        case .fitnessNotPromised: Self.fitnessNotPromisedExplanation
        case .remedyWaived: Self.remedyWaivedExplanation
        case .complaintPenalised: Self.complaintPenalisedExplanation
        case .goodReviewDemanded: Self.goodReviewDemandedExplanation
        case .finalInterpretation: Self.finalInterpretationExplanation
        case .unilateralChange: Self.unilateralChangeExplanation
        case .forumImposed: Self.forumImposedExplanation
        case .offPlatformTrade: Self.offPlatformTradeExplanation
        case .prepaymentForfeited: Self.prepaymentForfeitedExplanation
        case .refundReduced: Self.refundReducedExplanation
        case .vagueDiscretion: Self.vagueDiscretionExplanation
        case .vagueException: Self.vagueExceptionExplanation
        case .vagueStandard: Self.vagueStandardExplanation
        case .vagueTime: Self.vagueTimeExplanation
        case .vagueOrUnfairAfterSale: Self.vagueOrUnfairAfterSaleExplanation
        }
    }

    private static let blanketNoRefundExplanation = LocalisedText(
        zhCN: "这条一概拒绝退换；卡密有质量问题或与描述不符时，法定的权利不因它而消失，条款无效。",
        en: "It refuses every refund and exchange; the buyer's statutory rights in a "
            + "defective or misdescribed code stay, and the clause is void."
    )

    private static let unspecifiedGoodsExcludedExplanation = LocalisedText(
        zhCN: "没有写明是哪些商品，买家下单前无法知道自己有没有售后。",
        en: "It does not say which goods, so a buyer cannot know before ordering whether "
            + "there is after-sale service."
    )

    private static let undefinedQualityProblemExplanation = LocalisedText(
        zhCN: "没有定义什么是质量问题，拒绝时由商家随意解释。",
        en: "What a quality problem is stays undefined, so the shop decides it when it refuses."
    )

    private static let noReasonReturnExcludedExplanation = LocalisedText(
        zhCN: "数字商品可以排除无理由退货，但须在下单前告知并由买家确认。",
        en: "Digital goods may be excluded from no-reason returns if the buyer is told "
            + "before ordering and confirms it."
    )

    private static let shortComplaintPeriodExplanation = LocalisedText(
        zhCN: "提出问题的时间短于72小时，买家无法在此期间完成验证。",
        en: "The time to complain is shorter than 72 hours, in which a buyer cannot be "
            + "expected to check a code."
    )

    private static let unknowablePeriodStartExplanation = LocalisedText(
        zhCN: "质保从买家无法知道的事件起算，可能在收货前就已届满。",
        en: "The warranty starts with an event that the buyer cannot know, and may have "
            + "ended before the hand-over."
    )

    private static let expiryExcuseExplanation = LocalisedText(
        zhCN: "是否过期按交付时判断：交付时已过期或低于承诺的有效期，由商家负责。",
        en: "Expiry is judged at the hand-over: a code that was expired then, or short of "
            + "the promised shelf life, is the shop's to answer for."
    )

    private static let oneTimeRuleUndisclosedExplanation = LocalisedText(
        zhCN: "没有写明如何在下单前告知；未事先告知的，按普通质保期执行。",
        en: "It does not say how the buyer is told before ordering; without that the "
            + "ordinary warranty period holds."
    )

    private static let buyerBlamedByDefaultExplanation = LocalisedText(
        zhCN: "没有证据就把责任推给买家；主张买家使用或操作不当的，由商家举证。",
        en: "It puts the blame on the buyer without evidence; whoever says the buyer used "
            + "or mishandled the code has to show it."
    )

    private static let proofDemandedExplanation = LocalisedText(
        zhCN: "把一种难以取得的证据当作售后的唯一条件。",
        en: "It makes one kind of evidence that is hard to have the only way to after-sale "
            + "service."
    )

    private static let merchantSoleJudgeExplanation = LocalisedText(
        zhCN: "由当事一方单独判定结果，买家没有可核对的依据。",
        en: "One party alone decides the outcome, and the buyer has nothing to check it "
            + "against."
    )

    private static let deemedConsentExplanation = LocalisedText(
        zhCN: "把付款、查看等行为当作同意，买家没有单独作出同意。",
        en: "It takes paying or viewing for consent that the buyer never gave."
    )

    private static let deemedAcceptanceExplanation = LocalisedText(
        zhCN: "把买家的沉默当作验收，缺陷在之后发现也不能主张。",
        en: "It takes the buyer's silence for acceptance, so that a defect found later "
            + "counts for nothing."
    )

    private static let liabilityExcludedExplanation = LocalisedText(
        zhCN: "免除了商家对商品应负的责任，条款无效。",
        en: "It releases the shop from answering for its goods, and is void."
    )

    private static let fitnessNotPromisedExplanation = LocalisedText(
        zhCN: "可以兑换是卡密的基本用途，不能约定不保证。",
        en: "That a code can be redeemed is what it is bought for; this cannot be left "
            + "unpromised."
    )

    private static let remedyWaivedExplanation = LocalisedText(
        zhCN: "限制买家投诉、评价、退款或起诉的权利，条款无效。",
        en: "It takes away the right to complain, to review, to ask for a refund or to "
            + "sue, and is void."
    )

    private static let complaintPenalisedExplanation = LocalisedText(
        zhCN: "因买家投诉、评价或申请退款而处罚买家。",
        en: "It punishes the buyer for complaining, reviewing or asking for a refund."
    )

    private static let goodReviewDemandedExplanation = LocalisedText(
        zhCN: "以好评为售后的条件，评价不再真实。",
        en: "It makes after-sale service depend on a good review, so that reviews stop "
            + "being true."
    )

    private static let finalInterpretationExplanation = LocalisedText(
        zhCN: "条款有两种以上解释时，应采用不利于提供方的解释。",
        en: "Where a term can be read in two ways, the reading against the one who wrote "
            + "it holds."
    )

    private static let unilateralChangeExplanation = LocalisedText(
        zhCN: "商家可以单方改变已成立的约定，买家无从得知。",
        en: "The shop may change what was agreed, and the buyer is not told."
    )

    private static let forumImposedExplanation = LocalisedText(
        zhCN: "指定对商家方便的法院或仲裁，加重消费者维权的负担。",
        en: "It names the court or arbitration that suits the shop and makes it harder for "
            + "a consumer to sue."
    )

    private static let offPlatformTradeExplanation = LocalisedText(
        zhCN: "引导买家离开平台付款，平台的担保和证据随之失去。",
        en: "It leads the buyer to pay outside the platform, where its protection and its "
            + "records are lost."
    )

    private static let prepaymentForfeitedExplanation = LocalisedText(
        zhCN: "没收买家尚未消费的预付款。",
        en: "It keeps money that the buyer paid ahead and has not spent."
    )

    private static let refundReducedExplanation = LocalisedText(
        zhCN: "退款被扣减，或只退成本店的余额、积分。",
        en: "The refund is cut, or given as the shop's own credit."
    )

    private static let vagueDiscretionExplanation = LocalisedText(
        zhCN: "没有写明什么情况下怎么处理，结果全凭商家决定。",
        en: "It does not say what happens when; the outcome is whatever the shop decides."
    )

    private static let vagueExceptionExplanation = LocalisedText(
        zhCN: "例外没有列明，任何情形都可能被当作例外。",
        en: "The exceptions are not listed, so anything may be called one."
    )

    private static let vagueStandardExplanation = LocalisedText(
        zhCN: "以买家下单前无法核对的标准为准，描述失去约束力。",
        en: "A standard holds that the buyer cannot check before ordering, and the "
            + "description binds nobody."
    )

    private static let vagueTimeExplanation = LocalisedText(
        zhCN: "没有写明期限，买家无法判断是否逾期。",
        en: "It names no time, so a buyer cannot tell when the shop is late."
    )

    private static let vagueOrUnfairAfterSaleExplanation = LocalisedText(
        zhCN: "这句话谈售后却只说对买家不利的，没有给出时间、办法或判断依据。",
        en: "It speaks of after-sale service only against the buyer, and grants no time, no "
            + "remedy and no evidence to go by."
    )
}
