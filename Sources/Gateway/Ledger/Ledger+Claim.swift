import CardModel
import WireFormat

extension Ledger {
    /// Lets somebody act on a claim, or a clock of it ring: state, history, leaf, clocks, remedies,
    /// the deposits' book and events, all in one transaction.
    mutating func advance(_ advance: ClaimAdvance) throws -> PendingOutcome {
        guard let claim = try transaction.claim(advance.claim),
            claim.platform == advance.platform, let item = try transaction.item(claim.item),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.unknown)) }
        let act = ActContext(
            orderID: delivery.orderID,
            notice: item.notice,
            at: advance.at,
            drafting: advance.drafting,
            label: advance.claim.text
        )
        if let idempotency = advance.idempotency,
            let earlier = try transaction.act(orInsert: idempotency, of: claim.id)
        {
            // The same act again: it stands, and nothing more happens.
            return earlier == idempotency.actCode
                ? PendingOutcome(.committed(Receipt()))
                : try refuse(.otherAct, advance, on: claim, act)
        }
        var receipt = Receipt()
        let refusal =
            switch advance.move {
            case .event(let event):
                try move(claim, on: event, advance, act, &receipt)
            case .filing(let channel, let event):
                try report(event, at: channel, of: claim, advance, act)
            case .abuse: try flagAbuse(on: claim, advance, act, &receipt)
            case .penalty(let id, let outcome, let reason):
                try decide(id, outcome, because: reason, claim, advance, act, &receipt)
            }
        if let refusal {
            // A refused act writes nothing: its key may still be used for one that is allowed.
            if let idempotency = advance.idempotency {
                try transaction.forgetIdempotencyKey(idempotency.key, of: claim.id)
            }
            return try refuse(.notAllowed(reason: refusal.rawValue), advance, on: claim, act)
        }
        return PendingOutcome(.committed(receipt))
    }

    /// Moves a claim, and looks at what the step shows of the merchant and of the buyer.
    private mutating func move(
        _ claim: ClaimRecord,
        on event: ClaimEvent,
        _ advance: ClaimAdvance,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRefusal? {
        let refusal = try self.advance(
            claim.id, on: event, name: advance.name, detail: advance.detail,
            attachments: advance.reason.map { ["statement": .string($0)] } ?? [],
            by: advance.principal, under: advance.rules, act, &receipt)
        if refusal == nil {
            try weighConduct(after: event, from: claim, advance.rules, act, &receipt)
        }
        return refusal
    }

    /// Moves a claim; returns why it did not move when the event does not apply.
    ///
    /// - Parameter attachments: what the sealed record of the step keeps beside its fields.
    @discardableResult
    mutating func advance(
        _ id: ClaimID,
        on event: ClaimEvent,
        name: String,
        detail: JSONValue = .null,
        attachments: JSONValue = [],
        by principal: ClaimPrincipal,
        under rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRefusal? {
        guard var record = try transaction.claim(id) else { return .claimIsClosed }
        let before = record.claim
        let transition = before.transition(
            on: event,
            by: principal,
            at: act.at,
            under: rules.with(try depositStanding(for: record, at: act.at, rules))
        )
        if case .notAllowed(let refusal) = transition {
            // A clock that does not ring now may wait for another time than its row says, when
            // the calendar of its year became known.
            if case .timerRung = event { try setRings(of: record, counting: rules.calendar) }
            return refusal
        }
        guard let claim = transition.claim else { return .wrongState }
        if let refusal = try refusal(
            ofExclusionIn: event, about: record, under: rules.policy)
        {
            return refusal
        }
        if case .timerRung(let timer) = event, try !ring(timer, of: before, id, at: act.at) {
            return .timerNotRunning
        }
        record.become(claim, counting: rules.calendar)
        let step = ClaimStep(
            act: act,
            record: record,
            entry: ClaimHistoryEntry(
                at: act.at,
                from: before.state,
                to: claim.state,
                event: name,
                actor: principal.role,
                account: principal.role == .system ? nil : principal.account,
                detail: Self.detail(detail, transition.effects)
            ),
            attachments: attachments
        )
        try write(step, under: rules)
        for (number, effect) in transition.effects.enumerated() {
            try carryOut(effect, number: number, step, &receipt)
        }
        guard claim.state != before.state else { return nil }
        try announce(
            .claimStateChanged,
            record.eventData(orderID: act.orderID),
            platform: record.platform,
            at: act.at,
            drafting: act.drafting,
            label: "claim step \(id.text) \(act.label)",
            &receipt
        )
        if claim.state.releasesEscrow, try !hasOpenClaim(record.item),
            let item = try transaction.item(record.item)
        {
            try announceEscrow(item, isHeld: false, act.labelled("closing \(id.text)"), &receipt)
        }
        return nil
    }

    /// The claim as it is now, its clocks, its history and the leaf of the step.
    mutating func write(_ step: ClaimStep, under rules: ClaimRules) throws {
        let record = step.record
        try transaction.update(record)
        try setRings(of: record, counting: rules.calendar)
        try transaction.append(step.entry, to: record.id)
        let outcome = try outcome(of: step)
        let fields = LeafContents.claimStep(record, step.entry, outcome)
        let label = "claim step \(record.id.text) \(step.act.label)"
        let drafting = step.act.drafting
        let leaf = try drafting.leaf(
            .claim, fields, attachments: step.attachments, at: step.act.at, label: label)
        let index = try append(leaf, of: .notice(step.act.notice), platform: record.platform)
        guard let outcome else { return }
        let disclosure = try drafting.disclosure(
            OutcomeFile.disclosureName, of: .claim, fields, label: label)
        try keep(outcome, disclosedBy: disclosure, of: step, at: index)
    }

    /// Whoever is first to note that a clock rang has rung it.
    private func ring(
        _ timer: ClaimTimer,
        of claim: Claim,
        _ id: ClaimID,
        at instant: Instant
    ) throws -> Bool {
        guard let running = claim.clocks[timer] else { return false }
        return try transaction.markRung(
            ClaimRing(claim: id, timer: timer, round: running.round, dueAt: instant),
            at: instant
        )
    }

    func setRings(of record: ClaimRecord, counting calendar: WorkCalendar) throws {
        try transaction.replacePendingRings(
            of: record.id,
            by: record.claim.pendingRings(calendar).map { timer, round, deadline in
                ClaimRing(claim: record.id, timer: timer, round: round, dueAt: deadline.instant)
            }
        )
    }

    private static func detail(_ detail: JSONValue, _ effects: [ClaimEffect]) -> JSONValue {
        let words = effects.compactMap(\.historyWord)
        guard !words.isEmpty else { return detail }
        return ["event": detail, "effects": .array(words.map { .string($0) })]
    }
}

/// One transition of a claim on its way into the store.
struct ClaimStep {
    let act: ActContext
    let record: ClaimRecord
    let entry: ClaimHistoryEntry
    /// What its sealed record keeps beside the fields.
    var attachments: JSONValue = []
}

extension ClaimState {
    /// Whether the claim ended without anything that the merchant owes. That a code is good again
    /// its verdict tells.
    fileprivate var releasesEscrow: Bool {
        switch self {
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedFraud: true
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .escalateTier2, .escalateTier3, .escalateTier4, .closedRecovered, .closedRemedied,
            .closedFinal, .closedRefundedExternal:
            false
        }
    }
}

extension ClaimRecord {
    /// What events tell of a claim: ids and states, no code.
    func eventData(orderID: String) -> JSONValue {
        [
            "claim": .string(id.text), "delivery": .string(delivery.text),
            "order": .string(orderID), "line": .integer(Int64(line)),
            "merchant": .string(merchant), "tracking": .string(tracking.text),
            "state": .string(claim.state.rawValue),
            "owner": JSONValue(text: claim.owner?.rawValue),
            "against": .string(claim.against.rawValue),
            "verdict": .string(verdict.state.rawValue),
            "due_at": JSONValue(text: dueAt?.rfc3339),
            "evidence": ["index": .integer(Int64(leafIndex))],
        ]
    }
}
