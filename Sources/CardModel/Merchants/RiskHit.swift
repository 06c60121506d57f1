public import WireFormat

/// A rule that was hit. It holds what ``holds`` says and queues the case for a person, who clears
/// or confirms it; there is nothing else that a hit can do (M1-42).
public struct RiskHit: Sendable, Hashable {
    public let rule: RiskRule
    public let subject: RiskSubject
    public let evidence: Evidence
    public let at: Instant
    /// The version of the thresholds.
    public let thresholdsVersion: Int

    /// What the hit rests on.
    public enum Evidence: Sendable, Hashable {
        case count(RiskCount)
        /// With the lower end of the interval.
        case share(RiskCount, atLeast: PartsPerMillion)
        case silence(MerchantSilence, since: Instant)
        /// The price as a part of the reference.
        case price(PartsPerMillion, since: Instant)
    }

    public var holds: Set<RiskHold> { rule.holds }

    /// From when on the pattern is counted.
    public var since: Instant {
        switch evidence {
        case .count(let count), .share(let count, _): count.since
        case .silence(_, let since), .price(_, let since): since
        }
    }

    /// Names and numbers for the person and for the record.
    public var counts: [(name: String, value: Int64)] {
        switch evidence {
        case .count(let count):
            [("count", Int64(count.count)), ("of", Int64(count.total))]
        case .share(let count, let lower):
            [
                ("count", Int64(count.count)), ("of", Int64(count.total)),
                ("at_least_ppm", Int64(lower.value)),
            ]
        case .silence(let silence, _):
            [
                ("unanswered", Int64(silence.unansweredClaims)),
                ("withdrawals_minor", silence.withdrawalsMinor),
                ("balance_before_minor", silence.balanceBeforeMinor),
            ]
        case .price(let share, _): [("of_reference_ppm", Int64(share.value))]
        }
    }

    public var jsonValue: JSONValue {
        let counts = self.counts.map { JSONObject.Member(name: $0.name, value: .integer($0.value)) }
        return [
            "at": .string(at.rfc3339),
            "counts": .object(JSONObject(counts)),
            "holds": .array(
                RiskHold.allCases.filter(holds.contains).map { .string($0.rawValue) }
            ),
            "rule": .string(rule.rawValue),
            "since": .string(since.rfc3339),
            "subject": [
                "kind": .string(subject.kind.rawValue), "reference": .string(subject.reference),
            ],
            "suggested_tier": rule.suggestedTier.map { .integer(Int64($0)) } ?? .null,
            "thresholds_version": .integer(Int64(thresholdsVersion)),
        ]
    }
}

extension RiskHit {
    /// One sentence for the person who looks at it: what was counted, and no accusation.
    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch (rule, evidence) {
        case (.repeatComplainant, .count(let found)):
            LocalisedText(
                zhCN: "同一买家自 \(day) 起提交申诉 \(found.count) 件，待人工核实。",
                en: "One buyer filed \(found.count) claims since \(day); a person looks."
            )
        case (.refundBurst, .count(let found)):
            LocalisedText(
                zhCN: "自 \(day) 起退款申请 \(found.count) 件，待人工核实。",
                en: "\(found.count) refund requests since \(day); a person looks."
            )
        case (.promiseMismatch, .share(let found, _)):
            LocalisedText(
                zhCN: "\(found.total) 件商品中 \(found.count) 件与承诺不符，待人工核实。",
                en: "\(found.count) of \(found.total) items were not as promised; a person looks."
            )
        case (_, .share(let found, _)):
            LocalisedText(
                zhCN: "\(found.total) 个卡密中 \(found.count) 个不可用，待人工核实。",
                en: "\(found.count) of \(found.total) codes were bad; a person looks."
            )
        case (_, .silence(let silence, _)):
            LocalisedText(
                zhCN: "商家自 \(day) 起未答复、未交付，\(silence.unansweredClaims) 件申诉待答复，"
                    + "余额正在转出，待人工核实。",
                en: "No answer and no delivery since \(day), \(silence.unansweredClaims) claims "
                    + "wait, and the balance is leaving; a person looks."
            )
        case (_, .price(let share, _)):
            LocalisedText(
                zhCN: "售价为市场参考价的 \(share.value / 10_000)%，待人工核实。",
                en: "The price is \(share.value / 10_000)% of the market's; a person looks."
            )
        case (_, .count(let found)):
            LocalisedText(
                zhCN: "自 \(day) 起计 \(found.count) 次，待人工核实。",
                en: "\(found.count) times since \(day); a person looks."
            )
        }
    }

    private var day: String { since.rfc3339Seconds }
}
