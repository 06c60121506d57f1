extension TierTable {
    /// What no table may do, whatever an operator writes.
    enum Invariant: String, CaseIterable {
        /// A tier is left out without the ground that the row names (M4-32).
        case skipsTier = "skips_tier"
        /// A small single case goes to law (M1-29).
        case smallCaseAtLaw = "small_case_at_law"
        case channelAboveTier = "channel_above_tier"

        var detail: String {
            switch self {
            case .skipsTier:
                "leaves out a tier without a ground; the grounds are "
                    + JumpReason.allCases.map(\.rawValue).joined(separator: ", ")
            case .smallCaseAtLaw: "sends a small single case to law"
            case .channelAboveTier: "names a channel above the tier of the case"
            }
        }
    }

    /// A row and what it does wrong in some case that reaches it.
    struct Violation: Hashable {
        var row: String
        var invariant: Invariant
    }

    /// Every row that breaks an invariant in some case that reaches it, in the order of rows.
    ///
    /// All cases are tried: of values that no row tells apart, one stands for the rest.
    var violations: [Violation] {
        var found: Set<Violation> = []
        for situation in distinctSituations {
            for jumped in Self.jumpedTiers {
                found.formUnion(violations(in: situation, exhausted: jumped))
            }
        }
        let ids = tiers.all.map(\.id) + channels.all.map(\.id) + proposals.map(\.id)
        return ids.flatMap { row in
            Invariant.allCases.map { Violation(row: row, invariant: $0) }
        }.filter(found.contains)
    }

    /// Tiers that a jump may have exhausted out of order, which takes rows out.
    private static let jumpedTiers: [Set<EscalationTier>] = [
        [], [.consumerBodies], [.paymentDispute], [.law], [.paymentDispute, .law],
    ]

    private func violations(
        in situation: TierSituation,
        exhausted: Set<EscalationTier>
    ) -> [Violation] {
        var found: [Violation] = []
        let row = tiers.first { $0.holds(for: situation, exhausted: exhausted) }
        if situation.isSmallSingleCase, row.tier == .law {
            found.append(Violation(row: row.id, invariant: .smallCaseAtLaw))
        }
        if situation.next.isSkipped(by: row.tier), !isAllowed(row, situation) {
            found.append(Violation(row: row.id, invariant: .skipsTier))
        }
        let channelRow = channels.first { $0.condition.holds(for: situation, tier: row.tier) }
        if channelRow.channels.contains(where: { $0.tier > row.tier }) {
            found.append(Violation(row: channelRow.id, invariant: .channelAboveTier))
        }
        if situation.isSmallSingleCase {
            found += proposals.filter {
                $0.tier == .law && $0.condition.holds(for: situation, tier: row.tier)
            }.map { Violation(row: $0.id, invariant: .smallCaseAtLaw) }
        }
        return found
    }

    /// Without progress tier 1 counts as exhausted (M4-17).
    private func isAllowed(_ row: TierRow, _ situation: TierSituation) -> Bool {
        if let jump = row.jump { return jump.holds(for: situation) }
        return !situation.hasProgress && situation.next == .platform
            && row.tier == .consumerBodies
    }
}

extension TierTable {
    private var conditions: [TierCondition] {
        tiers.rows.map(\.condition) + channels.rows.map(\.condition) + proposals.map(\.condition)
    }

    /// One case for each that some row or ground tells apart from the others.
    private var distinctSituations: [TierSituation] {
        let problems = distinct(\.problems) { [.notDelivered, .shortDelivery].contains($0) }
        let answers = distinct(\.responsiveness) { [.silent, .autoRepliesOnly].contains($0) }
        let amounts = distinct(\.amounts) { $0 == .small }
        let liable = distinct(\.liable) { $0 == .platform }
        var all: [TierSituation] = []
        for problem in problems {
            for answer in answers {
                for amount in amounts {
                    for party in liable {
                        all += Self.situations(problem, answer, amount, party)
                    }
                }
            }
        }
        return all
    }

    /// One value for each pattern of conditions that ask for it; `mark` is told apart too.
    private func distinct<Value: CaseIterable & Hashable>(
        _ asked: (TierCondition) -> Set<Value>?,
        mark: (Value) -> Bool
    ) -> [Value] {
        let sets = conditions.compactMap(asked)
        var seen: Set<[Bool]> = []
        return Value.allCases.filter { value in
            seen.insert([mark(value)] + sets.map { $0.contains(value) }).inserted
        }
    }

    private static func situations(
        _ problem: ProblemClass,
        _ answer: Responsiveness,
        _ amount: AmountClass,
        _ liable: LiableParty
    ) -> [TierSituation] {
        var all: [TierSituation] = []
        for next in NextTier.allCases {
            for dispute in PaymentDispute.allCases {
                // Progress, systemic and fraud, each both ways.
                for bits in 0..<8 {
                    all.append(
                        TierSituation(
                            problem: problem,
                            responsiveness: answer,
                            amount: amount,
                            next: next,
                            hasProgress: bits & 1 != 0,
                            dispute: dispute,
                            isSystemic: bits & 2 != 0,
                            isFraud: bits & 4 != 0,
                            liable: liable
                        )
                    )
                }
            }
        }
        return all
    }
}
