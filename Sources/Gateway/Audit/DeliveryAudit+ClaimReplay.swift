import AdapterKit
import CardModel
import WireFormat

/// Holds a claim, and what stands beside it, against what its steps lead to.
extension DeliveryAudit {
    func checkReplay(of claim: InspectedDelivery.Claim, _ report: inout AuditReport) {
        checkRings(of: claim, &report)
        checkFilings(of: claim, &report)
        guard areAllOpened, let replay = replay(of: claim) else { return }
        if replay.divergence != nil {
            report.extent.unrepeatedClaims += 1
            return
        }
        if let member = Self.difference(claim.record.claim, replay.claim) {
            report.add(
                .claim, location("claims", claim.record.id.text, "record"),
                "`claim.\(member)` is not what its steps lead to")
        }
        checkDue(claim.record, after: replay.claim, &report)
        checkRemedies(of: claim, replay, &report)
        checkBook(of: claim, replay, &report)
    }

    /// The claim made again; nil where what it begins with is not there.
    private func replay(of inspected: InspectedDelivery.Claim) -> ClaimReplay? {
        let record = inspected.record
        guard let leaf = leaf(at: record.leafIndex), let verdict = leaf.verdict,
            let rules = policies[record.claim.policy].map({ catalogue.ruleBook.rules(of: $0) }),
            let item = item(record.item)?.record
        else { return nil }
        let detected = Claim(
            id: record.id.text,
            item: "\(id.text)/\(record.line)",
            family: record.claim.family,
            policy: record.claim.policy,
            defect: verdict.state,
            against: record.opening.against,
            price: item.terms.price,
            // A receipt may tell it after a claim about its dispense was opened.
            isOffPlatform: record.claim.isOffPlatform && item.terms.isOffPlatform,
            demand: leaf.fields["demand"]?.stringValue.flatMap { Remedy(rawValue: $0) }
                ?? rules.policy.remedies.order.first ?? .reissue,
            isEvidenceComplete: verdict.certainty != .claimed,
            filedAt: record.id.instant
        )
        var replay = ClaimReplay(detected, id: record.id, item: record.item, under: rules)
        replay.run(steps(of: record))
        return replay
    }

    private func steps(of record: ClaimRecord) -> [ClaimReplay.Step] {
        let answers = (index.checksOfItem[record.item] ?? [])
            .flatMap { index.leavesOfEvent[$0.id.text] ?? [] }
            .sorted { $0.index < $1.index }
        return stepLeaves(of: record.id).compactMap { leaf in
            guard let entry = leaf.fields["step"].flatMap({ ClaimHistoryEntry(jsonValue: $0) })
            else { return nil }
            let check = StepWords(entry.detail).text("check").flatMap { CheckID($0) }
            return ClaimReplay.Step(
                index: leaf.index,
                entry: entry,
                verdict: answers.last { $0.index < leaf.index && $0.verdict != nil }?.verdict,
                checkedItem: check.flatMap { index.checks[$0]?.item }
            )
        }
    }

    /// The leaves of a claim's steps after its opening, in order.
    func stepLeaves(of claim: ClaimID) -> [OpenedLeaf] {
        (index.leavesOfEvent[claim.text] ?? []).filter {
            $0.type == .claim && $0.fields["step"] != nil
        }.sorted { $0.index < $1.index }
    }

    /// The first member that is another one.
    private static func difference(_ stored: Claim, _ replayed: Claim) -> String? {
        guard stored != replayed else { return nil }
        let (left, right) = (stored.jsonValue.objectValue, replayed.jsonValue.objectValue)
        return left?.members.first { right?[$0.name] != $0.value }?.name ?? "id"
    }

    private func checkDue(
        _ record: ClaimRecord,
        after claim: Claim,
        _ report: inout AuditReport
    ) {
        let rules = policies[record.claim.policy].map { catalogue.ruleBook.rules(of: $0) }
        let due = rules.flatMap { claim.due($0.calendar) }
        if due?.instant != record.dueAt
            || due.map(\.isProvisional) ?? false != record.isDueProvisional
        {
            noteTime(
                claim.isDueCountedInWorkingDays, .claim,
                location("claims", record.id.text, "record"),
                "`due_at` is not when its clocks are over", &report)
        }
        let isMoved = record.warrantyEndsAt != record.opening.warrantyEndsAt
        let isFound = stepLeaves(of: record.id).contains {
            $0.fields["step"]?["event"]?.stringValue == "liability.found"
        }
        let isProlonged =
            record.warrantyEndsAt.map { prolongedEnds(of: record.id).last == $0 } ?? false
        if isMoved, !isFound, !isProlonged {
            report.add(
                .claim, location("claims", record.id.text, "record"),
                "`warranty_ends_at` is not that of its opening, and no step tells why")
        }
    }

    /// The ends that a claim's window got when its code was replaced, in order.
    func prolongedEnds(of claim: ClaimID) -> [Instant] {
        stepLeaves(of: claim).compactMap { leaf in
            guard let entry = leaf.fields["step"].flatMap({ ClaimHistoryEntry(jsonValue: $0) }),
                entry.event == "remedy.receipt"
            else { return nil }
            return StepWords(entry.detail).text("warranty_ends_at").flatMap { Instant(rfc3339: $0) }
        }
    }

    /// Working days are counted by today's calendar: where it was another one, a time that it puts
    /// elsewhere is counted, and is no damage.
    func noteTime(
        _ isCountedInWorkingDays: Bool,
        _ kind: AuditReport.Kind,
        _ place: StorePlace,
        _ detail: String,
        _ report: inout AuditReport
    ) {
        guard !isCountedInWorkingDays else {
            report.extent.movedDeadlines += 1
            return
        }
        report.add(kind, place, detail)
    }
}
