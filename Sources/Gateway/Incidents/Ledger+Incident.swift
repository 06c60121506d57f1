import CardModel
import WireFormat

extension Ledger {
    mutating func change(_ change: IncidentChange) throws -> PendingOutcome {
        switch change {
        case .declare(let declaration): try declare(declaration)
        case .end(let ending): try end(ending)
        }
    }

    /// Records an outage: row, leaf and event. One of a kind and reach is open at a time, so that
    /// ending it ends the outage.
    private mutating func declare(_ declaration: IncidentDeclaration) throws -> PendingOutcome {
        var record = declaration.record
        if let idempotency = record.idempotency,
            let known = try transaction.incident(
                declaredUnder: idempotency.key, platform: record.platform)
        {
            return repeated(known, isSame: known.idempotency == idempotency)
        }
        if let refusal = try refusal(of: record) { return refused(refusal) }
        let leaf = try record.openingLeaf()
        record.leafIndex = try append(leaf, of: .log, platform: record.platform)
        try transaction.insert(record)
        return try told(
            .incidentOpened, record, leaf, at: record.leafIndex, on: record.declaredAt,
            declaration.drafting)
    }

    private func refusal(of record: IncidentRecord) throws -> IncidentRefusal? {
        let now = record.declaredAt
        guard record.startedAt <= now else { return .startsInFuture }
        guard record.startedAt >= now - IncidentRecord.longestBackdating else {
            return .startsTooEarly
        }
        let open = try transaction.incidents(of: record.platform, reachingPast: now)
            .filter { $0.state == .open }
        guard !open.contains(where: { $0.kind == record.kind && $0.reach == record.reach }) else {
            return .alreadyOpen
        }
        let declared = try transaction.incidentCount(
            of: record.platform, declaredSince: now - IncidentRecord.countedSpan)
        let isFull =
            open.count >= IncidentRecord.mostOpen || declared >= IncidentRecord.mostDeclared
        return isFull ? .tooMany : nil
    }

    /// Records that an outage is over. What was decided while it was open stays as it was.
    private mutating func end(_ ending: IncidentEnding) throws -> PendingOutcome {
        guard var record = try transaction.incident(ending.incident),
            record.platform == ending.platform
        else { return PendingOutcome(.refused(.unknown)) }
        if let known = record.end {
            guard let idempotency = ending.idempotency, idempotency.key == known.idempotency?.key
            else { return refused(.alreadyEnded) }
            return repeated(record, isSame: known.idempotency == idempotency)
        }
        guard ending.endedAt <= ending.at else { return refused(.endsInFuture) }
        guard ending.endedAt >= record.startedAt else { return refused(.endsBeforeStart) }
        record.end = IncidentRecord.End(
            at: ending.endedAt, account: ending.account, recordedAt: ending.at, leafIndex: 0,
            idempotency: ending.idempotency)
        let leaf = try record.leaf(of: record.end, at: ending.at)
        let index = try append(leaf, of: .log, platform: record.platform)
        record.end?.leafIndex = index
        try transaction.update(record)
        return try told(.incidentClosed, record, leaf, at: index, on: ending.at, ending.drafting)
    }

    private mutating func told(
        _ event: EventType,
        _ record: IncidentRecord,
        _ leaf: SealedLeaf,
        at index: UInt64,
        on instant: Instant,
        _ drafting: LeafDrafting
    ) throws -> PendingOutcome {
        knownIncidents[record.platform] = nil
        var receipt = Receipt()
        receipt.incident = record
        try announce(
            event,
            record.eventData(leafIndex: index),
            platform: record.platform,
            at: instant,
            drafting: drafting,
            label: "\(event.rawValue) \(record.id.text)",
            &receipt
        )
        return PendingOutcome(receipt, leaf: leaf, index: index, platform: record.platform)
    }

    private func refused(_ refusal: IncidentRefusal) -> PendingOutcome {
        PendingOutcome(.refused(.notAllowed(reason: refusal.rawValue)))
    }

    /// The same act again: it stands, and nothing more happens.
    private func repeated(_ record: IncidentRecord, isSame: Bool) -> PendingOutcome {
        guard isSame else { return PendingOutcome(.refused(.otherAct)) }
        var receipt = Receipt()
        receipt.incident = record
        receipt.isRepeat = true
        return PendingOutcome(.committed(receipt))
    }
}

/// The incidents of a platform as a batch of changes read them.
struct KnownIncidents {
    /// All that reach past it are here.
    let since: Instant
    let records: [IncidentRecord]
}

extension Ledger {
    /// What is known at an instant of the recorded incidents that touch an item, of every kind:
    /// which of them stop its clock its policy says.
    mutating func incidents(
        touching item: ItemRecord,
        at instant: Instant
    ) throws -> [Incident] {
        // Without a hand-over there is no window.
        guard let deliveredAt = item.deliveredAt else { return [] }
        var known = knownIncidents[item.platform]
        if known.map({ $0.since > deliveredAt }) ?? true {
            known = KnownIncidents(
                since: deliveredAt,
                records: try transaction.incidents(of: item.platform, reachingPast: deliveredAt)
            )
            knownIncidents[item.platform] = known
        }
        return item.incidents(among: known?.records ?? [], knownAt: instant)
    }
}

extension Ledger {
    /// Why what an act says is excluded is not proven; nil where it is, and for any other act. Of
    /// force majeure the proof is a declared outage with its times and scope (M3-14), of a defect
    /// that an outage explains, where the policy names it; of the other exclusions no record tells,
    /// and the person who rules answers for the proof.
    func refusal(
        ofExclusionIn event: ClaimEvent,
        about claim: ClaimRecord,
        under policy: WarrantyPolicy
    ) throws -> ClaimRefusal? {
        guard let exclusion = event.exclusion, exclusion.kind == .forceMajeure else { return nil }
        guard exclusion.kind.shutsOut(claim.claim, under: policy),
            let id = IncidentID(exclusion.evidence.text),
            let incident = try transaction.incident(id),
            let item = try transaction.item(claim.item),
            let delivery = try transaction.delivery(item.delivery),
            incident.touches(item),
            incident.reaches(
                intoOrderPlacedAt: item.terms.placedAt ?? delivery.createdAt,
                filedAt: claim.claim.filedAt)
        else { return .needsIncident }
        return nil
    }
}

extension IncidentRecord {
    /// What events tell of an incident: no account.
    func eventData(leafIndex: UInt64) -> JSONValue {
        [
            "incident": .string(id.text), "kind": .string(kind.rawValue),
            "scope": .string(reach.word.rawValue), "name": JSONValue(text: reach.name),
            "state": .string(state.rawValue), "started_at": .string(startedAt.rfc3339),
            "ended_at": JSONValue(text: end?.at.rfc3339), "reason": .string(reason),
            "evidence": ["index": .integer(Int64(clamping: leafIndex))],
        ]
    }
}
