/// What a stretch of a clause speaks of, as far as the rules tell clauses apart.
///
/// The first group are words of the lexicon; the last group, from ``refusal`` on, is read from the
/// order of those words by ``ClauseReading``.
enum ClauseConcept: Int, CaseIterable {
    // Operators.
    /// 不, 没: turns what follows at once.
    case not
    /// 未: what has not happened, which is no refusal.
    case notYet
    /// 不得, 禁止: a ban, whoever it binds.
    case mustNot
    /// 并非, 绝不: turns a whole statement.
    case never
    /// 不会: a promise when the shop says it.
    case wont
    /// 无, 没有: the absence of a thing.
    case absent
    /// 无需: the absence of a duty.
    case needNot
    /// 拒绝, 免除.
    case refuse
    /// 取消, 终止: refuses what stands right behind it.
    case halt
    /// 免谈, 没门: a refusal that stands behind its object.
    case noWay
    /// 支持, 提供, 受理: verbs that carry their object's polarity.
    case light
    /// 受理, 处理: such a verb that is a remedy by itself.
    case handling
    /// 可, 全额, 包: what follows is granted.
    case may
    /// 概, 一律, 也: adverbs that change no polarity.
    case adverb
    /// 恕, 概, 一律: what they refuse is refused without exception.
    case flat
    /// 任何理由, 申请: what may stand between a negation and its object.
    case transparent
    /// 就: what stands before is the condition.
    case thereupon
    /// 的: what stands before belongs to what follows.
    case of
    /// 否则, 但: nothing before reaches behind it.
    case divider
    /// 但, 不过.
    case but
    case condition
    case otherwise
    /// 一经, 任何, 所有: without exception.
    case universal
    case must
    /// 须, 必须.
    case oblige
    /// 自证: the buyer's burden.
    case selfProof
    case only
    case exception
    /// A phrase without meaning of its own, which contains one that has.
    case plain

    // Parties.
    case buyer
    case shop
    /// 商家, 卖家: a shop spoken of in the third person.
    case merchant
    case selfReliant

    // Remedies and burdens.
    case relief
    case noReason
    case liability
    case burden
    case bear
    case disclaimIdiom
    /// 无关: said of the shop, a denial of liability.
    case unrelated
    /// 不管, at the end of what is said.
    case unconcerned
    case remedy
    case right
    case giveUp
    /// 申请, 发起: what a buyer does to be refunded.
    case apply
    case penalty
    case warrantyTerm
    /// 质保, 售后: what is promised for a time.
    case coverage

    // Events.
    case sold
    /// 激活, 兑换: the code is used up.
    case consumed
    case purchase
    case buyerAct
    case deem
    case deemStrong
    /// 视为, 推定: taken for granted, never shown.
    case presumed
    /// 问题, 原因: what something is put down to.
    case cause
    case assent
    case acceptable
    case silence
    case late
    case instant
    case shopAct
    case startOfPeriod
    case hiddenEvent
    case counting
    case expiry

    // Facts and proof.
    case defect
    case quality
    case nonQuality
    /// 非, 除: what is no quality problem.
    case except
    case vagueFault
    case specificFault
    case usedByBuyer
    case evidence
    case proof
    case proofOptional
    case settled
    case forceMajeure
    case fraud

    // Goods and money.
    case someGoods
    /// 部分, 个别: some, without saying which.
    case some
    case goods
    case prepayment
    case forfeited
    case deduction
    /// 七成, 80%: a part of what was paid.
    case share
    /// 最多.
    case atMost
    case credit
    case promise
    case fitness
    case asIs
    case capped

    // Power and place.
    case interpretation
    case entitled
    case anyTime
    case change
    case noNotice
    case noticeGiven
    case judge
    case decisive
    case court
    case shopSeat
    case dispute
    case arbitration

    // Channels.
    case messenger
    case joinChannel
    case privateDeal
    /// 线下打款: such a deal, named as one.
    case offPlatform
    case payment
    /// 收款码: an account that is not the platform's.
    case payCode
    case cheaper
    case scam
    case goodReview
    case serviceAfter

    // Vagueness.
    case discretion
    case vagueException
    /// 例如, 仅指: says what is meant.
    case spelledOut
    case vagueStandard
    /// 实收, 最新公告: what nobody can look up before buying.
    case vagueBasis
    /// 本店规定: rules the buyer is not shown.
    case ownRules
    case soon
    case vagueSpan
    case schedule
    case oneTime
    case disclosure
    case explicitConsent

    // Speech about clauses.
    case invalid
    case hearsay
    /// 的承诺: what stands before is spoken of.
    case spokenOf

    // Read from the order of the words above.
    case refusal
    case noReasonRefusal
    case grant
    case disclaim
    case accepted
    case remedyBarred
    case remedyOpen
    case merchantDuty
    /// A length of time within which the shop acts.
    case serviceTime
    case shortSpan
    case longSpan
    /// A remedy is granted for a defect, or a defect is excepted.
    case remedied
    /// What is refused is refused after a period that is not too short.
    case fairLapse
}
