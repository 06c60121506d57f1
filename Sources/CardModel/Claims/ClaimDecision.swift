/// Whether a verdict opens a claim by itself (C-07), and if not, why.
public enum ClaimDecision: Sendable, Hashable {
    /// A claim opens, without anybody's act.
    case open(against: LiableParty, family: DefectFamily)
    /// A claim is prepared; a person opens it.
    case proposed(against: LiableParty, family: DefectFamily)
    /// A tracking case: nobody is blamed, the code is asked again, the window is tolled.
    case tracked(family: DefectFamily)
    /// The buyer confirms the text he received first: he may have mistyped it.
    case awaitsBuyerConfirmation
    /// The issuer is asked again before anybody is blamed.
    case awaitsRecheck
    /// No machine can ask: the buyer may bring his own evidence.
    case awaitsBuyerEvidence
    case needsPerson(NeedsPersonReason)
    case notCovered(NotCoveredReason)
    /// The code is good.
    case noDefect

    /// The stable reason code; for a claim that opens, `open`.
    public var reason: String {
        switch self {
        case .open: "open"
        case .proposed: "proposed"
        case .tracked: "tracked"
        case .awaitsBuyerConfirmation: "awaits_buyer_confirmation"
        case .awaitsRecheck: "awaits_recheck"
        case .awaitsBuyerEvidence: "awaits_buyer_evidence"
        case .needsPerson(let reason): reason.rawValue
        case .notCovered(let reason): reason.rawValue
        case .noDefect: "no_defect"
        }
    }

    /// One sentence for the buyer: what happens now.
    public func text(in language: Language) -> String {
        switch self {
        case .needsPerson(let reason): reason.text(in: language)
        case .notCovered(let reason): reason.text(in: language)
        case .open(let party, _):
            LocalisedText(
                zhCN: "已自动发起质保申诉，责任方：\(party.name(in: .zhCN))。",
                en: "A warranty claim has been opened against \(party.name(in: .en))."
            )[language]
        case .proposed, .tracked, .awaitsBuyerConfirmation, .awaitsRecheck, .awaitsBuyerEvidence,
            .noDefect:
            waitingText[language]
        }
    }

    private var waitingText: LocalisedText {
        switch self {
        case .proposed:
            LocalisedText(
                zhCN: "已准备质保申诉，待人工确认。",
                en: "A claim is prepared; a person confirms it."
            )
        case .tracked:
            LocalisedText(
                zhCN: "已建立跟踪记录，质保期暂停计算。",
                en: "The case is being followed, and the warranty is on hold meanwhile."
            )
        case .awaitsBuyerConfirmation:
            LocalisedText(
                zhCN: "请先核对并确认收到的卡密原文。",
                en: "Please confirm the text you received first."
            )
        case .awaitsRecheck:
            LocalisedText(zhCN: "将再次查询发行方。", en: "The issuer will be asked again.")
        case .awaitsBuyerEvidence:
            LocalisedText(zhCN: "您可以提交自己的证据。", en: "You can send evidence of your own.")
        case .open, .needsPerson, .notCovered, .noDefect:
            LocalisedText(zhCN: "无需申诉。", en: "No claim is needed.")
        }
    }
}

/// What is known beyond the verdict when a claim is decided.
public struct ClaimContext: Sendable, Hashable {
    /// The buyer confirmed the text he received, letter for letter.
    public var isTextConfirmed: Bool

    /// How many answers of the issuer in a row have shown this state, this one included.
    public var sameAnswers: Int

    /// Whether the order's snapshot states the attribute that differs (region, version, …).
    public var isAttributeListed: Bool

    public init(
        isTextConfirmed: Bool = false,
        sameAnswers: Int = 1,
        isAttributeListed: Bool = true
    ) {
        self.isTextConfirmed = isTextConfirmed
        self.sameAnswers = sameAnswers
        self.isAttributeListed = isAttributeListed
    }

    /// The answers of the issuer that a state needs which may still change by itself.
    public static let answersNeeded = 2
}
