import CardModel
import WireFormat

extension Ledger {
    /// Lets somebody act on a claim: state, history, leaf and event in one transaction.
    mutating func advance(_ advance: ClaimAdvance) throws -> PendingOutcome {
        guard let claim = try transaction.claim(advance.claim),
            claim.platform == advance.platform, let item = try transaction.item(claim.item),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.unknown)) }
        if let idempotency = advance.idempotency,
            let earlier = try transaction.act(orInsert: idempotency, of: claim.id)
        {
            // The same act again: it stands, and nothing more happens.
            return PendingOutcome(
                earlier == idempotency.actCode ? .committed(Receipt()) : .refused(.otherAct)
            )
        }
        var receipt = Receipt()
        let refusal = try self.advance(
            advance.claim,
            on: advance.event,
            name: advance.name,
            actor: advance.actor,
            policy: advance.policy,
            ActContext(
                orderID: delivery.orderID,
                notice: item.notice,
                at: advance.at,
                drafting: advance.drafting,
                label: advance.claim.text
            ),
            &receipt
        )
        if let refusal {
            // A refused act writes nothing: its key may still be used for one that is allowed.
            if let idempotency = advance.idempotency {
                try transaction.forgetIdempotencyKey(idempotency.key, of: claim.id)
            }
            return PendingOutcome(.refused(.notAllowed(reason: refusal.rawValue)))
        }
        return PendingOutcome(.committed(receipt))
    }

    /// Moves a claim; returns why it did not move when the event does not apply.
    @discardableResult
    mutating func advance(
        _ id: ClaimID,
        on event: ClaimEvent,
        name: String,
        actor: ClaimActor,
        policy: WarrantyPolicy,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRefusal? {
        guard var record = try transaction.claim(id) else { return .claimIsClosed }
        let before = record.claim.state
        switch record.claim.transition(on: event, at: act.at) {
        case .notAllowed(let refusal): return refusal
        case .stayed(let claim, _): record.claim = claim
        case .moved(let claim, _):
            record.claim = claim
            record.dueAt = claim.state.dueAt(from: act.at, policy: policy)
        }
        try transaction.update(record)
        let entry = ClaimHistoryEntry(
            at: act.at,
            from: before,
            to: record.claim.state,
            event: name,
            actor: actor
        )
        try transaction.append(entry, to: id)
        let leaf = try act.drafting.leaf(
            .claim,
            LeafContents.claimStep(record, entry),
            at: act.at,
            label: "claim step \(id.text) \(act.label)"
        )
        _ = try append(leaf, of: .notice(act.notice), platform: record.platform)
        guard record.claim.state != before else { return nil }
        try announce(
            .claimStateChanged,
            record.eventData(orderID: act.orderID),
            platform: record.platform,
            at: act.at,
            drafting: act.drafting,
            label: "claim step \(id.text) \(act.label)",
            &receipt
        )
        return nil
    }
}

extension ClaimRecord {
    /// What events tell of a claim: ids and states, no code.
    func eventData(orderID: String) -> JSONValue {
        [
            "claim": .string(id.text), "delivery": .string(delivery.text),
            "order": .string(orderID), "line": .integer(Int64(line)),
            "merchant": .string(merchant), "state": .string(claim.state.rawValue),
            "against": .string(claim.against.rawValue),
            "verdict": .string(verdict.state.rawValue),
            "due_at": JSONValue(text: dueAt?.rfc3339),
            "evidence": ["index": .integer(Int64(leafIndex))],
        ]
    }
}
