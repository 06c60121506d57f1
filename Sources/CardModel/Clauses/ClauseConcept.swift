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
    /// 不了: the verb before cannot be done.
    case cannot
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
    /// 和, 或.
    case conjunction
    /// 就: what stands before is the condition.
    case thereupon
    /// 的: what stands before belongs to what follows.
    case of
    /// 否则, 但: nothing before reaches behind it.
    case divider
    /// 但, 不过.
    case but
    case condition, otherwise
    /// 一经, 任何, 所有: without exception.
    case universal
    case must
    /// 须, 必须.
    case oblige
    /// 自证: the buyer's burden.
    case selfProof
    case only, exception
    /// A phrase without meaning of its own, which contains one that has.
    case plain

    // Parties.
    case buyer, shop
    /// 商家, 卖家: a shop spoken of in the third person.
    case merchant
    case selfReliant

    // Remedies and burdens.
    case relief, noReason, liability, burden, bear, disclaimIdiom
    /// 无关: said of the shop, a denial of liability.
    case unrelated
    /// 不管, at the end of what is said.
    case unconcerned
    case remedy, right, giveUp
    /// 申请, 发起: what a buyer does to be refunded.
    case apply
    case penalty, warrantyTerm
    /// 质保, 售后: what is promised for a time.
    case coverage

    // Events.
    case sold
    /// 激活, 兑换: the code is used up.
    case consumed
    case purchase, buyerAct, deem, deemStrong
    /// 视为, 推定: taken for granted, never shown.
    case presumed
    /// 问题, 原因: what something is put down to.
    case cause
    case assent, acceptable, silence, late, instant, shopAct, startOfPeriod, hiddenEvent, counting
    case expiry

    // Facts and proof.
    case defect, quality, nonQuality
    /// 非, 除: what is no quality problem.
    case except
    case vagueFault, specificFault, usedByBuyer, evidence, proof, proofOptional, settled
    case forceMajeure, fraud

    // Goods and money.
    case someGoods
    /// 部分, 个别: some, without saying which.
    case some
    case goods, prepayment, forfeited, deduction
    /// 七成, 80%: a part of what was paid.
    case share
    /// 最多.
    case atMost
    case credit, promise, fitness, asIs, capped

    // Power and place.
    case interpretation, entitled, anyTime, change, noNotice, noticeGiven, judge, decisive, court
    case buyerSeat, shopSeat, dispute, arbitration

    // Channels.
    case messenger, joinChannel, privateDeal
    /// 线下打款: such a deal, named as one.
    case offPlatform
    case payment
    /// 收款码: an account that is not the platform's.
    case payCode
    case cheaper, scam, goodReview, serviceAfter

    // Vagueness.
    case discretion, vagueException
    /// 例如, 仅指: says what is meant.
    case spelledOut
    case vagueStandard
    /// 实收, 最新公告: what nobody can look up before buying.
    case vagueBasis
    /// 本店规定: rules the buyer is not shown.
    case ownRules
    case soon, vagueSpan, schedule, oneTime, disclosure, explicitConsent

    // Attitude: words that weigh for or against the buyer without being a rule of their own.
    /// 白搭, 认栽: tells the buyer to put up with it.
    case resigned
    /// 没辙, 帮不了: says that nothing can be done.
    case helpless
    /// 九成是操作错: the buyer's own fault, before anything was looked at.
    case ownFault
    /// 我说没坏就没坏: one party's word decides.
    case selfJudge
    /// 小本经营, 请谅解: asks for understanding.
    case plea
    /// 发行方, 订单页: a standard that the buyer can look up.
    case verifiable
    /// 别声张, 禁言: keeps the buyer quiet.
    case gag
    /// 自己承担: borne by whoever stands before it.
    case selfBorne
    /// 转账, 打款: paying a person.
    case transfer
    /// 去别家, 找官方: sends the buyer elsewhere.
    case sentAway
    /// 新手勿碰, 事多: what the shop thinks of buyers.
    case belittled
    /// 亏本, 这个价: the price as the reason.
    case bargain
    /// 上家, 渠道: whom the buyer has no contract with.
    case upstream
    /// 说, 认, 反馈: what somebody says of a code.
    case says
    /// 正常损耗, 坏卡率: bad codes the buyer is to live with.
    case tolerated
    /// 属于正常: what is to be put up with.
    case normal
    /// 未付款: nothing is owed yet.
    case unpaid
    /// 有啥算啥, 混发: goods that are not as described.
    case unsorted
    /// 归档, 到此结束: the shop ends the matter.
    case cutOff
    /// 不回消息, 勿催.
    case unanswered
    /// 排队, 等通知.
    case queue
    /// 换成别的, 发其他面值.
    case substituted
    /// 检测费买家出.
    case costShifted
    /// 转为, 折成.
    case turnedInto
    /// 哪天, 啥时候.
    case someDay
    /// 断一下, 少一秒: what spoils a proof.
    case strict
    /// 终局, 不可撤销, 单方: the words of one-sided contracts.
    case oneSided
    /// 平台, 运营方: the operator, which may be a party or a third one.
    case platform
    /// 放心, 照样, 我们出: in the buyer's favour.
    case favour
    /// 由您选.
    case choice
    /// 都, 一律: carries what follows to all cases.
    case wholly

    // Speech about clauses.
    case invalid, hearsay
    /// 平台将, 处罚: what becomes of shops that say so.
    case sanctioned
    /// 的承诺: what stands before is spoken of.
    case spokenOf

    // Read from the order of the words above.
    case refusal, noReasonRefusal, grant, disclaim, accepted, remedyBarred, remedyOpen
    case merchantDuty
    /// A length of time within which the shop acts.
    case serviceTime
    case shortSpan, longSpan
    /// A remedy is granted for a defect, or a defect is excepted.
    case remedied
    /// What is refused is refused after a period that is not too short.
    case fairLapse
}
