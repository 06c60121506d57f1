import CardModel
import WireFormat

/// The sentences of a bundle. They report who answered what and when, never more.
enum BundleWords {
    /// Who says so, when, and what.
    static func answer(_ verdict: Verdict, in language: Language) -> String {
        let meaning = verdict.meaning(in: language)
        let code = verdict.issuer?.code.map { language == .zhCN ? "（代码 \($0)）" : " (code \($0))" }
        return verdict.certainty.name(in: language) + (code ?? "")
            + (language == .zhCN ? "：" : ": ")
            + meaning + differences(verdict, in: language)
    }

    /// What differs from the promise, each with both sides.
    private static func differences(_ verdict: Verdict, in language: Language) -> String {
        var texts = verdict.attributes.filter { $0.agrees == false }.map { check in
            let actual = check.actual ?? ""
            return LocalisedText(
                zhCN: "\(check.name)：约定“\(check.expected)”，发行方称“\(actual)”",
                en: "\(check.name): \"\(check.expected)\" agreed, \"\(actual)\" told"
            )
        }
        if verdict.state == .termShortened, let term = verdict.term,
            let expected = term.expectedDays
        {
            let actual = term.term.wholeDays
            texts.append(
                LocalisedText(
                    zhCN: "约定 \(expected) 天，实际 \(actual) 天",
                    en: "\(expected) days agreed, \(actual) days told"))
        }
        guard !texts.isEmpty else { return "" }
        return language == .zhCN
            ? "（\(texts.map(\.zhCN).joined(separator: "；"))）"
            : " (\(texts.map(\.en).joined(separator: "; ")))"
    }

    /// What an entry records.
    static func type(_ entry: MaterialEntry) -> LocalisedText {
        switch entry.type {
        case .delivery: LocalisedText(zhCN: "交付", en: "delivery")
        case .inquiry: LocalisedText(zhCN: "向发行方查询", en: "issuer's answer")
        case .duplicate: LocalisedText(zhCN: "重复交付", en: "duplicate")
        case .claim, .claimResult: LocalisedText(zhCN: "质保工单", en: "claim")
        case .consent: LocalisedText(zhCN: "持有人同意", en: "consent")
        case .redemption: LocalisedText(zhCN: "核销", en: "redemption")
        case .attachment: LocalisedText(zhCN: "附件", en: "attachment")
        case .audit: LocalisedText(zhCN: "库存登记", en: "registered stock")
        case nil: LocalisedText(zhCN: "内容已删除", en: "erased")
        }
    }
}

/// What a bundle does not prove, said before somebody believes it does.
enum BundleLimits {
    static let texts = [
        LocalisedText(
            zhCN: "不证明发行方的答复属实，只证明它在该时间段内如此答复并被记录，此后未被改动。",
            en: "Not that the issuer's answer was true: only that it was given and recorded within "
                + "the time shown, and not changed since."
        ),
        LocalisedText(
            zhCN: "不证明是谁使用了卡密。",
            en: "Not who used a code."
        ),
        LocalisedText(
            zhCN: "不证明未在此公开的内容，也不证明日志中没有关于这笔交付的其他条目。",
            en: "Nothing about fields that are not opened here, nor that the log has no further "
                + "entries about the delivery."
        ),
        LocalisedText(
            zhCN: "没有外部时间戳或见证签名的部分，时间与唯一性仅是日志自己的说法。",
            en: "Where no outside time stamp or witness stands beside it, time and uniqueness are "
                + "the log's own word."
        ),
    ]
}
