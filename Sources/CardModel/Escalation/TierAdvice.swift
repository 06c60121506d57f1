/// What the table says about a case, with its grounds.
public struct TierAdvice: Sendable, Hashable {
    public let tier: EscalationTier
    /// The first to be used first; never empty.
    public let channels: [EscalationChannel]
    public let row: TierRow
    /// The id of the row that chose the channels.
    public let channelRow: String
    /// A higher tier for a person to confirm.
    public let proposal: TierProposal?
    /// The ground on which tiers were left out; `nil` when none was.
    public let jump: JumpReason?
    public let grounds: TierGrounds
    /// `nil` at the highest tier (M1-29).
    public let whyNotHigher: WhyNotHigher?
    /// Why tier 3 is not open; `nil` when it is (M0-29).
    public let whyNotPayment: WhyNotPayment?

    /// A filing is a person's act at every tier (E4).
    public var needsPerson: Bool { true }

    /// Whether a person confirms the tier itself before a packet of it is shown (M0-26).
    public var isTierConfirmedByPerson: Bool { tier == .law }

    /// The ids of the rows that decided, for the record.
    public var rows: [String] { [row.id, channelRow] + (proposal.map { [$0.rowID] } ?? []) }

    /// One sentence each: why this tier, what is proposed, why none higher, why no payment
    /// dispute.
    public func reasons(in language: Language) -> [String] {
        [
            row.reason[language], proposal?.reason[language],
            whyNotHigher?.text(in: language), whyNotPayment?.text(in: language),
        ].compactMap(\.self)
    }
}

/// A tier that the table proposes beside the chosen one.
public struct TierProposal: Sendable, Hashable {
    public let tier: EscalationTier
    public let channels: [EscalationChannel]
    public let rowID: String
    public let reason: LocalisedText
}

/// The three inputs of the choice: the nature of the problem, the platform's rule, the law
/// (M4-11).
public struct TierGrounds: Sendable, Hashable {
    public let problem: ProblemClass
    /// `table@version row`, such as `cn-standard@1 tier.fraud`.
    public let platformRule: String
    /// Ids of a ``LawLibrary``.
    public let law: [String]
}

/// Why no higher tier was chosen (M1-29).
public enum WhyNotHigher: String, Sendable, Hashable, CaseIterable {
    case smallSingleCase = "small_single_case"
    /// The platform's own fault is the platform's to repair (M3-21).
    case platformCaused = "platform_caused"
    case lowerTiersFirst = "lower_tiers_first"

    init?(_ situation: TierSituation, at tier: EscalationTier) {
        if tier == .law { return nil }
        if situation.liable == .platform, tier == .platform {
            self = .platformCaused
        } else if situation.isSmallSingleCase {
            self = .smallSingleCase
        } else {
            self = .lowerTiersFirst
        }
    }

    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch self {
        case .smallSingleCase:
            LocalisedText(
                zhCN: "金额低于小额标准且为单笔，诉讼的费用和时间超过所涉金额，因此不建议法律渠道。",
                en: "The amount is below the line for small single cases: a lawsuit costs more "
                    + "than it returns, so the law is not advised."
            )
        case .platformCaused:
            LocalisedText(
                zhCN: "问题由平台造成，先由平台处理；三个工作日无进展再升级。",
                en: "The platform caused it and repairs it first; without progress in three "
                    + "working days it goes on."
            )
        case .lowerTiersFirst:
            LocalisedText(
                zhCN: "按先协商、再投诉、后诉讼的顺序，低一级渠道尚未用尽。",
                en: "The order is to negotiate, then to complain, then to sue; a lower tier is "
                    + "not exhausted."
            )
        }
    }
}

/// Why tier 3 is not open for an order.
public enum WhyNotPayment: String, Sendable, Hashable, CaseIterable {
    case directTransfer = "direct_transfer"
    case referenceUnknown = "reference_unknown"

    init?(_ dispute: PaymentDispute) {
        switch dispute {
        case .available: return nil
        case .needsReference: self = .referenceUnknown
        case .closed: self = .directTransfer
        }
    }

    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch self {
        case .directTransfer:
            LocalisedText(
                zhCN: "付款方式为直接转账，没有支付机构可以受理争议，第三级渠道不适用。",
                en: "It was paid by direct transfer: no payment firm can take a dispute, so "
                    + "tier 3 does not apply."
            )
        case .referenceUnknown:
            LocalisedText(
                zhCN: "尚未记录支付单号；补充支付单号后才能提出支付争议。",
                en: "The payment's number is not recorded; a payment dispute needs it."
            )
        }
    }
}

extension TierSituation {
    /// Tens of yuan, one code, no fraud: never a matter for the law (M1-29).
    var isSmallSingleCase: Bool { amount == .small && !isSystemic && !isFraud }
}
