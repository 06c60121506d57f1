/// The patterns of one rule: a sentence that matches one of them breaks it.
struct RulePatterns: Sendable {
    let rule: ClauseRule
    let patterns: [ClausePattern]

    init(_ rule: ClauseRule, _ patterns: [ClausePattern]) {
        self.rule = rule
        self.patterns = patterns
    }

    /// Every pattern, in the order in which findings of one sentence are named.
    static let all =
        refusals + periods + blame + liability + remedies + powers + channels + money + vagueness

    static func when(_ concepts: ConceptSet) -> ClausePattern {
        ClausePattern(concepts)
    }

    /// What makes a refusal or a denial of liability fair: a remedy for defects beside it, a
    /// cause that is the buyer's own and named, or a period that is over.
    static let fair: ConceptSet = [
        .remedied, .settled, .specificFault, .forceMajeure, .schedule, .remedyOpen, .fraud,
        .fairLapse, .choice,
    ]

    /// 视为, 一定是: taken for granted.
    static let supposed: ConceptSet = [.deemStrong, .presumed]

    static let refusals: [RulePatterns] = [
        RulePatterns(
            .noReasonReturnExcluded,
            [
                when([.noReasonRefusal])
            ]),
        RulePatterns(
            .undefinedQualityProblem,
            [
                when([.nonQuality]).then([.refusal, .disclaim], 24).unless([.defect]),
                when([.nonQuality]).then([.grant], 8).unless([.defect]),
                when([.only]).then([.quality], 4).then([.may, .grant, .serviceAfter], 4)
                    .unless([.defect]),
            ]),
        RulePatterns(
            .unspecifiedGoodsExcluded,
            [
                when([.someGoods]).then([.refusal], 18),
                when([.someGoods]).then([.exception], 4).with([.grant, .relief, .coverage]),
                when([.exception]).then([.someGoods], 2).with([.grant, .relief, .coverage]),
                when([.coverage, .relief]).then([.not], 4).then([.someGoods], 8),
            ]),
        RulePatterns(
            .blanketNoRefund,
            [
                when([.refusal]).unless(fair.union([.evidence, .nonQuality, .noReason])),
                when([.flat]).then([.refusal], 0)
                    .unless(fair.union([.evidence, .nonQuality, .usedByBuyer, .vagueFault])),
                when([.universal, .sold]).then([.refusal], 14)
                    .unless(
                        fair.subtracting([.specificFault]).union([
                            .nonQuality, .usedByBuyer, .noReason,
                        ])),
                when([.consumed]).then([.refusal], 10)
                    .unless(fair.union([.nonQuality, .usedByBuyer, .noReason, .evidence])),
                when([.giveUp]).then([.relief, .right], 10).with([.sold]).unless(fair),
            ]),
    ]

    static let periods: [RulePatterns] = [
        RulePatterns(
            .shortComplaintPeriod,
            [
                when([.shortSpan]).then([.refusal, .disclaim], 30)
                    .unless([.longSpan, .grant, .choice]),
                when([.shortSpan]).then([.silence], 16).then(supposed.union([.deem]), 8)
                    .then([.acceptable, .giveUp, .vagueFault], 8),
                when([.shortSpan]).then(supposed, 16).then([.acceptable], 8)
                    .unless([.longSpan, .grant, .shop]),
                when([.shortSpan]).then([.late], 20)
                    .then([.forfeited, .noWay, .not, .disclaim, .refusal], 8)
                    .unless([.longSpan, .grant]),
                when([.coverage]).then([.shortSpan], 9).unless([.longSpan, .shopAct, .favour]),
                when([.coverage]).then([.only], 2).then([.shortSpan], 2).unless([
                    .longSpan, .favour,
                ]),
                when([.only]).then([.shortSpan], 5).then([.relief, .buyerAct], 8),
                when([.instant]).then([.buyerAct], 6).then([.late], 12)
                    .then([.refusal, .disclaim, .noWay], 16).unless([.longSpan]),
            ]),
        RulePatterns(
            .unknowablePeriodStart,
            [
                when([.startOfPeriod]).then([.hiddenEvent], 12).then([.counting], 10)
                    .with([.coverage, .warrantyTerm, .longSpan])
            ]),
        RulePatterns(
            .expiryExcuse,
            [
                when([.expiry]).then([.refusal, .disclaim], 12).unless([.remedied, .grant])
            ]),
        RulePatterns(
            .oneTimeRuleUndisclosed,
            [
                when([.oneTime]).unless([.disclosure, .remedied, .favour])
            ]),
    ]

