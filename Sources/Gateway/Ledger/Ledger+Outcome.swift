import CardModel
import EvidenceLog
import WireFormat

/// How claims ended, as it is published (M2-12).
extension Ledger {
    /// The outcome that a step publishes: of every step that closes a claim, and of no other. Its
    /// number is the platform's next; the platform's log is this transaction's alone, so no two
    /// take the same.
    mutating func outcome(of step: ClaimStep) throws -> ClaimOutcome? {
        guard step.closesClaim else { return nil }
        let record = step.record
        let outcome = ClaimOutcome(
            closing: record.claim,
            number: try outcomeCount(of: record.platform) + 1,
            merchant: record.merchant,
            replaces: try transaction.latestOutcome(of: record.id)?.outcome.number
        )
        guard let outcome else { throw ChangeContradiction(what: "claim_has_no_outcome") }
        return outcome
    }

    /// Keeps an outcome with what opens it in its leaf.
    mutating func keep(
        _ outcome: ClaimOutcome,
        disclosedBy disclosure: Disclosure?,
        of step: ClaimStep,
        at leafIndex: UInt64
    ) throws {
        let record = disclosure.flatMap {
            OutcomeRecord(
                platform: step.record.platform,
                claim: step.record.id,
                leafIndex: leafIndex,
                disclosure: $0.text
            )
        }
        guard let record, record.outcome == outcome else {
            throw ChangeContradiction(what: "outcome_is_not_disclosed")
        }
        try transaction.insert(record)
        outcomeCounts[record.platform] = outcome.number
        // A published file names every merchant whose outcomes it has; one whose only sale was told
        // of as another's must be among them.
        try transaction.countDeliveries(
            0, of: outcome.merchant, on: CalendarDate(of: step.act.at), platform: record.platform)
    }

    /// How many outcomes the platform has: the largest number.
    mutating func outcomeCount(of platform: PlatformNumber) throws -> Int {
        if let count = outcomeCounts[platform] { return count }
        let count = try transaction.outcomeCount(of: platform)
        outcomeCounts[platform] = count
        return count
    }
}

extension ClaimStep {
    fileprivate var closesClaim: Bool {
        entry.to.isClosed && !(entry.from?.isClosed ?? false)
    }
}
