extension ClausePattern {
    /// Every pattern, in the order in which findings of one sentence are named.
    static let all =
        refusals + periods + blame + remedies + liability + powers + channels + money + vagueness

    /// What makes a refusal or a denial of liability fair: a remedy for defects beside it, a
    /// cause that is the buyer's own and named, or a period that is over.
    private static let fair: ConceptSet = [
        .remedied, .settled, .specificFault, .forceMajeure, .schedule, .remedyOpen, .fraud,
        .fairLapse,
    ]

    private static let refusals = [
        ClausePattern(.noReasonReturnExcluded, [.noReasonRefusal]),
        ClausePattern(.undefinedQualityProblem, [.nonQuality]).then(
            [.refusal, .disclaim], within: 24
        )
        .unless([.defect]),
        ClausePattern(.undefinedQualityProblem, [.nonQuality]).then([.grant], within: 8)
            .unless([.defect]),
        ClausePattern(.undefinedQualityProblem, [.only]).then([.quality], within: 4)
            .then([.may, .grant, .serviceAfter], within: 4).unless([.defect]),
        ClausePattern(.unspecifiedGoodsExcluded, [.someGoods]).then([.refusal], within: 18),
        ClausePattern(.unspecifiedGoodsExcluded, [.someGoods]).then([.exception], within: 4)
            .with([.grant, .relief, .coverage]),
        ClausePattern(.unspecifiedGoodsExcluded, [.exception]).then([.someGoods], within: 2)
            .with([.grant, .relief, .coverage]),
        ClausePattern(.unspecifiedGoodsExcluded, [.coverage, .relief]).then([.not], within: 4)
            .then([.someGoods], within: 8),
        ClausePattern(.blanketNoRefund, [.refusal])
            .unless(fair.union([.evidence, .nonQuality, .noReason])),
        ClausePattern(.blanketNoRefund, [.universal, .sold]).then([.refusal], within: 14)
            .unless(
                fair.subtracting([.specificFault]).union([.nonQuality, .usedByBuyer, .noReason])),
        ClausePattern(.blanketNoRefund, [.consumed]).then([.refusal], within: 10)
            .unless(fair.union([.nonQuality, .usedByBuyer, .noReason, .evidence])),
        ClausePattern(.blanketNoRefund, [.giveUp]).then([.relief, .right], within: 10).with([.sold])
            .unless(fair),
    ]

    private static let periods = [
        ClausePattern(.shortComplaintPeriod, [.shortSpan]).then([.refusal, .disclaim], within: 30)
            .unless([.longSpan, .grant]),
        ClausePattern(.shortComplaintPeriod, [.shortSpan]).then([.silence], within: 16)
            .then([.deemStrong, .presumed, .deem], within: 8).then(
                [.acceptable, .giveUp, .vagueFault], within: 8),
        ClausePattern(.shortComplaintPeriod, [.shortSpan]).then(
            [.deemStrong, .presumed], within: 6
        )
        .then([.acceptable], within: 8),
        ClausePattern(.shortComplaintPeriod, [.shortSpan]).then([.late], within: 20)
            .then([.forfeited, .noWay, .not, .disclaim, .refusal], within: 8).unless([
                .longSpan, .grant,
            ]),
        ClausePattern(.shortComplaintPeriod, [.coverage]).then([.shortSpan], within: 9)
            .unless([.longSpan, .shopAct]),
        ClausePattern(.shortComplaintPeriod, [.only]).then([.shortSpan], within: 5)
            .with([.coverage, .relief, .refusal]),
        ClausePattern(.shortComplaintPeriod, [.instant]).then([.buyerAct], within: 6)
            .then([.late], within: 12).then([.refusal, .disclaim], within: 16).unless([.longSpan]),
        ClausePattern(.unknowablePeriodStart, [.startOfPeriod]).then([.hiddenEvent], within: 12)
            .then([.counting], within: 10).with([.coverage, .warrantyTerm, .longSpan]),
    ]

