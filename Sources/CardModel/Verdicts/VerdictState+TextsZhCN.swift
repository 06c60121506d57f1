extension VerdictState {
    /// What the state means.
    var meaningZhCN: String {
        switch self {
        case .okUnused: "这张卡密有效，尚未使用。"
        case .okActivatedByBuyer: "这张卡密已在交付后由您激活。"
        case .malformed: "这段文字不符合该卡种的格式。"
        case .notFound: "发行方查不到这张卡密。"
        case .notActivated: "这张卡尚未在发行方开通。"
        case .wrongProduct: "这张卡密属于另一种商品。"
        case .wrongRegion: "这张卡密属于另一个地区或区服。"
        case .wrongVersion: "这张卡密属于另一个版本。"
        case .undervalued: "卡内金额低于购买的面值。"
        case .partiallyUsed: "卡内金额已被用去一部分。"
        case .used: "这张卡密已被使用。"
        case .expired: "这张卡密已过有效期。"
        case .shortShelfLife: "交付时剩余有效期短于承诺。"
        case .revoked: "发行方已作废这张卡密。"
        case .locked: "这张卡密因尝试次数过多被锁定。"
        case .duplicateDelivery: "同一张卡密已交付给另一笔订单。"
        case .duplicateStock: "库存中有重复的卡密。"
        case .oversold: "商家收款后没有可交付的卡密。"
        case .notDelivered: "付款后没有收到卡密。"
        case .shortDelivery: "收到的卡密少于购买数量。"
        case .lateDelivery: "交付时间晚于承诺。"
        case .extractionFailed: "平台故障导致无法提取卡密。"
        case .doubleCharged: "同一笔订单被重复扣款。"
        case .termShortened: "服务期短于承诺。"
        case .serviceInterrupted: "服务在有效期内中断。"
        case .accountMismatch: "收到的账号与描述不符。"
        case .accountCompromised: "收到的账号存在被盗用的风险。"
        case .temporarilyUnusable: "因官方维护暂时无法使用。"
        case .issuerDelay: "运营商或发行方处理延迟。"
        case .indeterminate: "暂时无法判定这张卡密的状态。"
        case .unsupported: "没有可查询这种卡密的接口。"
        case .conflict: "不同来源的结果互相矛盾。"
        }
    }

    /// What follows, leaving window and policy aside.
    var nextStepZhCN: String {
        switch self {
        case .okUnused: "可以放心使用；请保存好凭证。"
        case .okActivatedByBuyer: "无需操作；请保存好凭证。"
        case .malformed: "请核对并确认收到的原文。"
        case .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .duplicateDelivery:
            "质保期内可要求补发或退款。"
        case .notActivated: "稍后会再次查询；仍未开通则按质保处理。"
        case .undervalued: "质保期内可要求补差、补发或退款。"
        case .partiallyUsed, .used: "交付前被使用按质保处理；时间不明由人工判定。"
        case .expired: "交付时已过期的按质保处理。"
        case .shortShelfLife: "质保期内可要求补发或部分退款。"
        case .revoked: "质保期内可要求退款，来源由人工追查。"
        case .locked: "请勿继续输入；由人工查明是谁的尝试。"
        case .duplicateStock: "售前请移除重复的一张。"
        case .oversold, .notDelivered: "质保期内可要求交付或退款。"
        case .shortDelivery: "质保期内可要求补足或退款。"
        case .lateDelivery: "可获延迟补偿，由人工确认。"
        case .extractionFailed: "平台应修复或补发。"
        case .doubleCharged: "人工核对两笔付款后原路退回。"
        case .termShortened, .serviceInterrupted: "复查确认后可要求补足或按比例退款。"
        case .accountMismatch, .accountCompromised: "可退款或更换，由人工确认。"
        case .temporarilyUnusable: "质保期暂停计算，恢复后会再次查询。"
        case .issuerDelay: "质保期暂停计算，稍后会再次查询。"
        case .indeterminate: "会继续查询，质保期暂停计算；到期仍无结果由人工判定。"
        case .unsupported: "您可以提交截图等证据，由人工处理。"
        case .conflict: "由人工核对各方记录后判定。"
        }
    }
}
