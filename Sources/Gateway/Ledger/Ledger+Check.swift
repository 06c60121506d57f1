import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Records what an issuer answered: verdict, leaf, liability, the claim it opens, events.
    mutating func record(_ outcome: CheckOutcome) throws -> PendingOutcome {
        guard var check = try transaction.check(outcome.check),
            check.state == .leased, check.leasedUntil == outcome.leasedUntil,
            var item = try transaction.item(check.item),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.leaseLost)) }
        let index = try append(outcome.leaf, notice: item.notice, platform: check.platform)
        let act = ActContext(
            orderID: delivery.orderID, notice: item.notice, at: outcome.answeredAt,
            drafting: outcome.drafting, label: check.id.text)
        var receipt = Receipt()
        let before = item.decision
        if let before, before.verdict.state == .duplicateDelivery {
            item.decision = before.adding(issuerState: outcome.verdict, of: outcome)
            check.decision = item.decision
        } else {
            note(outcome, stage: check.stage, trigger: check.trigger, in: &item)
            try decide(outcome, index: index, item: &item, act, &receipt)
            check.decision = item.decision
        }
        check.attempts += 1
        check.firstAskedAt = check.firstAskedAt ?? outcome.answeredAt
        check.leasedUntil = nil
        check.dueAt = outcome.askAgainAt ?? check.dueAt
        check.state = outcome.askAgainAt == nil ? .done : .pending
        try transaction.update(check)
        if before.map({ !$0.isSame(as: item.decision) }) ?? true || item.check == check.id {
            try transaction.update(item)
        }
        if before?.verdict.state != item.decision?.verdict.state {
            try announceChecked(
                delivery, platform: check.platform, at: outcome.answeredAt,
                drafting: outcome.drafting, &receipt)
        }
        receipt.decision = item.decision
        return PendingOutcome(
            receipt, leaf: outcome.leaf, index: index, platform: check.platform)
    }

    /// What an answer says about custody, one-time warranty and tolling, beside the verdict.
    private func note(
        _ outcome: CheckOutcome, stage: DeliveryStage, trigger: CheckTrigger,
        in item: inout ItemRecord
    ) {
        let verdict = outcome.verdict
        if stage == .dispense, verdict.isGood {
            item.dispenseGoodAt = item.dispenseGoodAt ?? outcome.answeredAt
        }
        if verdict.isUndecided {
            item.undecidedSince = item.undecidedSince ?? outcome.answeredAt
        } else if let since = item.undecidedSince {
            item.undecidedIncidents.append(
                Incident(kind: .indeterminate, startedAt: since, endedAt: outcome.answeredAt))
            item.undecidedSince = nil
        }
        if trigger == .buyer {
            item.firstVerificationAt = item.firstVerificationAt ?? outcome.answeredAt
            if verdict.isGood { item.buyerSawGoodAt = item.buyerSawGoodAt ?? outcome.answeredAt }
        }
        if let activatedAt = verdict.activationAt {
            item.activatedAt = min(item.activatedAt ?? activatedAt, activatedAt)
        }
    }

    private mutating func decide(
        _ outcome: CheckOutcome, index: UInt64, item: inout ItemRecord, _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let judgement = Judgement(
            of: outcome.verdict, item: item, policy: outcome.policy, at: outcome.answeredAt,
            skewMargin: outcome.skewMargin)
        let claim = item.decision?.claim
        item.decision = ItemDecision(
            verdict: outcome.verdict, decidedAt: outcome.answeredAt,
            liability: judgement.liability.party, claim: claim, claimRefusal: nil,
            leaf: LeafReference(index: index, hash: outcome.leaf.hash))
        if let claim {
            try advance(
                claim, on: .verdictRecorded(outcome.verdict), name: "verdict.recorded",
                actor: .system, policy: outcome.policy, act, &receipt)
        } else {
            try openClaim(for: &item, judgement, policy: outcome.policy, act, &receipt)
        }
        // Nobody could decide and nobody is asked again: a person has to.
        if outcome.askAgainAt == nil, outcome.verdict.isUndecided,
            outcome.verdict.state == .indeterminate
        {
            try announce(
                .claimActionRequired,
                [
                    "delivery": .string(item.delivery.text), "order": .string(act.orderID),
                    "line": .integer(Int64(item.terms.line)), "check": .string(item.check.text),
                    "reason": "undecided_at_limit",
                ],
                platform: item.platform, at: act.at, drafting: act.drafting,
                label: "undecided \(act.label)", &receipt)
        }
    }
}

extension Verdict {
    /// The issuer's time of the activation or use that this verdict shows.
    var activationAt: Instant? {
        switch state {
        case .okActivatedByBuyer, .used, .partiallyUsed: issuer?.at
        default: nil
        }
    }
}

extension ItemDecision {
    /// The duplicate's verdict stands; the issuer's word is added to it.
    func adding(issuerState verdict: Verdict, of outcome: CheckOutcome) -> ItemDecision {
        var decision = self
        decision.verdict.issuerState = verdict.state
        decision.verdict.issuer = verdict.issuer
        decision.verdict.adapter = verdict.adapter
        decision.verdict.actualValue = verdict.actualValue
        return decision
    }

    func isSame(as other: ItemDecision?) -> Bool {
        other.map { $0.verdict == verdict && $0.claim == claim && $0.leaf == leaf }
            ?? false
    }
}
