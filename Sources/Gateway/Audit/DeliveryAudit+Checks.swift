import CardModel
import EvidenceLog
import WireFormat

extension DeliveryAudit {
    func check(_ check: CheckRecord, _ report: inout AuditReport) {
        let key = check.id.text
        func note(_ column: String, _ detail: String) {
            report.add(.check, location("checks", key, column), detail)
        }
        if check.platform != platform.number { note("platform", "is not its item's") }
        if item(check.item) == nil { note("item", "is no item of this delivery") }
        if check.createdAt != check.id.instant { note("created_at", "is not the time of its id") }
        guard let decision = check.decision else { return }
        if let claim = decision.claim,
            !delivery.claims.contains(where: { $0.record.id == claim && $0.item == check.item })
        {
            note("decision", "names a claim that is not of its item")
        }
        checkJudgement(decision, of: check, &report)
        let place = location("checks", key, "decision")
        guard let leaf = leaf(at: decision.leaf.index, of: .check, place, &report) else { return }
        guard leaf.hash == decision.leaf.hash else {
            return note("decision", "names another hash than that of leaf \(leaf.index)")
        }
        var compared = LeafComparison(.check, "checks", key, leaf)
        compared.time(decision.decidedAt, "decision", &report)
        compare(decision.verdict.value, of: check, with: leaf, &compared, &report)
        if leaf.text("event_id") == key {
            compared.text(check.trigger.rawValue, "requester", "trigger", &report)
        }
    }

    private func compare(
        _ verdict: Verdict,
        of check: CheckRecord,
        with leaf: OpenedLeaf,
        _ compared: inout LeafComparison,
        _ report: inout AuditReport
    ) {
        switch leaf.type {
        case .inquiry, .redemption:
            compared.expect(leaf.verdict == verdict, "decision", "verdict", &report)
        case .duplicate:
            compared.expect(
                leaf.verdict == verdict.withoutIssuersWord, "decision", "verdict", &report)
            compared.expect(isIssuersWord(verdict, of: check), "decision", "verdict", &report)
        case .delivery:
            // What stands on the card: a defect would have a leaf of its own.
            compared.expect(
                verdict.state.defectFamily == nil && verdict.certainty != .authoritative,
                "decision", "verdict", &report)
        case .claim, .claimResult, .consent, .attachment, .audit, nil:
            compared.expect(false, "decision", "typ", &report)
        }
    }

    /// What is added to a duplicate's verdict is the word of some answer about this item.
    private func isIssuersWord(_ verdict: Verdict, of check: CheckRecord) -> Bool {
        guard let state = verdict.issuerState, verdict.issuer != nil else { return true }
        let answers = (index.checksOfItem[check.item] ?? []).flatMap {
            index.leavesOfEvent[$0.id.text] ?? []
        }.filter { $0.type == .inquiry || $0.type == .redemption }
        // A card that was read has no answer of its own.
        return answers.isEmpty
            || answers.contains {
                $0.verdict?.state == state && $0.verdict?.issuer == verdict.issuer
            }
    }

    /// Every answer has its check.
    func checkThatChecksAreThere(_ report: inout AuditReport) {
        guard delivery.unreadable.isEmpty else { return }
        let known = Set(delivery.checks.map(\.id.text))
        for leaf in leaves(.inquiry) + leaves(.duplicate) {
            guard let id = leaf.text("event_id"), !known.contains(id) else { continue }
            report.add(
                .check, location("checks", id),
                "leaf \(leaf.index) tells of it, and it is not there")
        }
    }
}

extension Verdict {
    /// Of a duplicate: as its own leaf has it.
    var withoutIssuersWord: Verdict {
        var verdict = self
        verdict.issuerState = nil
        verdict.issuer = nil
        verdict.adapter = nil
        verdict.actualValue = nil
        return verdict
    }
}
