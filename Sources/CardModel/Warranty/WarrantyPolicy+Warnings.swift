/// A term that can be kept and yet may not do what its author expects.
public struct PolicyWarning: Sendable, Hashable {
    public let kind: Kind

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The window may never start (E3 rule 3).
        case basisWithoutFallback = "basis_without_fallback"
        /// Nothing reports the event that starts the window, so that it starts by its fallback.
        case basisNotReported = "basis_not_reported"
        /// The published flow names no times (M2-11).
        case timesNotAgreed = "times_not_agreed"
        /// A shortened term of a membership cannot be told.
        case membershipWithoutLength = "membership_without_length"
        /// The reminder would come before the buyer's time has begun.
        case reminderTooEarly = "reminder_too_early"
    }

    /// RFC 6901, into the policy's document.
    public var pointer: String {
        switch kind {
        case .basisWithoutFallback: "/window/basis_fallback"
        case .basisNotReported: "/window/basis"
        case .timesNotAgreed: "/sla"
        case .membershipWithoutLength: "/membership"
        case .reminderTooEarly: "/sla/buyer_reminder_before"
        }
    }

    /// One sentence for the author of the policy.
    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch kind {
        case .basisWithoutFallback:
            LocalisedText(
                zhCN: "起算事件可能不会发生，且没有设置 basis_fallback：质保期可能永远不开始。",
                en: "The basis may never come and there is no basis_fallback: the window may never"
                    + " start."
            )
        case .basisNotReported:
            LocalisedText(
                zhCN: "没有适配器报告该起算事件：质保期将按 basis_fallback 起算。",
                en: "No adapter reports this basis: the window starts by basis_fallback."
            )
        case .timesNotAgreed:
            LocalisedText(
                zhCN: "未设置 buyer_evidence_within 或 platform_decides_within：无法公布处理时限。",
                en: "buyer_evidence_within or platform_decides_within is not set: the published"
                    + " flow names no times."
            )
        case .membershipWithoutLength:
            LocalisedText(
                zhCN: "会员政策没有 membership.length：无法判断时长缩水。",
                en: "A policy for memberships without membership.length cannot tell a shortened"
                    + " term."
            )
        case .reminderTooEarly:
            LocalisedText(
                zhCN: "提醒时间早于举证期限的开始：期限开始时即提醒。",
                en: "The reminder lies before the buyer's time begins: he is reminded at once."
            )
        }
    }
}

extension WarrantyPolicy {
    /// What a policy may do against its author's expectation; none of it is a fault.
    ///
    /// - Parameter reported: the bases whose events something reports to the gateway; `nil` where
    ///   that is not known. The hand-over always is.
    public func warnings(reported: Set<Basis>? = nil) -> [PolicyWarning] {
        var kinds: [PolicyWarning.Kind] = []
        if window.mode != .none, window.basis != .delivery {
            if window.fallback == nil { kinds.append(.basisWithoutFallback) }
            if let reported, !reported.contains(window.basis) { kinds.append(.basisNotReported) }
        }
        let levels = serviceLevels
        if levels.buyerEvidenceWithin == nil || levels.platformDecidesWithin == nil {
            kinds.append(.timesNotAgreed)
        }
        if appliesTo.kind == .membership, membership == nil {
            kinds.append(.membershipWithoutLength)
        }
        if let time = levels.buyerEvidenceWithin, time.fits(into: levels.buyerReminderBefore) {
            kinds.append(.reminderTooEarly)
        }
        return kinds.map(PolicyWarning.init)
    }
}
