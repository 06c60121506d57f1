import AdapterKit
import CardModel

/// What an answer means, told to a merchant who sets an adapter up. Buyers are told the same
/// states in other words (`VerdictState.meaning(in:)`): about a code of their own, and by one
/// sentence for all that is undecided.
extension AnswerMeaning {
    func merchantMeaning(in language: Language) -> String {
        guard state == .indeterminate else { return state.merchantMeaning(in: language) }
        return (cause ?? .unmapped).meaning[language]
    }
}

extension VerdictState {
    fileprivate func merchantMeaning(in language: Language) -> String {
        Self.merchantMeanings[self]?[language] ?? meaning(in: language)
    }

    /// Where a buyer's sentence speaks to the buyer, or of one kind of code only.
    private static let merchantMeanings: [VerdictState: LocalisedText] = [
        .okActivatedByBuyer: LocalisedText(
            zhCN: "这张卡密已按其主人的订单兑换成功。",
            en: "This order spent the code, for its owner."
        ),
        .undervalued: LocalisedText(
            zhCN: "卡内金额低于出售的面值。",
            en: "The card holds less than the face value it was sold for."
        ),
        .partiallyUsed: LocalisedText(
            zhCN: "已被用去一部分：部分金额或部分授权名额。",
            en: "Part of it has been used: of its value, or of its seats."
        ),
        .used: LocalisedText(
            zhCN: "已被使用：金额已用尽，或授权名额已占满。",
            en: "The code has been used: its value is spent, or its seats are taken."
        ),
        .temporarilyUnusable: LocalisedText(
            zhCN: "这张卡密目前暂时无法使用。",
            en: "The code cannot be used for now."
        ),
        .unsupported: LocalisedText(
            zhCN: "在这里无法查明这种卡密能否使用。",
            en: "It cannot be found out here whether such a code is good."
        ),
        .conflict: LocalisedText(
            zhCN: "发行方的说法与交付的卡密不符，或前后矛盾。",
            en: "The issuer's words contradict what was delivered, or each other."
        ),
    ]
}

extension IndeterminateCause {
    /// Why nothing is concluded.
    var meaning: LocalisedText {
        Self.merchantMeanings[self]
            ?? LocalisedText(zhCN: "不作判定。", en: "Nothing is concluded.")
    }

    private static let merchantMeanings: [IndeterminateCause: LocalisedText] = [
        .unmapped: LocalisedText(
            zhCN: "没有收录的应答，不作判定。",
            en: "Nobody has written down what this answer means; nothing is concluded."
        ),
        .issuerUnavailable: LocalisedText(
            zhCN: "发行方故障、繁忙或维护中。",
            en: "The issuer is down, busy or under maintenance."
        ),
        .timedOut: LocalisedText(zhCN: "发行方未及时应答。", en: "The issuer did not answer in time."),
        .rateLimited: LocalisedText(
            zhCN: "发行方暂时不再接受更多请求。",
            en: "The issuer takes no more requests for now."
        ),
        .malformedAnswer: LocalisedText(
            zhCN: "应答不符合协议，或说的不是这张卡密。",
            en: "The answer is not as the protocol promises, or is about another code."
        ),
        .answerTooLarge: LocalisedText(zhCN: "应答过长，未读取。", en: "The answer is too long to read."),
        .refusedAddress: LocalisedText(
            zhCN: "发行方的地址不允许连接。",
            en: "The issuer's address may not be connected to."
        ),
        .untrustedCertificate: LocalisedText(
            zhCN: "发行方的证书不可信。",
            en: "The issuer's certificate is not trusted."
        ),
        .ourAccount: LocalisedText(
            zhCN: "您在发行方的账户或接入有问题：凭据、余额、权限或地址。",
            en: "Your access to the issuer is at fault: credentials, balance, permissions, address."
        ),
        .ourRequest: LocalisedText(
            zhCN: "请求有误：请核对设置，以及交付或订单中的信息。",
            en: "The request is at fault: check the settings, and what the delivery or order names."
        ),
        .reserved: LocalisedText(
            zhCN: "卡密正被另一笔交易占用。",
            en: "Another transaction holds the code."
        ),
        .alreadySubmitted: LocalisedText(
            zhCN: "卡密或订单此前已提交过（或可能提交过），以那一次的结果为准。",
            en: "The code or the order was, or may have been, submitted before; that result counts."
        ),
        .notSupportedByIssuer: LocalisedText(
            zhCN: "发行方不支持这样的请求。",
            en: "The issuer does not support such a request."
        ),
        .ambiguousAnswer: LocalisedText(
            zhCN: "该应答对应不止一种状态，不作判定。",
            en: "The answer fits more than one state; nothing is concluded."
        ),
        .inProgress: LocalisedText(
            zhCN: "发行方已受理，结果稍后给出。",
            en: "The issuer has accepted it and answers later."
        ),
        .badSignature: LocalisedText(
            zhCN: "应答的签名无效，不予采信。",
            en: "The answer's signature is not good; it is not believed."
        ),
        .consentMissing: LocalisedText(
            zhCN: "没有卡密主人的授权记录。",
            en: "The owner's consent is not on record."
        ),
        .adapterDegraded: LocalisedText(
            zhCN: "已知卡密的应答变了，暂不采信该发行方的应答。",
            en: "A known code is answered differently; the issuer's answers are not used for now."
        ),
        .adapterFailed: LocalisedText(zhCN: "适配器本身出错。", en: "The adapter itself failed."),
    ]
}
