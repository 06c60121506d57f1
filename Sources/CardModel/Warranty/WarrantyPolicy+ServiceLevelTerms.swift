extension WarrantyPolicy.ServiceLevels {
    /// One duration of the section that has a default: the one place that knows its name in a
    /// file, what people call it, and which way it protects the buyer.
    struct Term: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, PolicyDuration> & Sendable
        let preference: PolicyDuration.Preference
        let title: LocalisedText

        init(
            _ name: String,
            _ path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, PolicyDuration> & Sendable,
            _ preference: PolicyDuration.Preference,
            _ title: LocalisedText
        ) {
            self.name = name
            self.path = path
            self.preference = preference
            self.title = title
        }
    }

    /// One of the two durations that the platform must agree on.
    struct AgreedTerm: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, PolicyDuration?> & Sendable
        let preference: PolicyDuration.Preference
        let title: LocalisedText
    }

    /// One count of the section, with the numbers it may have; fewer protect the buyer.
    struct Count: Sendable {
        let name: String
        let path: any WritableKeyPath<WarrantyPolicy.ServiceLevels, Int> & Sendable
        let range: ClosedRange<Int>
        let title: LocalisedText
    }

    /// The durations under `sla.review_start`.
    static let reviewStart: [Term] = [
        Term(
            "min",
            \.reviewStartMinimum,
            .shorter,
            LocalisedText(zhCN: "审核最早开始", en: "earliest start of the review")
        ),
        Term(
            "max",
            \.reviewStartMaximum,
            .shorter,
            LocalisedText(zhCN: "审核最迟开始", en: "latest start of the review")
        ),
    ]

    static let agreedTerms: [AgreedTerm] = [
        AgreedTerm(
            name: "buyer_evidence_within",
            path: \.buyerEvidenceWithin,
            preference: .longer,
            title: LocalisedText(zhCN: "买家提供凭证", en: "buyer's evidence")
        ),
        AgreedTerm(
            name: "platform_decides_within",
            path: \.platformDecidesWithin,
            preference: .shorter,
            title: LocalisedText(zhCN: "平台处理", en: "platform's decision")
        ),
    ]

    /// More than ten extensions or hand-overs are no limit.
    static let counts: [Count] = [
        Count(
            name: "most_extensions",
            path: \.mostExtensions,
            range: 0...10,
            title: LocalisedText(zhCN: "审核最多延期次数", en: "extensions of a review")
        ),
        Count(
            name: "missed_responses_for_intervention",
            path: \.missedResponsesForIntervention,
            range: 1...100,
            title: LocalisedText(
                zhCN: "触发平台介入的未响应次数",
                en: "missed responses before the platform takes over"
            )
        ),
        Count(
            name: "most_hand_overs",
            path: \.mostOwnerHandOvers,
            range: 0...10,
            title: LocalisedText(
                zhCN: "商家与平台之间最多转交次数",
                en: "hand-overs between merchant and platform"
            )
        ),
    ]

    /// The durations directly under `sla`.
    static let terms: [Term] = [
        Term(
            "first_response",
            \.firstResponse,
            .shorter,
            LocalisedText(zhCN: "客服首次响应", en: "first answer of a person to a claim")
        ),
        Term(
            "proposal",
            \.proposal,
            .shorter,
            LocalisedText(zhCN: "给出处理方案", en: "plan of what will be done")
        ),
        Term(
            "resolution",
            \.resolution,
            .shorter,
            LocalisedText(zhCN: "售后处理完成", en: "end of the handling")
        ),
        Term(
            "hard",
            \.hardLimit,
            .shorter,
            LocalisedText(zhCN: "处理的最终时限", en: "limit that no extension moves")
        ),
        Term(
            "escalate_no_progress",
            \.escalateWithoutProgress,
            .shorter,
            LocalisedText(zhCN: "无进展时升级", en: "escalation of a claim in which nothing moves")
        ),
        Term(
            "remedy_answer_within",
            \.remedyAnswerWithin,
            .longer,
            LocalisedText(zhCN: "买家答复补救方案", en: "buyer's answer to an offered remedy")
        ),
        Term(
            "merchant_evidence_within",
            \.merchantEvidenceWithin,
            .shorter,
            LocalisedText(zhCN: "商家提供凭证", en: "merchant's evidence")
        ),
        Term(
            "liability_within",
            \.decideLiabilityWithin,
            .shorter,
            LocalisedText(zhCN: "责任判定", en: "decision on who is liable")
        ),
        Term(
            "replace_within",
            \.replaceWithin,
            .shorter,
            LocalisedText(zhCN: "更换有效卡密", en: "replacement by a code that works")
        ),
        Term(
            "refund_within",
            \.refundWithin,
            .shorter,
            LocalisedText(zhCN: "退款", en: "refund")
        ),
        Term(
            "reissue_demand_within",
            \.reissueDemandWithin,
            .shorter,
            LocalisedText(zhCN: "要求重新发货的期限", en: "limit of a demand to deliver again")
        ),
        Term(
            "verify_within",
            \.verifyReplacementWithin,
            .shorter,
            LocalisedText(zhCN: "验证更换后的卡密", en: "check of a replacement code")
        ),
        Term(
            "third_party_notice_every",
            \.thirdPartyNoticeEvery,
            .shorter,
            LocalisedText(
                zhCN: "等待第三方时的进度通知间隔", en: "interval of notices while a third party is waited for")
        ),
        Term(
            "third_party_limit",
            \.thirdPartyLimit,
            .shorter,
            LocalisedText(zhCN: "等待第三方的最长时间", en: "longest wait for a third party")
        ),
        Term(
            "risk_review_within",
            \.riskReviewWithin,
            .shorter,
            LocalisedText(zhCN: "风险复核", en: "review of a risk hold by a person")
        ),
        Term(
            "appeal_within",
            \.appealWithin,
            .longer,
            LocalisedText(zhCN: "提出复核申请", en: "time to appeal a decision")
        ),
        Term(
            "appeal_decided_within",
            \.appealDecidedWithin,
            .shorter,
            LocalisedText(zhCN: "复核决定", en: "decision on an appeal")
        ),
        Term(
            "buyer_reminder_before",
            \.buyerReminderBefore,
            .longer,
            LocalisedText(zhCN: "到期前提醒买家", en: "reminder before the buyer's time is over")
        ),
    ]
}
