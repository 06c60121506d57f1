import CardModel
import WireFormat

/// What a claim that opens shows beside others: rules of risk that are hit (M1-40 to M1-42), and
/// many bad codes of one source (M1-30). Nothing here refuses or ends a claim.
extension Ledger {
    mutating func weighPatterns(
        of id: ClaimID,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard let record = try transaction.claim(id) else { return }
        let facts = try riskFacts(of: record, rules.tables.risk, at: act.at)
        try weighRisk(facts, of: record, rules, act, &receipt)
        try weighCollective(record, rules.tables.tiers.parameters, rules, act, &receipt)
    }

    // MARK: Risk

    mutating func weighRisk(
        _ facts: [RiskFacts],
        of record: ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let hits = facts.flatMap { rules.tables.risk.hits(in: $0) }
        guard !hits.isEmpty else { return }
        // A buyer's pattern is looked at before anything is given; a seller's holds only what the
        // deposit would pay by itself: the buyer is not made to wait for it.
        let isAboutBuyer = hits.contains { $0.subject.kind == .buyer }
        try advance(
            record.id,
            on: isAboutBuyer ? .riskRaised : .riskNoted,
            name: isAboutBuyer ? "risk.raised" : "risk.noted",
            detail: ["hits": .array(hits.map(\.jsonValue))],
            by: .system,
            under: rules,
            act.labelled("risk"),
            &receipt
        )
        guard hits.contains(where: { $0.rule == .merchantGone }) else { return }
        var conduct = penaltyFacts(of: record)
        conduct.isAbscondingSuspected = true
        try weighPenalties(conduct, by: record.id, rules, act, &receipt)
    }

    private func riskFacts(
        of record: ClaimRecord,
        _ thresholds: RiskThresholds,
        at instant: Instant
    ) throws -> [RiskFacts] {
        var found: [RiskFacts] = []
        if let code = record.buyerCode {
            let since = instant - (thresholds.repeatComplainant.window.duration ?? .zero)
            let claims = try claims(
                from: .buyer(code), record, since: since,
                limit: ClaimPatterns.looks(reaching: thresholds.repeatComplainant.count))
            var facts = RiskFacts(subject: .buyer(record.id.text), at: instant)
            facts.claims = RiskCount(ClaimPatterns.complaints(in: claims), since: since)
            found.append(facts)
        }
        if let id = record.batch, let batch = try transaction.batch(id) {
            let dead = try transaction.claimedItemCount(
                from: .batch(id), platform: record.platform, since: batch.createdAt,
                limit: ClaimPatterns.mostCounted)
            // What was handed over is counted only where the first threshold is reached.
            if dead >= thresholds.deadBatch.count {
                var facts = RiskFacts(subject: .batch(id.text), at: instant)
                facts.deadCodes = RiskCount(
                    dead, of: try transaction.soldStockCodeCount(of: batch.number),
                    since: batch.createdAt)
                found.append(facts)
            }
        }
        found.append(try merchantFacts(of: record, thresholds, at: instant))
        return found + (try refundFacts(of: record, thresholds.refundBurst, at: instant))
    }

    /// Orders with a bad code among the orders of the same time.
    private func merchantFacts(
        of record: ClaimRecord,
        _ thresholds: RiskThresholds,
        at instant: Instant
    ) throws -> RiskFacts {
        let start = instant - ClaimPatterns.merchantWindow
        let found = try transaction.claimedDeliveries(
            against: record.merchant, platform: record.platform, since: start,
            limit: ClaimPatterns.mostClaims)
        // What was not looked at must not make the share smaller.
        let since = found.first ?? start
        var facts = RiskFacts(subject: .merchant(record.merchant), at: instant)
        facts.deadCodes = RiskCount(
            found.deliveries,
            of: try transaction.deliveryCount(
                of: record.merchant, since: LocalZone.utc.day(of: since),
                platform: record.platform),
            since: since
        )
        facts.mismatches = try mismatches(beside: record, at: instant)
        facts.silence = try silence(of: record, thresholds.merchantGone, at: instant)
        return facts
    }

    func claims(
        from source: ClaimSource,
        _ record: ClaimRecord,
        since: Instant,
        limit: Int
    ) throws -> [ClaimRecord] {
        try transaction.claims(
            from: source, platform: record.platform, since: since,
            limit: min(limit, ClaimPatterns.mostClaims))
    }

    // MARK: One case for many

    /// What somebody only said counts from when a finding shows the same, and that it came about
    /// with the trade.
    mutating func noteConfirmation(
        of id: ClaimID,
        by finding: Finding,
        _ liability: Liability,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let verdict = finding.verdict.value
        guard verdict.certainty.isFinding, verdict.state.standing == .defective,
            liability.party == .merchant || liability.party == .platform,
            var record = try transaction.claim(id), !record.isFound
        else { return }
        record.confirmedAt = act.at
        try transaction.update(record)
        let rules = finding.rules
        try weighCollective(record, rules.tables.tiers.parameters, rules, act, &receipt)
    }

    /// Tells once that a collective case has formed; who asks later sees all its members.
    private mutating func weighCollective(
        _ record: ClaimRecord,
        _ parameters: TierParameters,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        // Only a claim that counts brings a case about.
        guard BadCode(record) != nil else { return }
        let window = ClaimPatterns.window(parameters)
        // What is confirmed late belongs to the time at which it was filed.
        let count = try transaction.claimedItemCount(
            from: .merchant(record.merchant), platform: record.platform,
            since: record.claim.filedAt - window, limit: parameters.collectiveCount)
        guard count >= parameters.collectiveCount, try !isCaseKnown(of: record, parameters),
            let formed = ClaimPatterns.newCase(
                of: record, in: try neighbours(of: record, within: window * 2), parameters)
        else { return }
        let act = act.labelled("collective")
        // A hit of a rule may have moved it meanwhile.
        let record = try transaction.claim(record.id) ?? record
        let step = ClaimStep(
            act: act,
            record: record,
            entry: ClaimHistoryEntry(
                at: act.at,
                from: record.claim.state,
                to: record.claim.state,
                event: "collective.formed",
                actor: .system,
                detail: formed.jsonValue
            )
        )
        try write(step, under: rules)
        try tell(.platform, .collectiveCase, number: 0, step, &receipt)
    }

    /// Whether the latest claims up to this one show already that it brings no case about: most
    /// claims of a source of thousands do. That it brings one about, they cannot show.
    private func isCaseKnown(
        of record: ClaimRecord,
        _ parameters: TierParameters
    ) throws -> Bool {
        let filedAt = record.claim.filedAt
        let latest = try transaction.claims(
            from: .merchant(record.merchant), platform: record.platform,
            since: filedAt - ClaimPatterns.window(parameters), through: filedAt,
            limit: parameters.collectiveCount * ClaimPatterns.looksPerCount)
        return latest.contains { $0.id == record.id }
            && latest.count { $0.id != record.id && BadCode($0) != nil }
                >= parameters.collectiveCount
            && ClaimPatterns.newCase(of: record, in: latest, parameters) == nil
    }

    /// The merchant's claims on either side of one. A member of its case is within the window, and
    /// what makes that member one of an earlier case is within another.
    private func neighbours(
        of record: ClaimRecord,
        within time: Duration
    ) throws -> [ClaimRecord] {
        let filedAt = record.claim.filedAt
        return try transaction.claims(
            from: .merchant(record.merchant), platform: record.platform, since: filedAt - time,
            through: filedAt + time, limit: ClaimPatterns.mostClaims)
    }
}
