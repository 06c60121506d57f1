extension ClausePattern {
    static let powers = [
        ClausePattern(.finalInterpretation, [.interpretation]),
        ClausePattern(.unilateralChange, [.noNotice]).unless([.noticeGiven]),
        ClausePattern(.unilateralChange, [.entitled]).then([.anyTime], within: 12)
            .then([.change], within: 6).with([.shop, .merchant]).unless([.noticeGiven, .buyer]),
        ClausePattern(.unilateralChange, [.entitled]).then([.change], within: 12)
            .with([.shop, .merchant]).with([.anyTime, .noNotice, .universal]).unless([.noticeGiven]
            ),
        ClausePattern(.merchantSoleJudge, [.startOfPeriod, .must]).then(
            [.shop, .merchant], within: 2
        )
        .then([.judge], within: 8).then([.decisive], within: 6),
        ClausePattern(.merchantSoleJudge, [.startOfPeriod]).then([.shop, .merchant], within: 1)
            .then([.judge], within: 6).unless([.evidence, .proofOptional, .shortSpan, .shopAct]),
        ClausePattern(.merchantSoleJudge, [.shop, .merchant]).then([.decisive], within: 8),
        ClausePattern(.merchantSoleJudge, [.shop, .merchant]).then([.judge], within: 6)
            .then([.decisive], within: 6),
        ClausePattern(.forumImposed, [.shopSeat]).then([.court], within: 8).with([.dispute])
            .unless([.buyer]),
        ClausePattern(.forumImposed, [.arbitration]),
    ]

    static let channels = [
        ClausePattern(.offPlatformTrade, [.joinChannel]).then([.messenger], within: 4)
            .then([.payment, .cheaper, .privateDeal], within: 16).unless([.scam]),
        ClausePattern(.offPlatformTrade, [.offPlatform]).unless([.scam]),
        ClausePattern(.offPlatformTrade, [.messenger]).then([.payment], within: 4)
            .then([.cheaper], within: 10).unless([.scam]),
        ClausePattern(.offPlatformTrade, [.privateDeal]).then([.payment, .cheaper], within: 12)
            .unless([.scam]),
        ClausePattern(.offPlatformTrade, [.privateDeal]).then([.privateDeal], within: 12)
            .unless([.scam]),
        ClausePattern(.offPlatformTrade, [.payment]).then([.joinChannel], within: 6)
            .then([.messenger], within: 4).then([.cheaper], within: 16).unless([.scam]),
    ]

    static let money = [
        ClausePattern(.offPlatformTrade, [.payCode]).with([.payment, .joinChannel]).unless([.scam]),
        ClausePattern(.prepaymentForfeited, [.prepayment]).then([.forfeited, .refusal], within: 16)
            .unless([.remedied, .grant, .settled]),
        ClausePattern(.prepaymentForfeited, [.prepayment]).then([.late], within: 8)
            .then([.forfeited, .refusal], within: 12).unless([.grant]),
        ClausePattern(.refundReduced, [.relief]).then([.deduction], within: 12)
            .unless([.needNot]),
        ClausePattern(.refundReduced, [.only]).then([.relief], within: 2).then(
            [.credit], within: 4),
        ClausePattern(.refundReduced, [.relief]).then([.only], within: 3).then(
            [.credit], within: 6),
    ]

    static let vagueness = [
        ClausePattern(.vagueDiscretion, [.discretion]),
        ClausePattern(.vagueException, [.vagueException]).unless([.spelledOut]),
        ClausePattern(.vagueStandard, [.vagueStandard]),
        ClausePattern(.vagueStandard, [.startOfPeriod]).then([.ownRules], within: 3)
            .unless([.noticeGiven]),
        ClausePattern(.vagueStandard, [.startOfPeriod]).then([.vagueBasis], within: 6)
            .then([.decisive], within: 8),
        ClausePattern(.vagueTime, [.vagueSpan]),
        ClausePattern(.vagueTime, [.soon]).then([.shopAct], within: 6)
            .unless([.shortSpan, .longSpan]),
        ClausePattern(.oneTimeRuleUndisclosed, [.oneTime]).unless([.disclosure]),
    ]
}
