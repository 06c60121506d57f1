extension TierTable {
    static let standardChannels = RowList(
        [
            ChannelRow(
                id: "channels.fraud_small",
                when: TierCondition(tiers: [.law], amounts: [.small], isFraud: true),
                channels: [.fixed(.police110), .fixed(.antiFraudApp), .payment]
            ),
            ChannelRow(
                id: "channels.fraud",
                when: TierCondition(tiers: [.law], isFraud: true),
                channels: [
                    .fixed(.police110), .fixed(.antiFraudApp), .payment,
                    .fixed(.smallClaimsCourt), .fixed(.notary),
                ]
            ),
            ChannelRow(
                id: "channels.systemic",
                when: TierCondition(tiers: [.law], isSystemic: true),
                channels: [
                    .fixed(.marketSupervision), .fixed(.hotline12315), .fixed(.smallClaimsCourt),
                    .fixed(.notary),
                ]
            ),
            ChannelRow(
                id: "channels.law",
                when: TierCondition(tiers: [.law]),
                channels: [
                    .fixed(.smallClaimsCourt), .fixed(.marketSupervision), .fixed(.notary),
                ]
            ),
            ChannelRow(
                id: "channels.payment",
                when: TierCondition(tiers: [.paymentDispute]),
                channels: [.payment]
            ),
            ChannelRow(
                id: "channels.small_case",
                when: TierCondition(
                    tiers: [.consumerBodies],
                    next: [.paymentDispute, .law, .none]
                ),
                channels: [.fixed(.consumerAssociation), .fixed(.marketSupervision)]
            ),
            ChannelRow(
                id: "channels.undisclosed",
                when: TierCondition(tiers: [.consumerBodies], problems: [.undisclosed]),
                channels: [
                    .fixed(.hotline12315), .fixed(.marketSupervision), .fixed(.consumerAssociation),
                ]
            ),
            ChannelRow(
                id: "channels.not_as_described",
                when: TierCondition(tiers: [.consumerBodies], problems: [.notAsDescribed]),
                channels: [
                    .fixed(.hotline12315), .fixed(.heimao), .fixed(.jutousu), .fixed(.xiaofeibao),
                ]
            ),
            ChannelRow(
                id: "channels.consumer_bodies",
                when: TierCondition(tiers: [.consumerBodies]),
                channels: [
                    .fixed(.hotline12315), .fixed(.heimao), .fixed(.tousuZhitongche),
                    .fixed(.consumerAssociation),
                ]
            ),
        ],
        otherwise: ChannelRow(
            id: "channels.platform",
            when: .always,
            channels: [.fixed(.platformQueue)]
        )
    )

    static let standardProposals = [
        ProposalRow(
            id: "proposal.large_amount",
            when: TierCondition(amounts: [.large]),
            tier: .law,
            channels: [
                .fixed(.smallClaimsCourt), .fixed(.marketSupervision), .fixed(.police110),
            ],
            reason: LocalisedText(
                zhCN: "金额达到法律渠道标准，建议由人工确认是否同时准备法律渠道材料。",
                en: "The amount reaches the line of tier 4: a person decides whether papers for "
                    + "the law are prepared beside."
            )
        )
    ]
}

extension TierParameters {
    /// 100.00 and 5000.00 CNY; five codes in seven days.
    static let standard = TierParameters(
        smallAmount: Money(yuan: 100),
        lawAmount: Money(yuan: 5_000),
        collectiveCount: 5,
        collectiveDays: 7
    )
}

extension ExternalClock {
    static let standard = [
        ExternalClock(
            id: "heimao.contact",
            channel: .heimao,
            start: .filed,
            awaits: .accepted,
            length: .workingDays(1),
            isVerified: false,
            note: LocalisedText(
                zhCN: "黑猫投诉在一个工作日内联系被投诉方；逾期列入未解决名单。未向该平台核实。",
                en: "Heimao contacts the respondent within one working day; after it the case is "
                    + "listed as unresolved. Not checked with the site."
            )
        ),
        ExternalClock(
            id: "12315.accept",
            channel: .hotline12315,
            start: .filed,
            awaits: .accepted,
            length: .workingDays(7),
            isVerified: false,
            note: LocalisedText(
                zhCN: "受理期限，来自二手资料，未核实。",
                en: "Acceptance; from a secondary source, not checked."
            )
        ),
        ExternalClock(
            id: "12315.mediate",
            channel: .hotline12315,
            start: .accepted,
            awaits: .mediated,
            length: .workingDays(45),
            isVerified: false,
            note: LocalisedText(
                zhCN: "调解期限，二手资料互相矛盾（45个工作日或60日），未核实。",
                en: "Mediation; secondary sources contradict each other (45 working days, or 60 "
                    + "days), not checked."
            )
        ),
    ]
}
