extension WarrantyPolicy {
    /// What a policy says against itself; a document that does is refused,
    /// under the pointer of the field to change.
    var contradictions: [DocumentIssue] {
        windowContradictions + orderContradictions + remedyContradictions + amountContradictions
    }

    private var windowContradictions: [DocumentIssue] {
        var found: [DocumentIssue] = []
        if window.mode == .oneTimeVerification, !oneTime.isDisclosureRequired {
            found.append(
                .contradiction(
                    "/one_time/disclosure_required",
                    "a one-time verification must be disclosed before the order (M3-18)"
                )
            )
        }
        if membership != nil, appliesTo.kind != .membership {
            found.append(
                .contradiction(
                    "/membership",
                    "only a policy with `applies_to.kind: membership` has a term"
                )
            )
        }
        return found
    }

    /// The deadlines that lie one behind the other.
    private var orderContradictions: [DocumentIssue] {
        let levels = serviceLevels
        let pairs: [(early: PolicyDuration, late: PolicyDuration, place: String, other: String)] = [
            (
                levels.reviewStartMinimum, levels.reviewStartMaximum, "/sla/review_start/min",
                "review_start.max"
            ),
            (levels.firstResponse, levels.proposal, "/sla/first_response", "proposal"),
            (levels.proposal, levels.resolution, "/sla/proposal", "resolution"),
            (levels.resolution, levels.hardLimit, "/sla/resolution", "hard"),
        ]
        return pairs.filter { !$0.early.fits(into: $0.late) }.map {
            .contradiction($0.place, "does not surely fit into `\($0.other)` (\($0.late))")
        }
    }

    private var remedyContradictions: [DocumentIssue] {
        var found: [DocumentIssue] = []
        if let remedy = remedies.order.first(where: \.needsPerson) {
            found.append(
                .contradiction(
                    "/remedies/order",
                    "`\(remedy.rawValue)` is for a person to name, never for a policy"
                )
            )
        }
        if Set(remedies.order).count != remedies.order.count {
            found.append(
                .contradiction("/remedies/order", "a remedy stands here twice")
            )
        }
        let missing = appliesTo.kind.requiredRemedies.filter { !remedies.order.contains($0) }
        if !missing.isEmpty {
            let names = missing.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            found.append(
                .contradiction(
                    "/remedies/order",
                    "a policy for \(appliesTo.kind.rawValue) offers \(names) too (M2-28)"
                )
            )
        }
        return found
    }

    private var amountContradictions: [DocumentIssue] {
        var found: [DocumentIssue] = []
        if let limit = remedies.automaticLimit, limit.perItem.compared(to: limit.perDay) == .greater
        {
            found.append(
                .contradiction(
                    "/remedies/auto_limit/amount_minor",
                    "more than `per_day_minor`"
                )
            )
        }
        if arbitration.quorumAmount != nil, arbitration.arbiters < Arbitration.fewestForQuorum {
            found.append(
                .contradiction(
                    "/arbitration/arbiters",
                    "a quorum is \(Arbitration.fewestForQuorum) arbiters or more (M0-35)"
                )
            )
        }
        return found
    }
}

extension WarrantyPolicy.GoodsKind {
    /// What a policy for these goods must offer: with a card key the buyer gets it anew or gets
    /// his money back (M2-28).
    var requiredRemedies: [Remedy] {
        switch self {
        case .cardKey: [.reissue, .refundOriginal]
        case .membership, .account: []
        }
    }
}

extension DocumentIssue {
    fileprivate static func contradiction(_ pointer: String, _ detail: String) -> DocumentIssue {
        DocumentIssue(pointer: pointer, reason: .contradiction, detail: detail)
    }
}
