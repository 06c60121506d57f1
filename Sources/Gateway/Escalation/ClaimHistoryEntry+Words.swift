public import CardModel
public import WireFormat

/// A step of a claim in the words of its reader.
extension ClaimHistoryEntry {
    /// What happened, and where the claim stands since, if it moved.
    var line: LocalisedText {
        let words = words
        guard from != to else { return words }
        return LocalisedText(
            zhCN: "\(words.zhCN)（\(to.name(in: .zhCN))）",
            en: "\(words.en) (\(to.name(in: .en)))")
    }

    /// What happened. A step of another version of the gateway is told by its state alone.
    private var words: LocalisedText {
        Self.words(of: event, detail)
            ?? LocalisedText(zhCN: "申诉有新的记录", en: "the claim has a new step")
    }

    private static let filingPrefix = "filing."

    /// What a step says happened; nil for an event that this version does not know.
    ///
    /// - Parameter detail: as the history has it, beside what followed or alone.
    public static func words(of event: String, _ detail: JSONValue = .null) -> LocalisedText? {
        let own = ownDetail(of: detail)
        let told: LocalisedText? =
            switch event {
            case _ where event.hasPrefix(filingPrefix): filing(own) ?? filing(of: event)
            case "timer.rung": timer(own)
            case "verdict.recorded": finding(own)
            default: nil
            }
        return told ?? eventWords[event]
    }

    private static func filing(_ detail: JSONValue) -> LocalisedText? {
        OutsideFiling(jsonValue: detail).map { filing in
            func text(_ language: Language) -> String {
                let status = filing.status.name(in: language)
                let channel = filing.channel.name(in: language)
                return LocalisedText(
                    zhCN: "站外投诉，\(channel)：\(status)", en: "filing at \(channel): \(status)")[
                        language]
            }
            return LocalisedText(zhCN: text(.zhCN), en: text(.en))
        }
    }

    /// By the name of the step alone: which channel it was stands in what came with it.
    private static func filing(of event: String) -> LocalisedText? {
        OutsideFiling.Status(rawValue: String(event.dropFirst(filingPrefix.count))).map { status in
            LocalisedText(
                zhCN: "站外投诉：\(status.name(in: .zhCN))",
                en: "filing outside: \(status.name(in: .en))")
        }
    }

    private static func timer(_ detail: JSONValue) -> LocalisedText? {
        detail["timer"]?.stringValue.flatMap { ClaimTimer(rawValue: $0) }.map { timer in
            LocalisedText(
                zhCN: "期限届满：\(timer.name(in: .zhCN))",
                en: "time is over: \(timer.name(in: .en))")
        }
    }

    private static func finding(_ detail: JSONValue) -> LocalisedText? {
        detail["state"]?.stringValue.flatMap { VerdictState(rawValue: $0) }.map { state in
            LocalisedText(
                zhCN: "再次查询：\(state.meaning(in: .zhCN))",
                en: "asked again: \(state.meaning(in: .en))")
        }
    }

    private static let eventWords = gatewaysWords.merging(partiesWords) { first, _ in first }
        .merging(platformsWords) { first, _ in first }

