import CardModel
import EvidenceLog
import WireFormat

/// Holds what followed from a verdict against what it was judged by.
extension DeliveryAudit {
    func checkJudgement(
        _ decision: ItemDecision,
        of check: CheckRecord,
        _ report: inout AuditReport
    ) {
        func expect(_ holds: Bool, _ detail: String) {
            guard !holds else { return }
            report.add(.check, location("checks", check.id.text, "decision"), detail)
        }
        guard let judgement = decision.judgement else {
            expect(
                decision.liability == .none && decision.liabilityRule.isEmpty
                    && decision.claim == nil && decision.claimRefusal == "overtaken",
                "something follows from an answer from which nothing follows")
            return
        }
        expect(
            Self.isRefusalTold(decision, judgement),
            "`claim_refusal` is not what its judgement came to")
        expect(
            judgement.basis.standing.map { isTold($0, of: check.item) } ?? true || !areAllOpened,
            "was judged by a time at which no leaf of this delivery tells of anything")
        expect(
            (1...ClaimContext.answersNeeded).contains(judgement.basis.sameAnswers),
            "`same_answers` counts answers that are not counted")
        checkOpening(decision, judgement, of: check, &report)
        guard let again = judgedAgain(decision, judgement, of: check) else {
            report.extent.unrepeatedJudgements += 1
            return
        }
        let isSame =
            again.liability.party == decision.liability
            && again.liability.rule == decision.liabilityRule
            && again.claim.reason == judgement.claim
        // The hand-over completes the terms: what was decided before it knew fewer of them.
        if !isSame, check.stage == .dispense, item(check.item)?.record.deliveredAt != nil {
            report.extent.unrepeatedJudgements += 1
            return
        }
        expect(isSame, "`liability` and `judgement` are not what policy and tables say of it")
    }

    /// Why there is no claim is the judgement's own word, a consent that is missing, or what became
    /// of a report where the judgement waits for one.
    private static func isRefusalTold(
        _ decision: ItemDecision,
        _ judgement: JudgementRecord
    ) -> Bool {
        guard let refusal = decision.claimRefusal else {
            return decision.claim != nil
                || ["no_defect", "open", "tracked"].contains(judgement.claim)
        }
        return refusal == judgement.claim || refusal == PersonsReason.consentMissing.text
            || (judgement.claim == ClaimDecision.awaitsBuyerEvidence.reason
                && NotCoveredReason(rawValue: refusal) != nil)
    }

    /// The leaf of a claim's opening names the tables and the row of them.
    private func checkOpening(
        _ decision: ItemDecision,
        _ judgement: JudgementRecord,
        of check: CheckRecord,
        _ report: inout AuditReport
    ) {
        guard ["open", "tracked"].contains(judgement.claim),
            let claim = delivery.claims.first(where: { $0.record.id == decision.claim })?.record,
            claim.claim.filedAt == decision.decidedAt, let leaf = leaf(at: claim.leafIndex)
        else { return }
        let rules = leaf.fields["rules"]
        var compared = LeafComparison(.check, "checks", check.id.text, leaf)
        compared.expect(
            rules?["liability_rule"]?.stringValue == decision.liabilityRule,
            "decision", "rules", &report)
        compared.expect(
            rules.flatMap { RuleTablesPin(jsonValue: $0) }?.mark == judgement.tables,
            "decision", "rules", &report)
    }

    /// Nil for what other tables decided.
    private func judgedAgain(
        _ decision: ItemDecision,
        _ judgement: JudgementRecord,
        of check: CheckRecord
    ) -> CaseJudgement? {
        let ruleSet = catalogue.ruleBook.tables
        guard judgement.tables == ruleSet.pin.mark, let item = item(check.item)?.record,
            let policy = policies[item.terms.policy]
        else { return nil }
        let verdict = decision.verdict.value
        return WarrantyCase(
            of: check.id,
            verdict.state == .duplicateDelivery ? verdict.withoutIssuersWord : verdict,
            about: item.terms.value,
            deliveredAt: check.stage == .dispense ? nil : item.deliveredAt, by: judgement.basis,
            at: decision.decidedAt
        ).judged(under: policy, by: ruleSet.tables)
    }
}
