/// Who answers for which defect (责任判定表): data with a version, total; of the rows of a state the
/// first that holds decides (claims.md E1, M3-19).
///
/// Two things are no rows and cannot be edited: sources that contradict each other, and a party's
/// own statement, decide nothing (``Liability/decide(_:by:)``).
public struct LiabilityTable: Sendable {
    public let id: String
    public let version: Int
    public let rows: [Row]

    /// One of every kind; of several that are proven, the first one counts.
    public let exclusions: [ExclusionRow]
    private let byState: [VerdictState: StateRows]

    /// Not checked: ``init(jsonValue:)`` is the way in for what an operator wrote.
    init(id: String, version: Int, rows: [Row], exclusions: [ExclusionRow]) {
        self.id = id
        self.version = version
        self.rows = rows
        self.exclusions = exclusions
        byState = Dictionary(grouping: rows, by: \.state).mapValues(StateRows.init)
    }

    /// A row with a stable id, such as `liability.used.presumed_buyer`.
    public struct Row: Sendable, Hashable {
        public let id: String
        public let state: VerdictState
        public let condition: LiabilityCondition
        public let party: LiableParty
        public let ground: Ground
    }

    /// Why a row names its party (M3-03).
    public enum Ground: String, Sendable, Hashable, CaseIterable {
        case noDefect = "no_defect"
        case defaultOfState = "default_of_state"
        case beforeDelivery = "before_delivery"
        case deadAtDispense = "dead_at_dispense"
        case merchantHeld = "merchant_held"
        case platformHeld = "platform_held"
        case presumedBuyer = "presumed_buyer"
        case presumptionRebutted = "presumption_rebutted"
        case afterDelivery = "after_delivery"
        case shelfLifeShort = "shelf_life_short"
        /// The circumstance that the row asks for.
        case circumstance
        /// The instants do not decide.
        case doubt
        case unproven
    }

    /// Who answers where a proven exclusion explains a defect (M3-11, M3-12, M3-14).
    public struct ExclusionRow: Sendable, Hashable {
        public let id: String
        public let kind: Exclusion.Kind
        public let states: Set<VerdictState>
        public let party: LiableParty
    }

    /// The rows of one state, and what they need to be told.
    private struct StateRows {
        let rows: [Row]
        let looksAtHolder: Bool

        init(_ rows: [Row]) {
            self.rows = rows
            looksAtHolder = rows.contains { $0.condition.holder != nil }
        }
    }
}

extension LiabilityTable: Hashable {
    /// Tables are the same when they say the same; the index only repeats the rows.
    public static func == (left: LiabilityTable, right: LiabilityTable) -> Bool {
        left.id == right.id && left.version == right.version && left.rows == right.rows
            && left.exclusions == right.exclusions
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(version)
        hasher.combine(rows)
        hasher.combine(exclusions)
    }
}

extension LiabilityTable {
    func rows(of state: VerdictState) -> [Row] { byState[state]?.rows ?? [] }

    /// What the table says about a defect, certainty and exclusions aside.
    func liability(for facts: LiabilityFacts) -> Liability {
        guard let stateRows = byState[facts.verdict.state] else { return .undecided }
        let situation = LiabilitySituation(facts, looksAtHolder: stateRows.looksAtHolder)
        guard let row = stateRows.rows.first(where: { $0.condition.holds(for: situation) }) else {
            return .undecided
        }
        return Liability(row.party, row.ground(in: situation, facts), rule: row.id)
    }

    /// What a proven exclusion makes of the defect; `nil` where none explains it. A code that was
    /// dead before the buyer had it was not spoilt by the buyer, whatever else is proven about him.
    func exclusion(explaining facts: LiabilityFacts) -> Liability? {
        guard !facts.exclusions.isEmpty else { return nil }
        let state = facts.verdict.state
        let wasDead =
            facts.custody.isDeadAtDispense
            || state.hasTiming && facts.verdict.timing == .beforeDelivery
        for row in exclusions where row.states.contains(state) {
            if row.party == .buyer, wasDead { continue }
            guard let exclusion = facts.exclusions.first(where: { $0.kind == row.kind }) else {
                continue
            }
            return Liability(row.party, .exclusion(exclusion), rule: row.id)
        }
        return nil
    }
}

extension LiabilityTable.Row {
    fileprivate func ground(
        in situation: LiabilitySituation,
        _ facts: LiabilityFacts
    ) -> Liability.Ground {
        switch ground {
        case .noDefect: .noDefect
        case .defaultOfState: .defaultOfState
        case .beforeDelivery: .beforeDelivery
        case .deadAtDispense: .deadAtDispense
        case .merchantHeld: .merchantHeld
        case .platformHeld: .platformHeld
        case .presumedBuyer: .presumedBuyer
        case .presumptionRebutted: .presumptionRebutted
        case .afterDelivery: .afterDelivery
        case .shelfLifeShort: .shelfLifeShort
        case .circumstance:
            facts.circumstances.first { $0.kind.name == condition.circumstance }
                .map(Liability.Ground.circumstance) ?? .defaultOfState
        case .doubt:
            if case .undecided(let doubt) = situation.holder {
                .doubt(doubt)
            } else {
                .doubt(.noEventTime)
            }
        case .unproven: .unproven
        }
    }
}

extension Liability {
    /// Where a table is silent nobody is blamed; tables that are read never are.
    fileprivate static let undecided = Liability(.undetermined, .unproven, rule: "liability.none")
}