    /// Of the gateway's own steps, and of what became of a remedy.
    private static let gatewaysWords: [String: LocalisedText] = [
        ClaimOrigin.foundEvent: LocalisedText(zhCN: "记录了查询结果", en: "a finding was recorded"),
        ClaimOrigin.reportedEvent: LocalisedText(zhCN: "申报了问题", en: "a problem was reported"),
        "liability.found": LocalisedText(
            zhCN: "查询结果确定了责任方", en: "an answer showed who is liable"),
        "timer.rung": LocalisedText(zhCN: "期限届满", en: "a time was over"),
        "collective.formed": LocalisedText(
            zhCN: "与同一来源的其他申诉合并为一个集体案件",
            en: "one collective case with other claims of the same source"),
        "remedy.receipt": LocalisedText(zhCN: "补救已交付", en: "the remedy was handed over"),
        "remedy_receipt": LocalisedText(
            zhCN: "报告了补救的执行结果", en: "what became of the remedy was reported"),
        RemedyRecord.doneLateEvent: LocalisedText(
            zhCN: "已取消的补救又被报告完成", en: "a cancelled remedy was reported done"),
        "penalty.due": LocalisedText(
            zhCN: "商家达到处罚阶梯的一级", en: "the merchant reached a step of the penalty ladder"),
        "remedy.verified": LocalisedText(zhCN: "补救结果已核验", en: "the remedy was verified"),
        "risk.raised": LocalisedText(zhCN: "转人工核实", en: "a person is to look at it"),
        "risk.noted": LocalisedText(
            zhCN: "保证金赔付转人工核实", en: "payments of the deposit wait for people"),
        "abuse_flagged": LocalisedText(
            zhCN: "一方举报了对方的言论", en: "one side flagged the other's words"),
    ]

    /// Of the acts that both sides do.
    private static let partiesWords: [String: LocalisedText] = [
        "message_posted": LocalisedText(zhCN: "留言", en: "a message"),
        "message_read": LocalisedText(zhCN: "消息已读", en: "a message was read"),
        "demand_stated": LocalisedText(zhCN: "提出诉求", en: "a demand was stated"),
        "evidence_requested": LocalisedText(zhCN: "要求补充证据", en: "evidence was asked for"),
        "evidence_added": LocalisedText(zhCN: "补充了证据", en: "evidence was added"),
        "withdrawn": LocalisedText(zhCN: "撤回申诉", en: "the claim was withdrawn"),
        "remedy_offered": LocalisedText(zhCN: "提出补救方案", en: "a remedy was offered"),
        "remedy_answered": LocalisedText(zhCN: "答复了补救方案", en: "the offer was answered"),
        "disputed": LocalisedText(zhCN: "对责任认定提出异议", en: "the finding was disputed"),
        "appeal_filed": LocalisedText(zhCN: "申请复核", en: "an appeal was filed"),
        "reopened": LocalisedText(zhCN: "重新开启申诉", en: "the claim was reopened"),
        "escalated": LocalisedText(
            zhCN: "升级到平台外渠道", en: "the case went to a tier outside the platform"),
        "external_update": LocalisedText(
            zhCN: "登记了外部渠道的进展", en: "news of the outside channel was recorded"),
    ]

    /// Of the acts of the platform's people.
    private static let platformsWords: [String: LocalisedText] = [
        "review_started": LocalisedText(zhCN: "开始审核", en: "the review began"),
        "review_extended": LocalisedText(zhCN: "延长审核期限", en: "the review was extended"),
        "third_party_named": LocalisedText(
            zhCN: "由发行方或运营商造成，等待其处理", en: "a third party caused it and is waited for"),
        "progress_reported": LocalisedText(
            zhCN: "告知了进展", en: "the buyer was told how things stand"),
        "liability_proposed": LocalisedText(
            zhCN: "提出责任认定意见", en: "a finding on liability was proposed"),
        "ruled": LocalisedText(zhCN: "作出责任认定", en: "liability was ruled on"),
        "payout_approved": LocalisedText(zhCN: "批准赔付", en: "a payment was approved"),
        "appeal_decided": LocalisedText(zhCN: "复核作出决定", en: "the appeal was decided"),
        "risk_raised": LocalisedText(zhCN: "转人工核实", en: "a person is to look at it"),
        "risk_cleared": LocalisedText(zhCN: "人工核实完毕", en: "a person looked at it"),
        "fraud_confirmed": LocalisedText(zhCN: "由人工作出认定", en: "a person decided"),
        "penalty.confirmed": LocalisedText(zhCN: "处罚已由人工确认", en: "a person confirmed the penalty"),
        "penalty.dismissed": LocalisedText(zhCN: "处罚已由人工撤销", en: "a person dismissed the penalty"),
    ]
}
