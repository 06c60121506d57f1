extension ClauseRule {
    /// A clause that breaks the rule, as shops write it. Reports and documentation show it.
    public var example: String {
        switch self {
        case .blanketNoRefund: "一经售出，概不退换。"
        case .unspecifiedGoodsExcluded: "部分商品不支持售后。"
        case .undefinedQualityProblem: "激活后非质量问题不退换。"
        case .noReasonReturnExcluded: "本商品不适用七天无理由退货。"
        case .shortComplaintPeriod: "收货后5分钟内未联系客服，逾期不负责。"
        case .unknowablePeriodStart: "质保自卡密入库之日起计算。"
        case .expiryExcuse: "卡密过期概不负责。"
        case .oneTimeRuleUndisclosed: "一次性验证质保，验证成功后质保即结束。"
        case .buyerBlamedByDefault: "显示已使用的，一律视为用户操作不当。"
        case .proofDemanded: "须提供全程录像，否则不予处理。"
        case .merchantSoleJudge: "是否属于卡密问题，以本店判定为准。"
        case .deemedConsent: "付款即视为同意放弃退款权利。"
        case .deemedAcceptance: "24小时内未反馈视为验收合格。"
        case .liabilityExcluded: "出现任何问题，本店概不负责。"
        case .fitnessNotPromised: "本店不保证卡密可用。"
        case .remedyWaived: "购买后不得投诉、不得申请退款。"
        case .complaintPenalised: "差评直接拉黑，不再提供售后。"
        case .goodReviewDemanded: "五星好评截图后才提供质保。"
        case .finalInterpretation: "本活动最终解释权归本店所有。"
        case .unilateralChange: "本店有权随时修改规则，恕不另行通知。"
        case .forumImposed: "纠纷一律由卖家所在地法院管辖。"
        case .offPlatformTrade: "加微信私下转账更便宜。"
        case .prepaymentForfeited: "账户余额过期清零，概不退还。"
        case .refundReduced: "申请退款需扣除30%手续费。"
        case .vagueDiscretion: "出现问题视情况处理。"
        case .vagueException: "支持质保，特殊情况除外。"
        case .vagueStandard: "面值仅供参考，以实际为准。"
        case .vagueTime: "售后问题我们会尽快处理。"
        case .vagueOrUnfairAfterSale: "一分钱一分货，想要售后请去别家。"
        }
    }
}
