extension WarrantyPolicy {
    /// Every field that protects the buyer, in the order of a policy file.
    static let protections: [Protection] =
        windowProtections + promiseProtections + ServiceLevels.protections + remedyProtections
        + disputeProtections

    private static let windowProtections: [Protection] = [
        Protection(
            "/window/mode",
            \.window.mode,
            .ranked({ $0.protectionRank }, { $0.rawValue }),
            LocalisedText(zhCN: "质保方式", en: "Mode of the warranty")
        ),
        Protection(
            "/window/length",
            \.window.days,
            .more { "P\($0)D" },
            LocalisedText(zhCN: "质保期长度", en: "Length of the warranty"),
            matters: { $0.window.mode != .none }
        ),
        Protection(
            "/window/basis",
            \.window.startTerms,
            .later,
            LocalisedText(zhCN: "质保期起算", en: "Start of the warranty"),
            matters: { $0.window.mode != .none }
        ),
        Protection(
            "/window/counting",
            \.window.counting,
            .ranked({ $0 == .localDays ? 1 : 0 }, { $0.rawValue }),
            LocalisedText(zhCN: "计时方式", en: "Counting")
        ),
        Protection(
            "/window/tolling",
            \.window.tolling,
            .all(),
            LocalisedText(zhCN: "停表事件", en: "Incidents that stop the clock")
        ),
        Protection(
            "/window/replacement/min",
            \.window.replacement.leastDays,
            .more { "P\($0)D" },
            LocalisedText(zhCN: "更换后的最短质保期", en: "Least window of a replacement")
        ),
        Protection(
            "/one_time/ends_on",
            \.oneTime.endsOnActivation,
            .holdsNot,
            LocalisedText(zhCN: "激活即结束一次性质保", en: "Activation ends a one-time warranty"),
            matters: { $0.window.mode == .oneTimeVerification }
        ),
        Protection(
            "/one_time/disclosure_required",
            \.oneTime.isDisclosureRequired,
            .holds,
            LocalisedText(zhCN: "一次性质保须事先告知", en: "Disclosure of a one-time warranty"),
            matters: { $0.window.mode == .oneTimeVerification }
        ),
    ]

    private static let promiseProtections: [Protection] = [
        Protection(
            "/promise/deliver_within",
            \.promise.deliverWithin,
            .orNothing(.duration(.shorter)),
            LocalisedText(zhCN: "交付时限", en: "Time to deliver")
        ),
        Protection(
            "/promise/face_value",
            \.promise.isFaceValueExact,
            .holds,
            LocalisedText(zhCN: "面值必须相符", en: "Exact face value")
        ),
        Protection(
            "/promise/region",
            \.promise.region,
            .anyPromise,
            LocalisedText(zhCN: "区服承诺", en: "Promise of a region")
        ),
        Protection(
            "/promise/min_shelf_life",
            \.promise.minimumShelfLifeDays,
            .orNothing(.more { "P\($0)D" }),
            LocalisedText(zhCN: "交付时剩余有效期", en: "Shelf life left at the hand-over")
        ),
        Protection(
            "/promise/min_balance_validity",
            \.promise.minimumBalanceValidityDays,
            .orNothing(.more { "P\($0)D" }),
            LocalisedText(zhCN: "充值后余额有效期", en: "Validity of the balance")
        ),
        Protection(
            "/coverage/states",
            \.coverage.states,
            .all(),
            LocalisedText(zhCN: "质保范围", en: "States covered")
        ),
        Protection(
            "/coverage/exclusions",
            \.coverage.exclusions,
            .none(),
            LocalisedText(zhCN: "免责事由", en: "Exclusions")
        ),
    ]

    private static let remedyProtections: [Protection] = [
        Protection(
            "/remedies/order",
            \.remedies.order,
            .everyRemedy,
            LocalisedText(zhCN: "补救方式", en: "Remedies")
        ),
        Protection(
            "/remedies/choice",
            \.remedies.choice,
            .ranked({ $0 == .buyer ? 1 : 0 }, { $0.rawValue }),
            LocalisedText(zhCN: "由谁选择补救方式", en: "Choice of the remedy")
        ),
        Protection(
            "/remedies/delay",
            \.remedies.delayPercent,
            .orNothing(.more { "\($0) %" }),
            LocalisedText(zhCN: "延迟交付补偿", en: "Compensation of a late delivery")
        ),
        Protection(
            "/no_reason_return",
            \.noReasonReturn,
            .orNothing(.duration(.longer)),
            LocalisedText(zhCN: "无理由退货", en: "Return without a reason")
        ),
    ]

    private static let disputeProtections: [Protection] = [
        Protection(
            "/arbitration/quorum_amount",
            \.arbitration.quorumAmount,
            .orNothing(.lowerAmount),
            LocalisedText(zhCN: "多人仲裁的金额起点", en: "Amount from which a quorum decides")
        ),
        Protection(
            "/arbitration/arbiters",
            \.arbitration.arbiters,
            .more { "\($0)" },
            LocalisedText(zhCN: "仲裁人数", en: "Arbiters")
        ),
        Protection(
            "/deposit/backstop",
            \.deposit.backstop,
            .holds,
            LocalisedText(zhCN: "平台垫付", en: "Backstop of the platform")
        ),
        Protection(
            "/membership",
            \.membership,
            .membership,
            LocalisedText(zhCN: "会员时长", en: "Term of the membership"),
            matters: { $0.appliesTo.kind == .membership }
        ),
    ]
}

extension WarrantyPolicy.ServiceLevels {
    static let protections = termProtections + agreedProtections + countProtections

    private static let termProtections: [Protection] = (terms + reviewStart).map { term in
        Protection(
            pointer(of: term),
            within: \.serviceLevels,
            term.path,
            .duration(term.preference),
            term.title
        )
    }

    private static let agreedProtections: [Protection] = agreedTerms.map { term in
        Protection(
            "/sla/\(term.name)",
            within: \.serviceLevels,
            term.path,
            .orNothing(.duration(term.preference)),
            term.title
        )
    }

    private static let countProtections: [Protection] = counts.map { count in
        Protection(
            "/sla/\(count.name)",
            within: \.serviceLevels,
            count.path,
            .fewer { "\($0)" },
            count.title
        )
    }

    private static func pointer(of term: Term) -> String {
        reviewStart.contains { $0.path == term.path }
            ? "/sla/review_start/\(term.name)" : "/sla/\(term.name)"
    }
}
