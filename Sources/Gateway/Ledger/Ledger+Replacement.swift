import CardModel
import WireFormat

/// A replacement code is an item like any other, told of in a signed notice: it is fingerprinted,
/// looked for among the codes that others hold, and asked about before anybody has it.
extension Ledger {
    /// Items of a notice whose remedy waits for no code of theirs.
    func mismatchedRemedies(of admission: Admission) throws -> [Int] {
        var named: Set<RemedyID> = []
        return try admission.items.indices.filter { index in
            guard let id = admission.items[index].remedy else { return false }
            // One code answers one request.
            guard named.insert(id).inserted else { return true }
            return try remedy(id, fits: admission.items[index], admission) == nil
        }
    }

    private func remedy(
        _ id: RemedyID,
        fits item: AdmittedItem,
        _ admission: Admission
    ) throws -> RemedyRecord? {
        guard let remedy = try transaction.remedy(id),
            remedy.platform == admission.notice.platform, remedy.isOpen,
            remedy.execution.redress.remedy == .reissue, remedy.line == item.terms.line,
            try transaction.delivery(remedy.delivery)?.orderID == admission.orderID,
            let claim = try transaction.claim(remedy.claim)?.claim, claim.state == .executing,
            claim.execution == remedy.execution,
            // The code that is to be replaced, or one that came before, replaces nothing.
            try transaction.item(
                of: remedy.delivery, line: remedy.line, code: item.codeFingerprint) == nil
        else { return nil }
        let isFirst = remedy.state == .requested && admission.notice.stage == .dispense
        return isFirst ? remedy : nil
    }

    /// The code came: the claim waits for what the issuer says of it.
    mutating func takeReplacement(
        _ admitted: AdmittedItem,
        as item: inout ItemRecord,
        _ context: inout AdmissionContext
    ) throws {
        guard let id = admitted.remedy, var remedy = try transaction.remedy(id) else { return }
        let act = context.act(on: item)
        let prolongedEnd = try prolongWarranty(of: remedy.claim, admitted, at: act.at)
        item.replacesEndingAt = try transaction.claim(remedy.claim)?.warrantyEndsAt
        try transaction.update(item)
        remedy.state = .checking
        remedy.replacement = item.number
        try transaction.update(remedy)
        let receipt = RemedyReceipt(
            attempt: remedy.execution.attempt,
            result: .done(remedy.execution.redress)
        )
        var detail = JSONObject([
            .init(name: "remedy", value: .string(id.text)),
            .init(name: "check", value: .string(item.check.text)),
        ])
        if let prolongedEnd { detail["warranty_ends_at"] = .string(prolongedEnd.rfc3339) }
        let refusal = try advance(
            remedy.claim,
            on: .remedyReceipt(receipt),
            name: "remedy.receipt",
            detail: .object(detail),
            by: ClaimPrincipal(.platform, account: Self.intakeAccount),
            under: admitted.rules,
            act.labelled("replacement"),
            &context.receipt
        )
        guard refusal == nil else {
            throw ChangeContradiction(what: "claim_refuses_replacement")
        }
        try judgeReplacement(item, act, &context.receipt, under: admitted.rules)
    }

    /// Outages that were declared, or went on, since the claim opened prolong the window that the
    /// replacement has the rest of (M3-14).
    ///
    /// - Returns: the later end, which the claim has from now on; nil where its end stands.
    private mutating func prolongWarranty(
        of claim: ClaimID,
        _ admitted: AdmittedItem,
        at instant: Instant
    ) throws -> Instant? {
        guard var record = try transaction.claim(claim), let knownEnd = record.warrantyEndsAt,
            let replaced = try transaction.item(record.item)
        else { return nil }
        let window = replaced.window(
            under: try rules(of: replaced, admitted).policy,
            at: instant,
            incidents: try incidents(touching: replaced, at: instant)
        )
        guard let end = window.span?.end, end > knownEnd else { return nil }
        record.warrantyEndsAt = end
        try transaction.update(record)
        return end
    }

    /// What stands of an item, if it is the replacement that a claim waits for.
    mutating func judgeReplacement(
        _ item: ItemRecord,
        _ act: ActContext,
        _ receipt: inout Receipt,
        under rules: ClaimRules
    ) throws {
        guard let verdict = item.decision?.verdict.value,
            let isGood = verdict.state.isFitReplacement,
            let remedy = try transaction.remedy(checking: item.number)
        else { return }
        try advance(
            remedy.claim,
            on: .remedyVerified(isGood: isGood),
            name: "remedy.verified",
            detail: [
                "remedy": .string(remedy.id.text), "state": .string(verdict.state.rawValue),
            ],
            by: .system,
            under: rules,
            act.labelled("verified"),
            &receipt
        )
    }

    /// Who acts when a code comes in through the signed intake.
    private static var intakeAccount: String { "intake" }

    /// Asks once more about a code that is said to be repaired, or to work by now.
    mutating func requestCodeCheck(_ step: ClaimStep, _ receipt: inout Receipt) throws {
        guard let execution = step.record.claim.execution,
            execution.redress.remedy == .repair || execution.redress.remedy == .wait,
            var remedy = try transaction.remedy(of: step.record.id, attempt: execution.attempt),
            var item = try transaction.item(step.record.item),
            let current = try transaction.check(item.check)
        else { return }
        remedy.state = .checking
        remedy.replacement = item.number
        try transaction.update(remedy)
        let check = CheckRecord(
            id: step.act.drafting.identifier(
                CheckKind.self, label: "repair \(step.act.label)", at: step.act.at),
            item: item.number,
            platform: item.platform,
            stage: current.stage,
            trigger: .gateway,
            adapter: current.adapter,
            state: .pending,
            dueAt: step.act.at,
            createdAt: step.act.at
        )
        try transaction.insert(check)
        item.check = check.id
        try transaction.update(item)
        receipt.enqueued.append(check.id)
        if let adapter = check.adapter { receipt.askedAdapters.append(adapter) }
    }
}

extension ActContext {
    /// The same act, for a further thing that is made under the same seed.
    func labelled(_ word: String) -> ActContext {
        ActContext(
            orderID: orderID, notice: notice, at: at, drafting: drafting,
            label: "\(word) \(label)")
    }
}

extension VerdictState {
    /// Whether the code may be handed over as a replacement; nil while nobody knows. Where no
    /// issuer can be asked, that nobody else holds it is all there is to know.
    var isFitReplacement: Bool? {
        switch self {
        case .okUnused, .unsupported: true
        case .indeterminate, .temporarilyUnusable, .issuerDelay, .notActivated, .conflict: nil
        case .okActivatedByBuyer, .malformed, .notFound, .wrongProduct, .wrongRegion,
            .wrongVersion, .undervalued, .partiallyUsed, .used, .expired, .shortShelfLife,
            .revoked, .locked, .duplicateDelivery, .duplicateStock, .oversold, .notDelivered,
            .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged, .termShortened,
            .serviceInterrupted, .accountMismatch, .accountCompromised:
            false
        }
    }
}
