import CardModel
import WireFormat

extension Ledger {
    /// Opens the claim that a judgement of the item's verdict asks for: exactly one for an item and
    /// a family of defects, and none without a reason recorded.
    mutating func openClaim(
        for item: inout ItemRecord,
        _ judgement: CaseJudgement,
        rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard let target = ClaimTarget(judgement.claim) else {
            item.decision?.claimRefusal =
                judgement.claim == .noDefect ? nil : judgement.claim.reason
            return
        }
        guard let decision = item.decision else { return }
        let isBuyers = try transaction.check(decision.check)?.trigger == .buyer
        let origin = ClaimOrigin(
            found: decision.verdict.value, by: isBuyers ? .selfTest : .automatic)
        let id = try open(target, of: item, judgement, from: origin, rules, act, &receipt)
        if let id { item.decision?.claim = id }
    }

    /// Opens a claim about an item.
    /// - Returns: nil when the item has a claim of this family.
    mutating func open(
        _ target: ClaimTarget,
        of item: ItemRecord,
        _ judgement: CaseJudgement,
        from origin: ClaimOrigin,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimID? {
        let id = act.drafting.identifier(
            ClaimKind.self, label: "claim \(act.label)", at: act.at)
        let leaf = try act.drafting.leaf(
            .claim,
            LeafContents.claim(
                id, against: target.against, family: target.family,
                from: origin, item: item, orderID: act.orderID,
                window: judgement.window.jsonValue,
                rules: rules.tables.pin.jsonValue(deciding: judgement.liability.rule)),
            attachments: origin.attachments,
            at: act.at, label: "claim \(act.label)")
        var record = ClaimRecord(
            id: id, item: item,
            tracking: act.drafting.trackingNumber(label: "claim \(act.label)"),
            claim: detected(id, target, item, origin, rules, at: act.at),
            verdict: origin.verdict, warrantyEndsAt: judgement.window.span?.end,
            reportedVia: origin.channel, reportedBy: origin.reporter.role,
            batch: try batch(of: item),
            buyerCode: try transaction.delivery(item.delivery)?.buyerCode,
            leafIndex: 0)
        guard try transaction.insert(record) else { return nil }
        record.leafIndex = try append(leaf, of: .notice(act.notice), platform: item.platform)
        try confirm(&record, from: origin, rules, act, &receipt)
        receipt.opensClaim = true
        try weighPatterns(of: id, rules, act, &receipt)
        return id
    }

    /// The registered batch that an item's code is of.
    private func batch(of item: ItemRecord) throws -> BatchID? {
        try transaction.stockCode(of: item.number).flatMap {
            try transaction.batch($0.batch)?.id
        }
    }

    private func detected(
        _ id: ClaimID,
        _ target: ClaimTarget,
        _ item: ItemRecord,
        _ origin: ClaimOrigin,
        _ rules: ClaimRules,
        at instant: Instant
    ) -> Claim {
        Claim(
            id: id.text,
            item: "\(item.delivery.text)/\(item.terms.line)",
            family: target.family,
            policy: item.terms.policy,
            defect: origin.verdict.state,
            against: target.against,
            price: item.terms.price,
            isOffPlatform: item.terms.isOffPlatform,
            demand: origin.demand ?? rules.policy.remedies.order.first ?? .reissue,
            isEvidenceComplete: origin.verdict.certainty != .claimed,
            filedAt: instant
        )
    }

    /// The two steps by which a claim opens; the leaf of the opening tells of both.
    private mutating func confirm(
        _ record: inout ClaimRecord,
        from origin: ClaimOrigin,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let transition = record.claim.transition(
            on: .coverageConfirmed, by: .system, at: act.at, under: rules)
        guard let opened = transition.claim else {
            throw ChangeContradiction(what: "claim_cannot_open")
        }
        record.become(opened, counting: rules.calendar)
        try transaction.update(record)
        try setRings(of: record, counting: rules.calendar)
        let last = ClaimHistoryEntry(
            at: act.at, from: .detected, to: opened.state, event: ClaimOrigin.foundEvent,
            actor: .system)
        for entry in [origin.firstEntry(at: act.at), last] {
            try transaction.append(entry, to: record.id)
        }
        try announce(
            .claimOpened,
            record.eventData(orderID: act.orderID),
            platform: record.platform,
            at: act.at,
            drafting: act.drafting,
            label: "claim \(act.label)",
            &receipt
        )
        let step = ClaimStep(act: act, record: record, entry: last)
        for (number, effect) in transition.effects.enumerated() {
            try carryOut(effect, number: number, step, &receipt)
        }
    }
}

extension LeafDrafting {
    func trackingNumber(label: String) -> TrackingNumber {
        TrackingNumber(random: randomBytes(TrackingNumber.byteCount, label: "tracking \(label)"))
    }
}

extension RuleTablesPin {
    /// Under which tables, and by which row of them, somebody was found liable.
    func jsonValue(deciding row: String) -> JSONValue {
        guard var value = jsonValue.objectValue else { return .null }
        value["liability_rule"] = .string(row)
        return .object(value)
    }
}
