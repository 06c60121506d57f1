import CardModel
import WireFormat

extension DeliveryAudit {
    /// Each outcome that a leaf of the claim tells of is published as it is told, and no other; one
    /// that came later replaces the one before it.
    func checkOutcomes(
        of claim: InspectedDelivery.Claim,
        _ report: inout AuditReport
    ) {
        let key = claim.record.id.text
        let told = (index.leavesOfEvent[key] ?? []).filter {
            $0.fields[OutcomeFile.disclosureName] != nil
        }.sorted { $0.index < $1.index }
        for outcome in claim.outcomes {
            let record = outcome.record
            let place = location("claim_outcomes", "\(platform.name)/\(outcome.number)", "claim")
            let leaf = told.first { $0.index == record.leafIndex }
            let words = leaf?.fields[OutcomeFile.disclosureName]
                .flatMap { try? ClaimOutcome(jsonValue: $0) }
            if words != record.outcome, !isDamaged(record.leafIndex) {
                report.add(.outcome, place, "is not what a leaf of the claim tells of")
            }
        }
        let published = Set(claim.outcomes.map(\.record.leafIndex))
        for leaf in told where !published.contains(leaf.index) {
            report.add(
                .outcome, location("claim_outcomes", key),
                "leaf \(leaf.index) tells of an outcome, and it is not there")
        }
        let chain = claim.outcomes.map(\.record.outcome)
        for (earlier, later) in zip([nil] + chain.map(\.number), chain)
        where later.replaces != earlier {
            report.add(
                .outcome, location("claim_outcomes", "\(platform.name)/\(later.number)", "claim"),
                "does not replace the claim's outcome before it")
        }
    }
}
