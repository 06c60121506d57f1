import WireFormat

extension CoverageTable {
    /// Everything that is wrong with the table, in the order of its rows; pointers start with
    /// `rows/`.
    var faults: [DocumentIssue] {
        let perRow = rows.enumerated().flatMap { index, row in
            row.faults.map { detail in
                DocumentIssue(
                    pointer: "rows/\(index)",
                    reason: .contradiction,
                    detail: "`\(row.id)` \(detail)"
                )
            }
        }
        return duplicates + perRow + missing
    }

    private var duplicates: [DocumentIssue] {
        var states: Set<VerdictState> = []
        var ids: Set<String> = []
        return rows.enumerated().compactMap { index, row in
            let isNewState = states.insert(row.state).inserted
            let isNewID = ids.insert(row.id).inserted
            guard !isNewState || !isNewID else { return nil }
            return DocumentIssue(
                pointer: "rows/\(index)",
                reason: .contradiction,
                detail: "`\(isNewState ? row.id : row.state.rawValue)` stands twice"
            )
        }
    }

    private var missing: [DocumentIssue] {
        VerdictState.allCases.filter { byStateIsMissing($0) }.map { state in
            DocumentIssue(
                pointer: "rows",
                reason: .missing,
                detail: "no row says what covers `\(state.rawValue)`"
            )
        }
    }

    private func byStateIsMissing(_ state: VerdictState) -> Bool {
        !rows.contains { $0.state == state }
    }
}

extension CoverageTable.Row {
    fileprivate var faults: [String] {
        let checks: [(Bool, String)] = [
            (
                covered == .beforeDelivery && !state.hasTiming,
                "asks for a time that the state does not have"
            ),
            (isCoverNeedless, "covers what is no defect of anybody"),
            (isUncovered, "leaves a defect out of every warranty"),
            (claim.opens && !isOpenable, "opens a claim where nobody could be liable"),
            (claim == .tracked && covered != .tolled, "tracks a case without tolling the window"),
            (
                remedies.contains(where: \.isPersonOnly),
                "offers what only a person may order"
            ),
            (
                Set(remedies).count < remedies.count || Set(evidence).count < evidence.count,
                "names something twice"
            ),
            (evidence.isEmpty, "rests on no evidence"),
            (claim.opens && remedies.isEmpty, "opens a claim and offers nothing"),
        ]
        return checks.filter(\.0).map(\.1)
    }

    /// Good codes, and what nobody knows anything of.
    private var isCoverNeedless: Bool {
        let isCovered = [.always, .beforeDelivery, .ifPromised].contains(covered)
        return isCovered && (state.isGood || state.isUndecided || state.defectFamily == nil)
    }

    /// M1-36: a warranty may be narrow, but no rule takes a defect out of all of them.
    private var isUncovered: Bool {
        state.standing == .defective && state.defectFamily != nil
            && [.none, .preSale, .tolled, .buyerEvidence].contains(covered)
    }

    private var isOpenable: Bool { state.standing == .defective && state.defectFamily != nil }
}

extension CoverageTable.AutomaticClaim {
    /// Whether a claim against somebody can follow without a person.
    fileprivate var opens: Bool {
        switch self {
        case .atOnce, .afterBuyerConfirms, .afterRecheck, .ifStated, .proposed: true
        case .never, .tracked, .person: false
        }
    }
}
