extension TierTable {
    /// The table the gateway ships with; `Config/rules/tiers.yaml` says the same.
    public static let standard = TierTable(
        id: "cn-standard",
        version: 1,
        parameters: .standard,
        tiers: standardTiers,
        channels: standardChannels,
        proposals: standardProposals,
        clocks: ExternalClock.standard
    )

    private static let standardTiers = RowList(
        [
            fraud, platformCaused, systemic, notDeliveredSilent, noProgress, platformExhausted,
            paymentAfterConsumerBodies, smallCase, paymentClosed, lawLast,
        ],
        otherwise: platformFirst
    )

    private static let fraud = TierRow(
        id: "tier.fraud",
        when: TierCondition(isFraud: true),
        tier: .law,
        jump: .fraud,
        law: ["cn.consumer.55", "cn.civil-code.148"],
        reason: LocalisedText(
            zhCN: "存在欺诈嫌疑，建议经人工确认后直接报案，同时提出支付争议。",
            en: "Fraud is suspected: once a person confirms, report it to the police, with a "
                + "payment dispute beside it."
        )
    )

    private static let platformCaused = TierRow(
        id: "tier.platform_caused",
        when: TierCondition(next: [.platform], hasProgress: true, liable: [.platform]),
        tier: .platform,
        law: ["cn.ecommerce.59"],
        reason: LocalisedText(
            zhCN: "责任方为平台，应向平台投诉，而不是向商家投诉。",
            en: "The platform is liable: complain to the platform, not to the merchant."
        )
    )

    private static let systemic = TierRow(
        id: "tier.systemic",
        when: TierCondition(isSystemic: true, liable: [.merchant, .platform, .undetermined]),
        tier: .law,
        jump: .systemicBatch,
        law: ["cn.consumer.24", "cn.consumer.39"],
        reason: LocalisedText(
            zhCN: "同一批次或商家在期限内出现多张问题卡密，合并为一个集体案件，书面报告监管部门。",
            en: "Several codes of one batch or merchant turned bad within the window: one "
                + "collective case, reported in writing to the regulator."
        )
    )

    private static let notDeliveredSilent = TierRow(
        id: "tier.not_delivered_silent",
        when: TierCondition(
            problems: [.notDelivered, .shortDelivery],
            responsiveness: [.silent, .autoRepliesOnly],
            disputes: [.available],
            liable: [.merchant, .undetermined]
        ),
        tier: .paymentDispute,
        jump: .nonDeliverySilence,
        law: ["cn.civil-code.577"],
        reason: LocalisedText(
            zhCN: "付款后未收到或少收到商品，且商家没有人工回复，支付争议止损最快。",
            en: "It was paid and did not come, or came short, and no person of the merchant "
                + "answers: a payment dispute stops the loss soonest."
        )
    )

    private static let noProgress = TierRow(
        id: "tier.no_progress",
        when: TierCondition(next: [.platform], hasProgress: false),
        tier: .consumerBodies,
        law: ["cn.ecommerce.59", "cn.consumer.39"],
        reason: LocalisedText(
            zhCN: "平台渠道三个工作日内没有进展，升级到第三方监督渠道。",
            en: "No progress at the platform in three working days: it goes to the consumer "
                + "bodies."
        )
    )

    private static let platformExhausted = TierRow(
        id: "tier.platform_exhausted",
        when: TierCondition(next: [.consumerBodies]),
        tier: .consumerBodies,
        law: ["cn.consumer.39"],
        reason: LocalisedText(
            zhCN: "平台渠道已处理完毕仍未解决，升级到第三方监督渠道。",
            en: "The platform's own ways ended without a remedy: it goes to the consumer bodies."
        )
    )

    private static let paymentAfterConsumerBodies = TierRow(
        id: "tier.payment_after_consumer_bodies",
        when: TierCondition(next: [.paymentDispute], disputes: [.available, .needsReference]),
        tier: .paymentDispute,
        law: ["cn.civil-code.577"],
        reason: LocalisedText(
            zhCN: "第三方监督渠道未能解决，向支付机构提出争议。",
            en: "The consumer bodies did not resolve it: the payment is disputed."
        )
    )

    private static let smallCase = TierRow(
        id: "tier.small_case",
        when: TierCondition(amounts: [.small], next: [.paymentDispute, .law, .none]),
        tier: .consumerBodies,
        law: ["cn.consumer.39"],
        reason: LocalisedText(
            zhCN: "小额单笔案件继续由消费者组织和监管部门处理。",
            en: "A small single case stays with the consumer association and the regulator."
        )
    )

    private static let paymentClosed = TierRow(
        id: "tier.payment_closed",
        when: TierCondition(next: [.paymentDispute]),
        tier: .law,
        jump: .paymentClosed,
        law: ["cn.civil-code.577", "cn.civil-procedure.small-claims"],
        reason: LocalisedText(
            zhCN: "直接转账没有支付争议渠道，第三方监督渠道用尽后为法律渠道。",
            en: "A direct transfer has no payment dispute: after the consumer bodies comes the law."
        )
    )

    private static let lawLast = TierRow(
        id: "tier.law_last",
        when: TierCondition(next: [.law, .none]),
        tier: .law,
        law: ["cn.civil-code.577", "cn.civil-procedure.small-claims", "cn.civil-code.188"],
        reason: LocalisedText(
            zhCN: "前三级渠道均未解决，可提起小额诉讼或书面报告监管部门。",
            en: "The first three tiers did not resolve it: small claims, or a written report to "
                + "the regulator."
        )
    )

    private static let platformFirst = TierRow(
        id: "tier.platform_first",
        when: .always,
        tier: .platform,
        law: ["cn.ecommerce.59"],
        reason: LocalisedText(
            zhCN: "按平台优先的顺序，先由平台投诉渠道处理。",
            en: "The platform comes first: its complaint queue takes the case."
        )
    )
}
