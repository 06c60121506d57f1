extension WarrantyPolicy {
    /// What a policy says against itself; a document that does is refused,
    /// under the pointer of the field to change.
    var contradictions: [Contradiction] {
        windowContradictions + orderContradictions + remedyContradictions + amountContradictions
    }

    private var windowContradictions: [Contradiction] {
        var found: [Contradiction] = []
        if window.mode == .oneTimeVerification, !oneTime.isDisclosureRequired {
            found.append(
                Contradiction(
                    "/one_time/disclosure_required",
                    with: "/window/mode",
                    "a one-time verification must be disclosed before the order (M3-18)"
                )
            )
        }
        if membership != nil, appliesTo.kind != .membership {
            found.append(
                Contradiction(
                    "/membership",
                    with: "/applies_to/kind",
                    "only a policy with `applies_to.kind: membership` has a term"
                )
            )
        }
        return found
    }

    /// The deadlines that lie one behind the other.
    private var orderContradictions: [Contradiction] {
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
            Contradiction(
                $0.place,
                with: "/sla/" + $0.other.replacing(".", with: "/"),
                "does not surely fit into `\($0.other)` (\($0.late))"
            )
        }
    }

    private var remedyContradictions: [Contradiction] {
        var found: [Contradiction] = []
        if let remedy = remedies.order.first(where: \.needsPerson) {
            found.append(
                Contradiction(
                    "/remedies/order",
                    "`\(remedy.rawValue)` is for a person to name, never for a policy"
                )
            )
        }
        if Set(remedies.order).count != remedies.order.count {
            found.append(Contradiction("/remedies/order", "a remedy stands here twice"))
        }
        let missing = appliesTo.kind.requiredRemedies.filter { !remedies.order.contains($0) }
        if !missing.isEmpty {
            let names = missing.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            found.append(
                Contradiction(
                    "/remedies/order",
                    with: "/applies_to/kind",
                    "a policy for \(appliesTo.kind.rawValue) offers \(names) too (M2-28)"
                )
            )
        }
        return found
    }

    private var amountContradictions: [Contradiction] {
        var found: [Contradiction] = []
        if let limit = remedies.automaticLimit, limit.perItem.compared(to: limit.perDay) == .greater
        {
            found.append(
                Contradiction("/remedies/auto_limit/amount_minor", "more than `per_day_minor`"))
        }
        if arbitration.quorumAmount != nil, arbitration.arbiters < Arbitration.fewestForQuorum {
            found.append(
                Contradiction(
                    "/arbitration/arbiters",
                    with: "/arbitration/quorum_amount",
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

/// A field that says something against another one, or against itself.
struct Contradiction {
    let issue: DocumentIssue
    /// The pointers of both.
    private let fields: [String]

    fileprivate init(_ pointer: String, with other: String? = nil, _ detail: String) {
        issue = DocumentIssue(pointer: pointer, reason: .contradiction, detail: detail)
        fields = [pointer] + (other.map { [$0] } ?? [])
    }

    /// Whether it may be there only because `fault` is: a default stands for what cannot be read,
    /// and an unknown field may be one of these with its name misspelt.
    func mayFollow(from fault: DocumentIssue) -> Bool {
        let place = fault.pointer
        return fields.contains { field in
            field == place || field.hasPrefix(place + "/") || place.hasPrefix(field + "/")
                || fault.reason == .unknownField && Self.parent(field) == Self.parent(place)
        }
    }

    private static func parent(_ pointer: String) -> Substring {
        pointer[..<(pointer.lastIndex(of: "/") ?? pointer.startIndex)]
    }
}
