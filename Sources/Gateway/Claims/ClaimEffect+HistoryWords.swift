public import CardModel

extension ClaimEffect {
    /// What the history says of it; nil where a record of its own does.
    var historyWord: String? {
        switch self {
        case .breachRecorded(let timer): "breach:\(timer.rawValue)"
        case .platformJoins: "platform_joins"
        case .platformIntervenes: "platform_intervenes"
        case .defectAttached(let state): "defect_attached:\(state.rawValue)"
        case .defaultRecorded(let actor): "default:\(actor.rawValue)"
        case .noticeDue(let actor, let notice): "notice:\(actor.rawValue):\(notice.rawValue)"
        case .depositFrozen: "deposit_frozen"
        case .depositReleased: "deposit_released"
        case .remedyRequested(let execution): "remedy_requested:\(execution.attempt)"
        case .remedyCancelled(let execution): "remedy_cancelled:\(execution.attempt)"
        case .remedyDone(let execution): "remedy_done:\(execution.attempt)"
        case .codeCheckRequested: "code_check_requested"
        case .escalationPrepared(let tier): "escalation_prepared:\(tier)"
        case .evidenceHeld: "evidence_held"
        }
    }
}

extension ClaimHistoryEntry {
    /// What a step says of what followed from it (``ClaimEffect/historyWord``); nil for a word that
    /// this version does not know.
    public static func words(ofEffect word: String) -> LocalisedText? {
        let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        guard parts.count > 1 else { return effectWords[name] }
        return switch name {
        case "breach":
            told(parts[1], ClaimTimer.name, zhCN: "逾期：", en: "the time is over: ")
        case "default":
            told(parts[1], ClaimActor.name, zhCN: "逾期未处理：", en: "did not act in time: ")
        case "defect_attached":
            told(parts[1], VerdictState.meaning, zhCN: "并入同类问题：", en: "joined: ")
        case "notice": notice(parts[1])
        case "escalation_prepared":
            LocalisedText(
                zhCN: "已准备第 \(parts[1]) 级渠道的材料",
                en: "the papers for tier \(parts[1]) are prepared")
        default: attempt(name, number: parts[1])
        }
    }

    private static let effectWords: [String: LocalisedText] = [
        "platform_joins": LocalisedText(zhCN: "平台加入沟通", en: "the platform joins the talk"),
        "platform_intervenes": LocalisedText(zhCN: "平台介入", en: "the platform steps in"),
        "deposit_frozen": LocalisedText(
            zhCN: "为此申诉冻结商家的质保保证金", en: "the merchant's deposit is held for the claim"),
        "deposit_released": LocalisedText(
            zhCN: "解冻商家的质保保证金", en: "what was held of the deposit is free again"),
        "code_check_requested": LocalisedText(
            zhCN: "查询补救后的卡密", en: "the code of the remedy is asked about"),
        "evidence_held": LocalisedText(zhCN: "证据保全至争议结束", en: "the evidence is kept"),
    ]

    private static func told<Word: RawRepresentable<String>>(
        _ word: String,
        _ name: (Word) -> (Language) -> String,
        zhCN: String,
        en: String
    ) -> LocalisedText? {
        Word(rawValue: word).map {
            LocalisedText(zhCN: zhCN + name($0)(.zhCN), en: en + name($0)(.en))
        }
    }

    /// `buyer:offer_waits`
    private static func notice(_ words: String) -> LocalisedText? {
        let parts = words.split(separator: ":").map(String.init)
        guard parts.count == 2, let actor = ClaimActor(rawValue: parts[0]),
            let notice = ClaimNotice(rawValue: parts[1])
        else { return nil }
        return LocalisedText(
            zhCN: "通知\(actor.name(in: .zhCN))：\(notice.text(in: .zhCN))",
            en: "told the \(actor.name(in: .en)): \(notice.text(in: .en))")
    }

    private static func attempt(_ name: String, number: String) -> LocalisedText? {
        switch name {
        case "remedy_requested":
            LocalisedText(
                zhCN: "请平台执行补救（第 \(number) 次）",
                en: "the platform is asked to carry the remedy out (attempt \(number))")
        case "remedy_cancelled":
            LocalisedText(
                zhCN: "第 \(number) 次补救已取消", en: "the remedy is cancelled (attempt \(number))")
        case "remedy_done":
            LocalisedText(
                zhCN: "补救已完成（第 \(number) 次）", en: "the remedy is done (attempt \(number))")
        default: nil
        }
    }
}
