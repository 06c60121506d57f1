import CardModel
import WireFormat

/// What a transition of a claim makes true beside the claim.
extension Ledger {
    mutating func carryOut(
        _ effect: ClaimEffect,
        number: Int,
        _ step: ClaimStep,
        _ receipt: inout Receipt
    ) throws {
        switch effect {
        case .breachRecorded, .platformJoins, .platformIntervenes, .defectAttached,
            .defaultRecorded, .evidenceHeld:
            break
        case .noticeDue(let actor, let notice):
            try tell(actor, notice, number: number, step, &receipt)
        case .depositFrozen(let price): try freeze(price, step)
        case .depositReleased: try release(step)
        case .remedyRequested(let execution): try request(execution, step, &receipt)
        case .remedyCancelled(let execution): try end(execution, as: .cancelled, step, &receipt)
        case .remedyDone(let execution): try end(execution, as: .done, step, &receipt)
        case .codeCheckRequested: try requestCodeCheck(step, &receipt)
        case .escalationPrepared(let tier):
            try tell(.buyer, .escalationReady, number: number, tier: tier, step, &receipt)
        }
    }

    /// What the ledger can pay for the claim's merchant at `instant`, in the currency of the price.
    func depositStanding(
        for record: ClaimRecord,
        at instant: Instant,
        _ rules: ClaimRules
    ) throws -> DepositStanding {
        guard let currency = record.claim.price?.currency else { return .empty }
        func money(_ minorUnits: Int64) -> Money? {
            Money(minorUnits: minorUnits, currency: currency)
        }
        let free = try balance(.deposit(merchant: record.merchant), record, currency)
        let held = try balance(heldAccount(record), record, currency)
        let zone = rules.calendar.zone
        let paid = try transaction.paidOut(
            for: record.merchant,
            currency: currency,
            since: zone.startOfDay(zone.day(of: instant)),
            platform: record.platform
        )
        return DepositStanding(
            deposit: money(free).flatMap { free in money(held).flatMap { free.adding($0) } },
            backstop: money(try balance(.backstop, record, currency)),
            paidToday: money(paid)
        )
    }

    private func heldAccount(_ record: ClaimRecord) -> LedgerAccount {
        .frozen(merchant: record.merchant, claim: record.id.text)
    }

    private func balance(
        _ account: LedgerAccount,
        _ record: ClaimRecord,
        _ currency: String
    ) throws -> Int64 {
        try transaction.balance(of: account, currency: currency, platform: record.platform)
    }

    private func amount(
        in account: LedgerAccount,
        _ record: ClaimRecord,
        _ currency: String
    ) throws -> Money? {
        Money(minorUnits: try balance(account, record, currency), currency: currency)
    }

    // MARK: The deposits' book

    private func freeze(_ price: Money, _ step: ClaimStep) throws {
        let record = step.record
        let free = try amount(
            in: .deposit(merchant: record.merchant), record, price.currency)
        try write(
            .freeze(
                price, claim: record.id.text, merchant: record.merchant,
                round: record.claim.holds, free: free),
            step)
    }

    private func release(_ step: ClaimStep) throws {
        let record = step.record
        guard let currency = record.claim.price?.currency else { return }
        let held = try amount(in: heldAccount(record), record, currency)
        try write(
            .release(
                held: held, claim: record.id.text, merchant: record.merchant,
                round: record.claim.holds),
            step)
    }

    private func takePayout(_ execution: Execution, _ step: ClaimStep) throws {
        let record = step.record
        guard let amount = execution.redress.amount else { return }
        let payout = LedgerTransaction.payout(
            amount, claim: record.id.text, merchant: record.merchant,
            attempt: execution.attempt,
            held: try self.amount(in: heldAccount(record), record, amount.currency),
            free: try self.amount(
                in: .deposit(merchant: record.merchant), record, amount.currency),
            backstop: try self.amount(in: .backstop, record, amount.currency))
        guard payout != nil else {
            throw ChangeContradiction(what: "payout_not_covered")
        }
        try write(payout, step)
    }

    private func write(_ transaction: LedgerTransaction?, _ step: ClaimStep) throws {
        guard let transaction else { return }
        let entry = LedgerEntry(
            platform: step.record.platform, at: step.act.at, merchant: step.record.merchant,
            claim: step.record.id, transaction: transaction)
        guard try self.transaction.insert(entry) else {
            throw ChangeContradiction(what: "book_key_taken")
        }
    }

    // MARK: Attempts

    private mutating func request(
        _ execution: Execution,
        _ step: ClaimStep,
        _ receipt: inout Receipt
    ) throws {
        let record = step.record
        let label = "remedy \(record.id.text) \(execution.attempt)"
        let id = step.act.drafting.identifier(RemedyKind.self, label: label, at: step.act.at)
        let remedy = RemedyRecord(id, of: record, execution, at: step.act.at)
        try transaction.insert(remedy)
        if execution.payer == .deposit { try takePayout(execution, step) }
        try announce(
            .remedyRequested, remedy.eventData(orderID: step.act.orderID, dueAt: record.dueAt),
            platform: record.platform, at: step.act.at, drafting: step.act.drafting,
            label: label, &receipt)
    }

    private mutating func end(
        _ execution: Execution,
        as state: RemedyRecord.State,
        _ step: ClaimStep,
        _ receipt: inout Receipt
    ) throws {
        let claim = step.record.id
        // One above the caps that was never agreed to was never asked for either.
        guard var remedy = try transaction.remedy(of: claim, attempt: execution.attempt),
            remedy.isOpen
        else { return }
        remedy.state = state
        remedy.endedAt = step.act.at
        try transaction.update(remedy)
        if execution.payer == .deposit {
            let key = LedgerTransaction.payoutKey(claim: claim.text, attempt: execution.attempt)
            let payout = try transaction.ledgerEntry(key: key, platform: remedy.platform)?
                .transaction
            try write(
                state == .done
                    ? payout?.settled(claim: claim.text, attempt: execution.attempt)
                    : payout?.cancelled(claim: claim.text, attempt: execution.attempt),
                step)
        }
        guard execution.redress.remedy.isVerified else { return }
        try announce(
            .remedyVerified, remedy.eventData(orderID: step.act.orderID, dueAt: nil),
            platform: remedy.platform, at: step.act.at, drafting: step.act.drafting,
            label: "remedy verified \(remedy.id.text)", &receipt)
    }
}

extension RemedyRecord {
    /// What events tell of a remedy: what is owed by whom until when, and under which key.
    func eventData(orderID: String, dueAt: Instant?) -> JSONValue {
        [
            "remedy": .string(id.text), "claim": .string(claim.text),
            "delivery": .string(delivery.text), "order": .string(orderID),
            "line": .integer(Int64(line)), "merchant": .string(merchant),
            "attempt": .integer(Int64(execution.attempt)),
            "redress": execution.redress.jsonValue,
            "payer": .string(execution.payer.rawValue), "state": .string(state.rawValue),
            "due_at": JSONValue(text: dueAt?.rfc3339),
        ]
    }
}
