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
        let leaf = LeafReference(
            index: try append(outcome.leaf, notice: item.notice, platform: check.platform),
            hash: outcome.leaf.hash
        )
        let act = ActContext(
            orderID: delivery.orderID,
            notice: item.notice,
            at: outcome.answeredAt,
            drafting: outcome.drafting,
            label: check.id.text
        )
        var receipt = Receipt()
        let before = item.decision
        note(outcome, stage: check.stage, trigger: check.trigger, in: &item)
        if let before, before.verdict.state == .duplicateDelivery {
            item.decision = before.adding(issuersWord: outcome.verdict)
            check.decision = item.decision
        } else if item.isAnswered(by: check) {
            try decide(outcome, leaf: leaf, item: &item, act, &receipt)
            check.decision = item.decision
        } else {
            // Overtaken by a later stage or a later question: kept, and nothing follows from it.
            check.decision = ItemDecision(
                verdict: outcome.verdict,
                decidedAt: outcome.answeredAt,
                liability: .none,
                claim: nil,
                claimRefusal: "overtaken",
                leaf: leaf
            )
        }
        check.complete(with: outcome)
        try transaction.update(check)
        try transaction.update(item)
        if before?.verdict.state != item.decision?.verdict.state {
            try announceChecked(
                delivery,
                platform: check.platform,
                at: outcome.answeredAt,
                drafting: outcome.drafting,
                &receipt
            )
        }
        receipt.decision = item.decision
        return PendingOutcome(
            receipt,
            leaf: outcome.leaf,
            index: leaf.index,
            platform: check.platform
        )
    }

    /// What an answer says about custody, one-time warranty and tolling, beside the verdict.
    private func note(
        _ outcome: CheckOutcome,
        stage: DeliveryStage,
        trigger: CheckTrigger,
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
                Incident(kind: .indeterminate, startedAt: since, endedAt: outcome.answeredAt)
            )
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
        _ outcome: CheckOutcome,
        leaf: LeafReference,
        item: inout ItemRecord,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let verdict = outcome.verdict
        let isSameAgain = item.decision?.verdict.state == verdict.state
        let judgement = Judgement(
            of: verdict,
            item: item,
            policy: outcome.policy,
            at: outcome.answeredAt,
            skewMargin: outcome.skewMargin,
            sameAnswers: isSameAgain ? 2 : 1
        )
        // Every claim about the item hears the verdict; one about another family of defects
        // refuses it, and a defect of a family without a claim may open one of its own.
        let claims = try transaction.claims(of: item.number)
        for claim in claims {
            try advance(
                claim.id,
                on: .verdictRecorded(verdict),
                name: "verdict.recorded",
                actor: .system,
                policy: outcome.policy,
                act,
                &receipt
            )
        }
        let claim = claims.first { $0.claim.family == verdict.state.defectFamily }
        item.decision = ItemDecision(
            verdict: verdict,
            decidedAt: outcome.answeredAt,
            liability: judgement.liability.party,
            claim: claim?.id ?? (verdict.state.defectFamily == nil ? claims.last?.id : nil),
            claimRefusal: nil,
            leaf: leaf
        )
        if claim == nil {
            try openClaim(for: &item, judgement, policy: outcome.policy, act, &receipt)
        }
        if let reason = personsReason(judgement, outcome), !isSameAgain || reason == .atLimit {
            try announce(
                .claimActionRequired,
                [
                    "delivery": .string(item.delivery.text), "order": .string(act.orderID),
                    "line": .integer(Int64(item.terms.line)), "check": .string(item.check.text),
                    "state": .string(verdict.state.rawValue), "reason": .string(reason.text),
                ],
                platform: item.platform,
                at: act.at,
                drafting: act.drafting,
                label: "person \(act.label)",
                &receipt
            )
        }
    }

    private enum PersonsReason: Equatable {
        /// Nobody could decide, and nobody is asked again.
        case atLimit
        case judgement(NeedsPersonReason)

        var text: String {
            switch self {
            case .atLimit: "undecided_at_limit"
            case .judgement(let reason): reason.rawValue
            }
        }
    }

    /// Why a person has to decide; nil when the machine did or will ask again.
    private func personsReason(
        _ judgement: Judgement,
        _ outcome: CheckOutcome
    ) -> PersonsReason? {
        if case .needsPerson(let reason) = judgement.claim { return .judgement(reason) }
        let isGivenUp = outcome.askAgainAt == nil && outcome.verdict.state == .indeterminate
        return isGivenUp ? .atLimit : nil
    }
}

extension ItemRecord {
    /// Whether what `check` brings is the word on this item: it is the current question, or an
    /// earlier one of the same stage while nothing is decided.
    func isAnswered(by check: CheckRecord) -> Bool {
        if self.check == check.id { return true }
        let stage: DeliveryStage = deliveredAt == nil ? .dispense : .receipt
        return check.stage == stage && (decision?.verdict.isUndecided ?? true)
    }
}

extension CheckRecord {
    /// One attempt is over: asked again later, or done.
    mutating func complete(with outcome: CheckOutcome) {
        attempts += 1
        firstAskedAt = firstAskedAt ?? outcome.answeredAt
        leasedUntil = nil
        dueAt = outcome.askAgainAt ?? dueAt
        state = outcome.askAgainAt == nil ? .done : .pending
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
    func adding(issuersWord verdict: Verdict) -> ItemDecision {
        var decision = self
        decision.verdict.issuerState = verdict.state
        decision.verdict.issuer = verdict.issuer
        decision.verdict.adapter = verdict.adapter
        decision.verdict.actualValue = verdict.actualValue
        return decision
    }
}