    private static let blame = [
        ClausePattern(.buyerBlamedByDefault, [.deemStrong, .presumed]).then(
            [.vagueFault], within: 8
        )
        .unless([.evidence, .settled]),
        ClausePattern(.buyerBlamedByDefault, [.presumed]).then([.buyer], within: 2)
            .unless([.evidence, .settled, .longSpan, .grant, .explicitConsent, .assent]),
        ClausePattern(.buyerBlamedByDefault, [.deemStrong, .presumed, .deem]).then(
            [.buyer], within: 2
        )
        .then([.cause], within: 5).then([.refusal, .disclaim], within: 20)
        .unless([.evidence, .remedied]),
        ClausePattern(.buyerBlamedByDefault, [.deemStrong, .presumed]).then(
            [.buyer, .selfReliant], within: 4
        )
        .then([.consumed], within: 5).unless([.evidence, .settled]),
        ClausePattern(.buyerBlamedByDefault, [.vagueFault]).then([.refusal, .disclaim], within: 24)
            .unless([.evidence, .remedied, .fraud]),
        ClausePattern(.deemedAcceptance, [.silence]).then(
            [.deemStrong, .presumed, .deem], within: 10
        )
        .then([.acceptable, .giveUp], within: 8).unless([.longSpan, .grant]),
        ClausePattern(.deemedAcceptance, [.late]).then([.presumed], within: 4)
            .then([.acceptable, .giveUp], within: 6).unless([.longSpan, .grant, .shop]),
        ClausePattern(.deemedConsent, [.presumed]).then([.buyer], within: 2)
            .then([.assent, .giveUp], within: 6).unless([.explicitConsent, .remedied, .longSpan]),
        ClausePattern(.deemedConsent, [.presumed]).then([.assent], within: 4)
            .with([.purchase, .buyer]).unless([
                .explicitConsent, .remedied, .longSpan, .shop, .grant, .evidence, .silence,
            ]),
        ClausePattern(.deemedConsent, [.purchase]).then([.deem], within: 6)
            .then([.assent, .giveUp], within: 12).unless([.explicitConsent, .remedied, .silence]),
        ClausePattern(.proofDemanded, [.proof]).then([.refusal, .disclaim, .noWay], within: 30)
            .unless([.proofOptional]),
        ClausePattern(.proofDemanded, [.absent, .except, .otherwise]).then([.proof], within: 6)
            .then([.refusal, .disclaim, .noWay], within: 20).unless([.proofOptional]),
        ClausePattern(.proofDemanded, [.oblige]).then([.proof], within: 14)
            .with([.coverage, .relief]).unless([.proofOptional]),
        ClausePattern(.proofDemanded, [.buyer]).then([.selfProof], within: 6)
            .unless([.proofOptional, .needNot, .shop]),
        ClausePattern(.proofDemanded, [.absent, .otherwise]).then([.evidence], within: 10)
            .then([.refusal], within: 12).unless([.proofOptional, .shop]),
        ClausePattern(.proofDemanded, [.only]).then([.proof], within: 6).unless([.proofOptional]),
        ClausePattern(.proofDemanded, [.must]).then([.proof], within: 16)
            .then([.serviceAfter, .otherwise], within: 10).unless([.proofOptional]),
    ]

    private static let remedies = [
        ClausePattern(.remedyWaived, [.remedyBarred]),
        ClausePattern(.remedyWaived, [.giveUp]).then([.remedy, .right], within: 14),
        ClausePattern(.remedyWaived, [.mustNot]).then([.relief], within: 10).with([.buyer, .sold])
            .unless(fair),
        ClausePattern(.complaintPenalised, [.remedy]).then([.penalty, .refusal], within: 16)
            .unless([.fraud, .evidence, .remedyOpen]),
        ClausePattern(.complaintPenalised, [.remedy]).then([.refuse], within: 12)
            .unless([.fraud, .evidence, .remedyOpen]),
        ClausePattern(.complaintPenalised, [.remedy]).then([.shop, .merchant], within: 6)
            .then([.halt], within: 6).unless([.fraud, .evidence, .remedyOpen]),
        ClausePattern(.complaintPenalised, [.remedy]).then([.halt], within: 12)
            .then([.coverage, .right, .relief], within: 5).unless([.fraud, .evidence, .remedyOpen]),
        ClausePattern(.complaintPenalised, [.remedy]).then([.giveUp], within: 12)
            .unless([.fraud, .evidence]),
        ClausePattern(.complaintPenalised, [.apply]).then([.relief], within: 2)
            .then([.penalty], within: 14)
            .unless([.fraud, .evidence, .remedied]),
        ClausePattern(.goodReviewDemanded, [.coverage, .relief]).then(
            [.must, .serviceAfter], within: 4
        )
        .then([.goodReview], within: 5).unless([.needNot]),
        ClausePattern(.goodReviewDemanded, [.goodReview]).then([.serviceAfter], within: 10)
            .with([.coverage, .relief, .shopAct, .buyerAct]),
    ]

    private static let liability = [
        ClausePattern(.liabilityExcluded, [.disclaim]).unless(fair.union([.evidence, .accepted])),
        ClausePattern(.liabilityExcluded, [.universal]).then([.disclaim], within: 14)
            .unless([.remedied, .forceMajeure, .accepted]),
        ClausePattern(.liabilityExcluded, [.relief, .liability]).then([.capped], within: 8)
            .unless([.longSpan, .shortSpan]),
        ClausePattern(.fitnessNotPromised, [.not]).then([.promise], within: 1)
            .then([.fitness], within: 8).unless([.grant, .remedied]),
        ClausePattern(.fitnessNotPromised, [.not]).then([.fitness], within: 12)
            .then([.promise], within: 10).unless([.grant, .remedied, .accepted]),
        ClausePattern(.fitnessNotPromised, [.fitness]).then([.not], within: 3)
            .then([.promise], within: 1).unless([.grant, .remedied]),
        ClausePattern(.fitnessNotPromised, [.asIs]).unless([.remedied]),
        ClausePattern(.expiryExcuse, [.expiry]).then([.refusal, .disclaim], within: 12)
            .unless([.remedied, .grant]),
    ]
}
