/// When which penalty is due (处罚阶梯, M2-17, M2-23): data with a version, one row a threshold;
/// `Config/rules/penalties.yaml`.
public struct PenaltyLadder: Sendable, Hashable {
    public let version: Int
    public let rows: [Row]

    /// One threshold of one measure.
    public struct Row: Sendable, Hashable {
        /// Lower-case words joined by `_`; stands in the event and in the audit log.
        public let id: String
        public let measure: Measure
        /// In the measure's unit; reaching it is enough.
        public let threshold: Int
        public let step: Step

        public init(id: String, measure: Measure, threshold: Int, step: Step) {
            self.id = id
            self.measure = measure
            self.threshold = threshold
            self.step = step
        }
    }

    public enum Step: Sendable, Hashable {
        /// The platform takes part in the merchant's open claims; automatic, and no penalty.
        case intervention
        case penalty(Penalty)
    }

    public enum Measure: String, Sendable, Hashable, CaseIterable {
        /// Claims of the period whose first-response limit passed without an answer by a person.
        case missedResponses = "missed_responses"
        /// Parts per million of claims that were *not* answered in time. Silent below
        /// ``PenaltyLadder/leastClaims``.
        case lateShare = "late_share_ppm"
        /// Broken promises that a person confirmed (虚假宣传).
        case confirmedMismatches = "confirmed_mismatches"
        /// 1 while the pattern of absconding is seen (恶意跑路).
        case suspectedAbsconding = "suspected_absconding"
        /// 1 once a person confirmed it.
        case confirmedAbsconding = "confirmed_absconding"
    }

    /// Below so many claims a share says nothing.
    public static let leastClaims = 20

    public init(version: Int, rows: [Row]) {
        self.version = version
        self.rows = rows
    }

    public static let standard = PenaltyLadder(
        version: 1,
        rows: [
            row("missed_intervene", .missedResponses, 2, .intervention),
            row("missed_downrank", .missedResponses, 3, .penalty(.downrank)),
            row("missed_fine", .missedResponses, 10, .penalty(.fine)),
            row("missed_suspend", .missedResponses, 30, .penalty(.suspend)),
            row("late_downrank", .lateShare, 100_000, .penalty(.downrank)),
            row("late_fine", .lateShare, 300_000, .penalty(.fine)),
            row("late_suspend", .lateShare, 500_000, .penalty(.suspend)),
            row("mismatch_downrank", .confirmedMismatches, 1, .penalty(.downrank)),
            row("mismatch_fine", .confirmedMismatches, 3, .penalty(.fine)),
            row("gone_downrank", .suspectedAbsconding, 1, .penalty(.downrank)),
            row("gone_suspend", .suspectedAbsconding, 1, .penalty(.suspend)),
            row("absconded_ban", .confirmedAbsconding, 1, .penalty(.ban)),
        ]
    )

    private static func row(
        _ id: String,
        _ measure: Measure,
        _ threshold: Int,
        _ step: Step
    ) -> Row {
        Row(id: id, measure: measure, threshold: threshold, step: step)
    }

    /// Every row whose threshold is reached, in the order of the table.
    public func events(for facts: PenaltyFacts) -> [PenaltyEvent] {
        rows.compactMap { row in
            let value = facts.value(of: row.measure)
            guard value >= row.threshold else { return nil }
            return PenaltyEvent(
                merchant: facts.merchant, row: row, value: value, since: facts.since)
        }
    }

    /// What is wrong with the table; empty for one that can be used.
    public var faults: [Fault] {
        var faults: [Fault] = []
        for penalty in Penalty.allCases
        where !rows.contains(where: { $0.step == .penalty(penalty) }) {
            faults.append(.noRow(.penalty(penalty)))
        }
        if !rows.contains(where: { $0.step == .intervention }) {
            faults.append(.noRow(.intervention))
        }
        for measure in Measure.allCases where !rows.contains(where: { $0.measure == measure }) {
            faults.append(.unused(measure))
        }
        for (index, row) in rows.enumerated() {
            if row.threshold < 1 { faults.append(.firesOnNothing(row.id)) }
            let isTaken = rows[..<index].contains { $0.id == row.id }
            if isTaken { faults.append(.repeatedID(row.id)) }
            let isBelowMilder = rows.contains {
                $0.measure == row.measure && $0.step < row.step && row.threshold < $0.threshold
            }
            if isBelowMilder { faults.append(.harderComesFirst(row.id)) }
            if row.step == .penalty(.ban), row.measure != .confirmedAbsconding {
                faults.append(.banUnconfirmed(row.id))
            }
        }
        return faults
    }

    public enum Fault: Sendable, Hashable {
        /// Nothing in the table leads to the step.
        case noRow(Step)
        /// Nothing in the table looks at the measure.
        case unused(Measure)
        case firesOnNothing(String)
        case repeatedID(String)
        /// A harder step of the measure is reached before a milder one.
        case harderComesFirst(String)
        /// A ban needs a fact that a person confirmed.
        case banUnconfirmed(String)
    }
}

extension PenaltyLadder.Step: Comparable {
    public static func < (left: PenaltyLadder.Step, right: PenaltyLadder.Step) -> Bool {
        switch (left, right) {
        case (_, .intervention): false
        case (.intervention, .penalty): true
        case (.penalty(let milder), .penalty(let harder)): milder < harder
        }
    }
}
