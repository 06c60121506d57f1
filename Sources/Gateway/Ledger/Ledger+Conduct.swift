import CardModel
import WireFormat

/// What a step of a claim shows of those who sell and buy: rows of the penalty ladder that are
/// reached (M2-17, M2-23), and patterns that a person should see (M1-41, M4-09).
extension Ledger {
    /// - Parameter before: the claim as it was before the step.
    mutating func weighConduct(
        after event: ClaimEvent,
        from before: ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard let record = try transaction.claim(before.id) else { return }
        switch event {
        case .timerRung(.firstResponse):
            try weighSilence(of: record, rules, act, &receipt)
        case .demandStated where record.claim.demand.isRefund && !before.claim.demand.isRefund:
            let facts = try refundFacts(of: record, rules.tables.risk.refundBurst, at: act.at)
            try weighRisk(facts, of: record, rules, act, &receipt)
        default: break
        }
        if record.claim.ruling != before.claim.ruling, record.claim.isConfirmedMismatch {
            try weighMismatches(of: record, rules, act, &receipt)
        }
    }

    /// The merchant has let the time for a first answer pass.
    private mutating func weighSilence(
        of record: ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard record.claim.against == .merchant else { return }
        let period = PenaltyPeriod(containing: record.claim.filedAt)
        let counted = try transaction.responses(
            of: record.merchant, platform: record.platform, filedFrom: period.start,
            before: period.end, limit: ClaimPatterns.mostClaims)
        var facts = penaltyFacts(of: record)
        facts.claims = counted.claims
        facts.answeredInTime = counted.claims - counted.missed
        facts.missedResponses = counted.missed
        try weighPenalties(facts, by: record.id, rules, act, &receipt)
        var signs = RiskFacts(subject: .merchant(record.merchant), at: act.at)
        signs.silence = try silence(of: record, rules.tables.risk.merchantGone, at: act.at)
        try weighRisk([signs], of: record, rules, act, &receipt)
    }

    /// A person ruled that what was sold was not what was promised.
    private mutating func weighMismatches(
        of record: ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let period = PenaltyPeriod(containing: record.claim.filedAt)
        // Filed after an instant: that before the first of the period.
        let claims = try claims(
            from: .merchant(record.merchant), record, since: period.start - .milliseconds(1),
            limit: ClaimPatterns.mostClaims)
        var facts = penaltyFacts(of: record)
        facts.confirmedMismatches = claims.count {
            $0.claim.isConfirmedMismatch && $0.claim.filedAt < period.end
        }
        try weighPenalties(facts, by: record.id, rules, act, &receipt)
    }

    /// Nothing counted yet; what a step says nothing of is not counted by it.
    func penaltyFacts(of record: ClaimRecord) -> PenaltyFacts {
        PenaltyFacts(
            merchant: record.merchant,
            since: PenaltyPeriod(containing: record.claim.filedAt).start
        )
    }

    /// Tells of every row that is reached, each once for a merchant and a period: a row, a step in
    /// the history of the claim by which it was reached, its leaf, and an event.
    mutating func weighPenalties(
        _ facts: PenaltyFacts,
        by id: ClaimID,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let ladder = rules.tables.penalties
        for event in ladder.events(for: facts) {
            // As the steps before this one left it.
            guard let record = try transaction.claim(id) else { return }
            let act = act.labelled("penalty \(event.row.id)")
            let penalty = PenaltyRecord(
                act.drafting.identifier(
                    PenaltyKind.self, label: "\(id.text) \(act.label)", at: act.at),
                platform: record.platform,
                event: event,
                version: ladder.version,
                period: PenaltyPeriod(containing: facts.since),
                reachedAt: act.at,
                claim: id,
                leafIndex: try nextIndex(of: record.platform)
            )
            guard try transaction.insert(penalty) else { continue }
            try note(penalty, as: "penalty.due", by: .system, record, rules, act)
            try announce(
                .merchantPenaltyDue, penalty.eventData, platform: record.platform, at: act.at,
                drafting: act.drafting, label: "\(id.text) \(act.label)", &receipt)
        }
    }

    /// A person's word on a penalty. That a merchant is gone, which only a person says, leads to
    /// the rows that need it.
    mutating func decide(
        _ id: PenaltyID,
        _ outcome: PenaltyRecord.Decision.Outcome,
        because reason: String,
        _ claim: ClaimRecord,
        _ advance: ClaimAdvance,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRefusal? {
        guard advance.principal.role == .platform else { return .wrongActor }
        guard var penalty = try transaction.penalty(id), penalty.claim == claim.id,
            outcome == .dismissed || !penalty.event.isAutomatic
        else { return .wrongState }
        guard penalty.decision == nil else { return .alreadyHeard }
        penalty.decision = PenaltyRecord.Decision(
            outcome: outcome,
            reason: reason,
            account: advance.principal.account,
            at: act.at,
            leafIndex: try nextIndex(of: penalty.platform)
        )
        try transaction.update(penalty)
        let act = act.labelled("decision \(penalty.event.row.id)")
        try note(
            penalty, as: "penalty.\(outcome.rawValue)", by: advance.principal, claim,
            advance.rules, act)
        guard outcome == .confirmed, penalty.event.row.measure == .suspectedAbsconding
        else { return nil }
        var facts = PenaltyFacts(merchant: penalty.merchant, since: penalty.period.start)
        facts.isAbscondingConfirmed = true
        try weighPenalties(facts, by: claim.id, advance.rules, act, &receipt)
        return nil
    }

    private mutating func note(
        _ penalty: PenaltyRecord,
        as name: String,
        by principal: ClaimPrincipal,
        _ record: ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext
    ) throws {
        let entry = ClaimHistoryEntry(
            at: act.at,
            from: record.claim.state,
            to: record.claim.state,
            event: name,
            actor: principal.role,
            account: principal.role == .system ? nil : principal.account,
            detail: penalty.historyDetail
        )
        try write(ClaimStep(act: act, record: record, entry: entry), under: rules)
    }
}

extension Claim {
    /// Whether a person ruled that the merchant sold something else than he promised.
    fileprivate var isConfirmedMismatch: Bool {
        guard family == .notAsDescribed, let ruling, !ruling.accounts.isEmpty,
            case .liable(.merchant, _) = ruling.ruling
        else { return false }
        return true
    }
}

extension PenaltyRecord {
    /// What the claim's history and its leaf keep: no code, no order and no person.
    fileprivate var historyDetail: JSONValue {
        [
            "penalty": .string(id.text), "row": .string(event.row.id),
            "measure": .string(event.row.measure.rawValue), "value": .integer(Int64(event.value)),
            "threshold": .integer(Int64(event.row.threshold)),
            "since": .string(period.start.rfc3339), "ladder_version": .integer(Int64(version)),
            "reason": JSONValue(text: decision?.reason),
        ]
    }

    /// What the platform is told; the claims that led to it stand in its own list.
    fileprivate var eventData: JSONValue {
        [
            "penalty": .string(id.text), "merchant": .string(merchant),
            "row": .string(event.row.id), "step": .string(event.row.step.rawValue),
            "execution": .string(event.row.step.execution.rawValue),
            "measure": .string(event.row.measure.rawValue), "value": .integer(Int64(event.value)),
            "threshold": .integer(Int64(event.row.threshold)),
            "ladder_version": .integer(Int64(version)),
            "since": .string(period.start.rfc3339), "until": .string(period.end.rfc3339),
            "text": [
                "zh-CN": .string(event.text(in: .zhCN)), "en": .string(event.text(in: .en)),
            ],
            "evidence": ["index": .integer(Int64(leafIndex))],
        ]
    }
}
