import WireFormat

extension LiabilityTable {
    /// What no table may do, whatever an operator writes.
    enum Invariant: String, CaseIterable {
        /// What nobody can tell goes to a person.
        case decidesDoubt = "decides_doubt"
        /// Only a use or an expiry after the hand-over can be the buyer's; everything else that he
        /// is blamed for is an exclusion with its evidence (M1-05).
        case blamesBuyer = "blames_buyer"
        /// A defect without anybody who answers would be a no-refund clause (M1-36).
        case forgivesDefect = "forgives_defect"
        /// A good code, or one that nothing is known of, is nobody's fault.
        case blamesWithoutDefect = "blames_without_defect"

        var detail: String {
            switch self {
            case .decidesDoubt: "names a party where nobody can tell; only `undetermined` fits"
            case .blamesBuyer: "makes a defect the buyer's that did not come about with him"
            case .forgivesDefect: "leaves a defect with nobody who answers for it"
            case .blamesWithoutDefect: "blames somebody where no defect is established"
            }
        }
    }

    /// Everything that is wrong with the table, in the order of its rows; pointers start with
    /// `rows/` or `exclusions/`.
    var faults: [DocumentIssue] {
        duplicateIDs + VerdictState.allCases.flatMap(faults(of:)) + groundFaults + exclusionFaults
    }

    private func issue(_ place: String, _ detail: String) -> DocumentIssue {
        DocumentIssue(pointer: place, reason: .contradiction, detail: detail)
    }

    private var duplicateIDs: [DocumentIssue] {
        var seen: Set<String> = []
        let places =
            rows.enumerated().map { ("rows/\($0.offset)/id", $0.element.id) }
            + exclusions.enumerated().map { ("exclusions/\($0.offset)/id", $0.element.id) }
        return places.filter { !seen.insert($0.1).inserted }
            .map { issue($0.0, "`\($0.1)` stands twice") }
    }

    /// Tries every situation that the rows of a state could tell apart: each must be decided, each
    /// row must decide one, and no decision may break an invariant.
    private func faults(of state: VerdictState) -> [DocumentIssue] {
        let mine = rows(of: state)
        guard !mine.isEmpty else {
            return [
                DocumentIssue(
                    pointer: "rows",
                    reason: .missing,
                    detail: "no row decides `\(state.rawValue)`"
                )
            ]
        }
        var missing: DocumentIssue?
        var reached: Set<String> = []
        var broken: [String: Invariant] = [:]
        for situation in situations(of: state) {
            guard let row = mine.first(where: { $0.condition.holds(for: situation) }) else {
                missing = missing ?? self.missing(situation)
                continue
            }
            reached.insert(row.id)
            if broken[row.id] == nil { broken[row.id] = situation.invariant(brokenBy: row.party) }
        }
        let perRow = rows.enumerated().filter { $0.element.state == state }.compactMap {
            index, row -> DocumentIssue? in
            if !reached.contains(row.id) {
                return issue("rows/\(index)", "no case reaches `\(row.id)`")
            }
            return broken[row.id].map { issue("rows/\(index)", "`\(row.id)` \($0.detail)") }
        }
        return [missing].compactMap { $0 } + perRow
    }

    private func missing(_ situation: LiabilitySituation) -> DocumentIssue {
        let words = situation.words(askedBy: rows(of: situation.state).map(\.condition))
        let rest = words.isEmpty ? "" : " with " + words.joined(separator: ", ")
        return DocumentIssue(
            pointer: "rows",
            reason: .missing,
            detail: "no row decides `\(situation.state.rawValue)`\(rest)"
        )
    }

    private var groundFaults: [DocumentIssue] {
        rows.enumerated().filter {
            $0.element.ground == .circumstance && $0.element.condition.circumstance == nil
        }.map {
            issue("rows/\($0.offset)/ground", "`\($0.element.id)` asks for no circumstance")
        }
    }

    private var exclusionFaults: [DocumentIssue] {
        var found: [DocumentIssue] = []
        for (index, row) in exclusions.enumerated() {
            let place = "exclusions/\(index)"
            if exclusions.prefix(index).contains(where: { $0.kind == row.kind }) {
                found.append(issue(place, "`\(row.kind.rawValue)` stands twice"))
            }
            let others = row.states.subtracting(row.kind.explainableStates).map(\.rawValue)
            if !others.isEmpty {
                let names = others.sorted().joined(separator: ", ")
                found.append(issue(place, "`\(row.id)` cannot explain \(names)"))
            }
            if !row.kind.possibleParties.contains(row.party) {
                found.append(issue(place, "`\(row.id)` cannot be \(row.party.rawValue)'s"))
            }
        }
        for kind in Exclusion.Kind.allCases where !exclusions.contains(where: { $0.kind == kind }) {
            found.append(
                DocumentIssue(
                    pointer: "exclusions",
                    reason: .missing,
                    detail: "no row says what `\(kind.rawValue)` explains"
                )
            )
        }
        return found
    }
}
