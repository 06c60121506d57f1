extension RulePatterns {
    static let liability: [RulePatterns] = [
        RulePatterns(
            .liabilityExcluded,
            [
                when([.disclaim]).unless(fair.union([.evidence, .accepted])),
                when([.universal]).then([.disclaim], 14).unless([
                    .remedied, .forceMajeure, .accepted,
                ]),
                when([.shop, .merchant, .platform]).then([.needNot], 4).then(
                    [.liability, .bear], 26
                )
                .unless(fair.union([.evidence, .grant])),
                when([.relief, .liability]).then([.capped], 8)
                    .unless([.longSpan, .shortSpan, .favour]),
                when([.liability]).then([.capped], 30).unless([.atMost, .favour]),
                when([.atMost]).then([.relief, .liability], 2).unless([.longSpan, .shortSpan]),
            ]),
        RulePatterns(
            .fitnessNotPromised,
            [
                when([.not]).then([.promise], 1).then([.fitness], 8).unless([.grant, .remedied]),
                when([.not]).then([.fitness], 12).then([.promise], 10)
                    .unless([.grant, .remedied, .accepted]),
                when([.fitness]).then([.not], 3).then([.promise], 1).unless([.grant, .remedied]),
                when([.asIs]).unless([.remedied]),
            ]),
    ]

    static let remedies: [RulePatterns] = [
        RulePatterns(
            .remedyWaived,
            [
                when([.remedyBarred]),
                when([.giveUp]).then([.remedy, .right], 14),
                when([.mustNot]).then([.relief], 22).with([.buyer, .sold]).unless(
                    fair.union([.grant, .merchantDuty, .merchant])),
            ]),
        RulePatterns(
            .complaintPenalised,
            [
                when([.remedy]).then([.penalty, .refusal], 22)
                    .unless([.fraud, .evidence, .remedyOpen]),
                when([.remedy]).then([.refuse], 12).unless([.fraud, .evidence, .remedyOpen]),
                when([.remedy]).then([.shop, .merchant], 6).then([.halt], 6)
                    .unless([.fraud, .evidence, .remedyOpen]),
                when([.remedy]).then([.platform], 6).then([.entitled], 2).then([.halt, .refuse], 6)
                    .unless([.fraud, .evidence, .remedyOpen, .merchant, .merchantDuty]),
                when([.remedy]).then([.halt], 12).then([.coverage, .right, .relief], 5)
                    .unless([.fraud, .evidence, .remedyOpen]),
                when([.buyer]).then([.must, .may], 2).then([.relief], 2).then(
                    [.platform, .shop], 1
                )
                .with([.remedy, .right]).unless([.fraud]),
                when([.remedy]).then([.deduction], 6).then([.coverage, .right, .relief], 6)
                    .unless([.fraud, .evidence, .remedyOpen]),
                when([.remedy]).then([.giveUp], 12).unless([.fraud, .evidence]),
                when([.relief]).then([.buyer], 1).then([.penalty], 10)
                    .unless([.fraud, .evidence, .remedied]),
                when([.apply]).then([.relief], 2).then([.penalty], 20)
                    .unless([.fraud, .evidence, .remedied]),
            ]),
        RulePatterns(
            .goodReviewDemanded,
            [
                when([.coverage, .relief]).then([.must, .serviceAfter], 8).then([.goodReview], 10)
                    .unless([.needNot]),
                when([.coverage, .relief]).then([.goodReview], 3)
                    .unless([.needNot, .not, .never, .favour, .wont, .unrelated, .choice, .absent]),
                when([.goodReview]).then([.may], 1).then([.coverage, .relief], 4)
                    .unless([.wholly, .needNot, .favour, .never, .wont, .unrelated, .remedy]),
                when([.only]).then([.goodReview], 8).unless([.needNot, .unrelated, .favour]),
                when([.goodReview]).then([.serviceAfter], 10)
                    .with([.coverage, .relief, .shopAct, .buyerAct]),
            ]),
    ]

    static let powers: [RulePatterns] = [
        RulePatterns(
            .finalInterpretation,
            [
                when([.interpretation])
            ]),
        RulePatterns(
            .unilateralChange,
            [
                when([.noNotice]).unless([.noticeGiven]),
                when([.substituted]).unless([
                    .choice, .grant, .noticeGiven, .remedied, .favour, .evidence, .defect,
                ]),
                when([.entitled]).then([.anyTime], 12).then([.change], 6).with([.shop, .merchant])
                    .unless([.noticeGiven, .buyer]),
                when([.entitled]).then([.change], 12).with([.shop, .merchant])
                    .with([.anyTime, .noNotice, .universal]).unless([.noticeGiven]),
            ]),
        RulePatterns(
            .forumImposed,
            [
                when([.shop]).then([.court], 8).with([.dispute]).unless([.buyer, .choice]),
                when([.dispute]).then([.shopSeat], 8).unless([.buyer, .choice, .noticeGiven]),
                when([.shopSeat]).then([.court], 8).with([.dispute])
                    .unless([.buyerSeat, .choice]),
                when([.arbitration]),
            ]),
    ]

    static let channels: [RulePatterns] = [
        RulePatterns(
            .offPlatformTrade,
            [
                when([.joinChannel]).then([.messenger], 4)
                    .then([.payment, .cheaper, .privateDeal], 16).unless([.scam]),
                when([.offPlatform]).unless([.scam]),
                when([.messenger]).then([.transfer], 8)
                    .unless([.scam, .never, .mustNot, .needNot, .wont]),
                when([.messenger]).then([.payment], 4).then([.cheaper], 10).unless([.scam]),
                when([.privateDeal]).then([.payment, .cheaper], 12).unless([.scam]),
                when([.privateDeal]).then([.privateDeal], 12).unless([.scam]),
                when([.payment]).then([.joinChannel], 6).then([.messenger], 4).then([.cheaper], 16)
                    .unless([.scam]),
                when([.messenger]).then([.cheaper], 24).then([.payment], 4)
                    .unless([.scam, .never, .mustNot, .not]),
                when([.payCode]).with([.payment, .joinChannel, .cheaper]).unless([.scam]),
            ])
    ]

    static let money: [RulePatterns] = [
        RulePatterns(
            .prepaymentForfeited,
            [
                when([.prepayment]).then([.forfeited, .refusal], 16)
                    .unless([.remedied, .grant, .settled, .evidence]),
                when([.prepayment]).then([.late], 8).then([.forfeited, .refusal], 12).unless([
                    .grant
                ]),
            ]),
        RulePatterns(
            .refundReduced,
            [
                when([.relief]).then([.deduction], 12).unless([.needNot]),
                when([.relief]).then([.turnedInto], 4).then([.credit], 6).unless([.choice, .never]),
                when([.only]).then([.relief], 2).then([.credit], 4),
                when([.relief]).then([.only], 3).then([.credit], 6),
                when([.only]).then([.turnedInto], 2).then([.credit], 4),
                when([.costShifted]).unless([.noReason, .never]),
                when([.only]).then([.relief], 2).then([.share], 8),
                when([.relief]).then([.only], 3).then([.share], 8),
            ]),
    ]

    static let vagueness: [RulePatterns] = [
        RulePatterns(
            .vagueDiscretion,
            [
                when([.discretion])
            ]),
        RulePatterns(
            .vagueException,
            [
                when([.upstream]).then([.exception], 12),
                when([.vagueException]).unless([.spelledOut, .serviceTime, .favour]),
            ]),
        RulePatterns(
            .vagueStandard,
            [
                when([.vagueStandard]).unless([.favour]),
                when([.startOfPeriod]).then([.ownRules], 3).unless([.noticeGiven]),
                when([.startOfPeriod]).then([.vagueBasis], 6).then([.decisive], 8)
                    .unless([.evidence]),
                when([.startOfPeriod]).then([.decisive], 22)
                    .unless([.verifiable, .evidence, .choice, .grant, .spelledOut]),
            ]),
        RulePatterns(
            .vagueTime,
            [
                when([.vagueSpan]),
                when([.soon]).then([.shopAct], 6).unless([.shortSpan, .longSpan]),
            ]),
    ]
}
