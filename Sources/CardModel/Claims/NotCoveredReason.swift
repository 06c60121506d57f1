/// Why a defect opens no claim; recorded with the verdict (C-07), never translated.
public enum NotCoveredReason: String, Sendable, Hashable, CaseIterable {
    /// The code has not been handed over: nobody is a buyer yet.
    case notYetDelivered = "not_yet_delivered"
    /// The filing lies before the window.
    case beforeWindow = "before_window"
    /// M3-13.
    case windowOver = "window_over"
    /// The one-time verification is done (M3-17).
    case oneTimeVerified = "one_time_verified"
    case noWarranty = "no_warranty"
    /// The policy does not name the state.
    case stateNotInPolicy = "state_not_in_policy"
    /// A defect of stock that was not sold.
    case preSaleOnly = "pre_sale_only"
    /// Used or spent after the hand-over: presumed the buyer, who may rebut it.
    case usedAfterDelivery = "used_after_delivery"
    /// Good at the hand-over, expired since, as sold.
    case expiredAfterDelivery = "expired_after_delivery"
    /// Nothing was promised that is missing.
    case notPromised = "not_promised"
    case userLostKey = "user_lost_key"
    case userLeak = "user_leak"
    case userWrongTarget = "user_wrong_target"
    case forceMajeure = "force_majeure"
    case disclosedLimit = "disclosed_limit"
    /// Reported by a person, and the issuer says that the code is good.
    case foundGood = "found_good"
    /// A person ruled that nobody answers to the buyer.
    case ruledNotLiable = "ruled_not_liable"

    /// The reason that an exclusion gives.
    public static func excluded(by kind: Exclusion.Kind) -> NotCoveredReason {
        switch kind {
        case .userLostKey: .userLostKey
        case .userLeak: .userLeak
        case .userWrongTarget: .userWrongTarget
        case .forceMajeure: .forceMajeure
        case .disclosedLimit: .disclosedLimit
        }
    }

    /// One sentence for the buyer.
    public func text(in language: Language) -> String {
        switch language {
        case .zhCN: textZhCN
        case .en: textEn
        }
    }

    private var textZhCN: String {
        switch self {
        case .notYetDelivered: "卡密尚未交付，未产生质保申诉。"
        case .beforeWindow: "质保期尚未开始。"
        case .windowOver: "已超过质保期。"
        case .oneTimeVerified: "一次性验证质保已在首次验证成功时结束。"
        case .noWarranty: "该商品没有质保。"
        case .stateNotInPolicy: "该商品的质保不包含此类问题。"
        case .preSaleOnly: "这是售前库存问题，不涉及买家。"
        case .usedAfterDelivery: "卡密在交付之后被使用，推定由买家使用；如有相反证据可以提出。"
        case .expiredAfterDelivery: "卡密交付时有效，之后才过期。"
        case .notPromised: "商品说明没有承诺这一点。"
        case .userLostKey: "有证据表明卡密由买家自行遗失。"
        case .userLeak: "有证据表明卡密由买家泄露。"
        case .userWrongTarget: "有证据表明买家充错了号码或账号。"
        case .forceMajeure: "由已公告的不可抗力事件造成。"
        case .disclosedLimit: "商品说明在购买前已写明这一限制。"
        case .foundGood: "发行方最近一次答复是卡密可用；请重新自助检测，结果有变即可申报。"
        case .ruledNotLiable: "经人工判定，他方不承担责任；可以申请复核。"
        }
    }

    private var textEn: String {
        switch self {
        case .notYetDelivered: "The code has not been handed over yet."
        case .beforeWindow: "The warranty has not begun."
        case .windowOver: "The warranty period is over."
        case .oneTimeVerified: "The one-time warranty ended with the first good verification."
        case .noWarranty: "The product has no warranty."
        case .stateNotInPolicy: "The warranty of this product does not cover this."
        case .preSaleOnly: "This concerns stock before it is sold, and no buyer."
        case .usedAfterDelivery:
            "The code was used after delivery, presumably by the buyer, who may show otherwise."
        case .expiredAfterDelivery: "The code was good at delivery and expired later."
        case .notPromised: "The listing did not promise this."
        case .userLostKey: "There is evidence that the buyer lost the key."
        case .userLeak: "There is evidence that the buyer let the key leak."
        case .userWrongTarget: "There is evidence that the buyer charged the wrong account."
        case .forceMajeure: "A declared event of force majeure caused this."
        case .disclosedLimit: "The listing stated this limit before the purchase."
        case .foundGood:
            "The issuer's latest answer is that the code is good; test it again, and report it "
                + "when that has changed."
        case .ruledNotLiable: "A person ruled that nobody else is liable; this can be appealed."
        }
    }
}
