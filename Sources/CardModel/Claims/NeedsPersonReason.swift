/// Why a person must decide; never translated.
public enum NeedsPersonReason: String, Sendable, Hashable, CaseIterable {
    /// The issuer gives no time, or one too near to the hand-over.
    case timingUnknown = "timing_unknown"
    case liabilityUndetermined = "liability_undetermined"
    /// Only a party says so.
    case statementOnly = "statement_only"
    case sourcesConflict = "sources_conflict"
    /// Nobody knows whose attempts locked the code.
    case lockedCode = "locked_code"
    /// Two payments must be compared.
    case paymentComparison = "payment_comparison"
    /// The window ended before the issuer gave an answer.
    case undecidedAtWindowEnd = "undecided_at_window_end"
    /// The window waits for an event that starts it.
    case windowNotStarted = "window_not_started"

    /// One sentence for the buyer.
    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch self {
        case .timingUnknown:
            LocalisedText(
                zhCN: "无法确定发生在交付之前还是之后，由人工判定。",
                en: "It is not known whether it was before or after delivery; a person decides."
            )
        case .liabilityUndetermined:
            LocalisedText(
                zhCN: "责任方尚不能确定，由人工判定。",
                en: "Who is liable cannot be decided by rule; a person decides."
            )
        case .statementOnly:
            LocalisedText(
                zhCN: "目前只有单方陈述，由人工核实。",
                en: "There is only one party's statement; a person looks into it."
            )
        case .sourcesConflict:
            LocalisedText(
                zhCN: "不同来源互相矛盾，由人工判定。",
                en: "The sources contradict each other; a person decides."
            )
        case .lockedCode:
            LocalisedText(
                zhCN: "卡密被锁定，由人工查明原因。",
                en: "The code is locked; a person finds out why."
            )
        case .paymentComparison:
            LocalisedText(
                zhCN: "由人工核对两笔付款。",
                en: "A person compares the two payments."
            )
        case .undecidedAtWindowEnd:
            LocalisedText(
                zhCN: "质保期结束时仍无结果，由人工判定。",
                en: "The warranty ended without an answer; a person decides."
            )
        case .windowNotStarted:
            LocalisedText(
                zhCN: "质保期尚未起算，由人工判定。",
                en: "The warranty has not started to run; a person decides."
            )
        }
    }
}
