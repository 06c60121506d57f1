import CardModel
import WireFormat

/// What was asked for on a claim, and what the book of deposits says of it.
extension DeliveryAudit {
    /// Each attempt is there, and as far as the steps tell; and no other.
    func checkRemedies(
        of claim: InspectedDelivery.Claim,
        _ replay: ClaimReplay,
        _ report: inout AuditReport
    ) {
        var told = replay.attempts
        for row in claim.remedies {
            let record = row.record
            func expect(_ holds: Bool, _ column: String, _ detail: String) {
                guard !holds else { return }
                report.add(.remedy, location("remedies", record.id.text, column), detail)
            }
            expect(row.id == record.id.bytes, "id", "differs from `record`")
            expect(row.attempt == record.execution.attempt, "attempt", "differs from `record`")
            expect(row.state == record.state.rawValue, "state", "differs from `record`")
            expect(
                row.replacement == record.replacement?.rawValue, "replacement",
                "differs from `record`")
            expect(
                row.platform == record.platform && record.platform == platform.number,
                "platform", "is not its claim's")
            guard let attempt = told.removeValue(forKey: record.execution.attempt) else {
                expect(false, "", "no step of its claim asks for it")
                continue
            }
            expect(
                Self.isOf(record, claim.record) && Self.isAs(record, attempt), "record",
                "is not what the steps of its claim lead to")
        }
        guard delivery.unreadable.isEmpty else { return }
        for attempt in told.keys.sorted() {
            report.add(
                .remedy, location("remedies", "\(claim.record.id.text)/\(attempt)"),
                "a step asks for it, and it is not there")
        }
    }

    private static func isOf(_ remedy: RemedyRecord, _ claim: ClaimRecord) -> Bool {
        remedy.claim == claim.id && remedy.delivery == claim.delivery && remedy.line == claim.line
            && remedy.merchant == claim.merchant
    }

    private static func isAs(_ remedy: RemedyRecord, _ told: ClaimReplay.Attempt) -> Bool {
        remedy.execution == told.execution && remedy.state == told.state
            && remedy.requestedAt == told.requestedAt && remedy.id.instant == told.requestedAt
            && remedy.endedAt == told.endedAt && remedy.replacement == told.replacement
            && remedy.doneLateAt == told.doneLateAt
            && told.id.map { $0 == remedy.id.text } ?? true
    }

    // MARK: The book of deposits

    /// Each line of the book under the claim's keys is asked for by a step, and no step's is
    /// missing. What the accounts held then, ``BookAudit`` follows.
    func checkBook(
        of claim: InspectedDelivery.Claim,
        _ replay: ClaimReplay,
        _ report: inout AuditReport
    ) {
        var left = replay.movements
        for entry in claim.bookEntries {
            let key = entry.transaction.key
            func note(_ column: String, _ detail: String) {
                report.add(
                    .deposit, location("ledger_entries", "\(platform.name)/\(key)", column),
                    detail)
            }
            if entry.claim != claim.record.id { note("claim", "is not that of its key") }
            if entry.merchant != claim.record.merchant { note("merchant", "is not its claim's") }
            let place = left.firstIndex { $0.key == key && $0.kind == entry.transaction.kind }
            guard let place else {
                note("key", "no step of its claim asks for it")
                continue
            }
            let movement = left.remove(at: place)
            if movement.at != entry.at { note("at", "is not when the step was") }
            if expected(entry, movement, claim) != entry.transaction {
                note("posted", "is not what the step asks for")
            }
        }
        guard delivery.unreadable.isEmpty else { return }
        for movement in left where movement.isNeeded {
            report.add(
                .deposit, location("ledger_entries", "\(platform.name)/\(movement.key)"),
                "a step asks for it, and it is not there")
        }
    }

    /// The transaction that the step makes of the amount that was moved; nil for an amount that it
    /// cannot be.
    private func expected(
        _ entry: LedgerEntry,
        _ movement: ClaimReplay.Movement,
        _ inspected: InspectedDelivery.Claim
    ) -> LedgerTransaction? {
        let (claim, merchant) = (inspected.record.id.text, inspected.record.merchant)
        let transaction = entry.transaction
        let amount = transaction.postings.last?.amount
        let payout = inspected.bookEntries.first {
            $0.transaction.key
                == LedgerTransaction.payoutKey(claim: claim, attempt: movement.attempt)
        }?.transaction
        switch movement.kind {
        case .freeze:
            return movement.amount.flatMap {
                .freeze(
                    $0, claim: claim, merchant: merchant, round: movement.attempt, free: amount)
            }
        case .release:
            return .release(
                held: amount, claim: claim, merchant: merchant, round: movement.attempt)
        case .payout:
            // From which accounts depends on what they held.
            let payable = LedgerAccount.payable(claim: claim, attempt: movement.attempt)
            let sources: Set<LedgerAccount> = [
                .frozen(merchant: merchant, claim: claim), .deposit(merchant: merchant), .backstop,
            ]
            let isWhole =
                transaction.postings.last.map {
                    $0.account == payable && $0.amount == movement.amount
                } ?? false
            let isTaken = transaction.postings.dropLast().allSatisfy {
                sources.contains($0.account) && $0.amount.minorUnits < 0
            }
            return isWhole && isTaken ? transaction : nil
        case .settlement: return payout?.settled(claim: claim, attempt: movement.attempt)
        case .cancellation: return payout?.cancelled(claim: claim, attempt: movement.attempt)
        case .deposit, .withdrawal, .backstopFunding: return nil
        }
    }
}