    static let blame: [RulePatterns] = [
        RulePatterns(
            .buyerBlamedByDefault,
            [
                when(supposed).then([.vagueFault], 8).unless([.evidence, .settled]),
                when(supposed).then([.usedByBuyer], 3).unless([.evidence, .settled]),
                when([.presumed]).then([.buyer], 2)
                    .unless([.evidence, .settled, .longSpan, .grant, .explicitConsent, .assent]),
                when(supposed.union([.deem])).then([.buyer], 2).then([.cause], 5)
                    .then([.refusal, .disclaim], 20).unless([.evidence, .remedied]),
                when(supposed).then([.buyer, .selfReliant], 4).then([.consumed, .cause], 5)
                    .unless([.evidence, .settled, .remedied]),
                when([.vagueFault, .defect, .consumed]).then([.deem], 4).then([.buyer], 2)
                    .unless([
                        .evidence, .settled, .remedied, .favour, .grant, .longSpan, .shop, .choice,
                        .explicitConsent, .assent,
                    ]),
                when([.ownFault]).unless([
                    .evidence, .settled, .remedied, .favour, .grant, .proofOptional,
                ]),
                when([.vagueFault]).then([.refusal, .disclaim], 24)
                    .unless([.evidence, .remedied, .fraud]),
            ]),
        RulePatterns(
            .deemedAcceptance,
            [
                when([.silence]).then(supposed.union([.deem]), 18).then([.acceptable, .giveUp], 8)
                    .unless([.longSpan, .grant]),
                when([.purchase, .consumed]).then([.deem], 8).then([.acceptable], 8)
                    .unless([
                        .longSpan, .grant, .evidence, .explicitConsent, .favour, .remedied, .choice,
                        .specificFault, .fraud,
                    ]),
                when([.late]).then([.presumed], 4).then([.acceptable, .giveUp], 6)
                    .unless([.longSpan, .grant, .shop]),
            ]),
        RulePatterns(
            .deemedConsent,
            [
                when([.presumed]).then([.buyer], 2).then([.assent, .giveUp], 6)
                    .unless([.explicitConsent, .remedied, .longSpan]),
                when([.presumed]).then([.assent], 4).with([.purchase, .buyer])
                    .unless([
                        .explicitConsent, .remedied, .longSpan, .shop, .grant, .evidence, .silence,
                    ]),
                when([.presumed]).then([.giveUp], 2).then([.relief, .coverage], 4)
                    .unless([.explicitConsent, .longSpan, .grant, .shop, .favour]),
                when([.purchase]).then([.presumed], 14).then([.assent, .giveUp], 20)
                    .unless([.explicitConsent, .remedied, .silence, .grant, .shop, .merchant]),
                when([.purchase]).then([.deem], 6).then([.assent, .giveUp], 12)
                    .unless([.explicitConsent, .remedied, .silence]),
            ]),
        RulePatterns(
            .proofDemanded,
            [
                when([.proof]).then([.refusal, .disclaim, .noWay], 30).unless([.proofOptional]),
                when([.not, .absent, .except, .otherwise]).then([.proof], 6).then(supposed, 8)
                    .unless([.proofOptional, .evidence, .favour]),
                when([.proof]).then([.refuse], 34).unless([.proofOptional, .grant, .favour, .scam]),
                when([.absent, .except, .otherwise]).then([.proof], 6)
                    .then([.refusal, .disclaim, .noWay], 20).unless([.proofOptional]),
                when([.oblige]).then([.proof], 14).with([.coverage, .relief]).unless([
                    .proofOptional
                ]),
                when([.buyer]).then([.selfProof], 6).unless([.proofOptional, .needNot, .shop]),
                when([.absent, .otherwise]).then([.evidence], 10).then([.refusal], 12)
                    .unless([.proofOptional, .shop]),
                when([.coverage, .relief]).then([.must, .serviceAfter], 4).then([.proof], 4)
                    .unless([.proofOptional, .needNot, .favour, .grant]),
                when([.only]).then([.proof], 6).unless([.proofOptional]),
                when([.proof]).then([.strict], 16).unless([.proofOptional, .grant, .favour]),
                when([.strict]).then([.proof], 10).with([.coverage, .relief, .defect])
                    .unless([.proofOptional, .grant, .favour]),
                when([.must]).then([.proof], 16).then([.serviceAfter, .otherwise], 10)
                    .unless([.proofOptional]),
            ]),
        RulePatterns(
            .merchantSoleJudge,
            [
                when([.startOfPeriod, .must]).then([.shop, .merchant], 2).then([.judge], 8)
                    .then([.decisive], 6),
                when([.startOfPeriod]).then([.shop, .merchant], 1).then([.judge], 6)
                    .unless([.evidence, .proofOptional, .shortSpan, .shopAct]),
                when([.selfJudge]).unless([.grant, .favour, .choice, .remedied, .evidence]),
                when([.startOfPeriod]).then([.shop, .merchant], 1).then([.decisive], 14)
                    .unless([.evidence, .grant]),
                when([.shop, .merchant]).then([.decisive], 8),
                when([.shop, .merchant]).then([.judge], 6).then([.decisive], 6),
            ]),
    ]
}
