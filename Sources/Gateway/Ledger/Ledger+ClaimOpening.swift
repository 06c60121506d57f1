import CardModel
import WireFormat

extension Ledger {
    /// Opens the claim that a judgement asks for: exactly one for an item and a family of
    /// defects, and none without a reason recorded.
    mutating func openClaim(
        for item: inout ItemRecord,
        _ judgement: CaseJudgement,
        rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let target: (against: LiableParty, family: DefectFamily)
        switch judgement.claim {
        case .open(let against, let family): target = (against, family)
        case .tracked(let family): target = (.thirdParty, family)
        default:
            item.decision?.claimRefusal =
                judgement.claim == .noDefect ? nil : judgement.claim.reason
            return
        }
        guard let decision = item.decision else { return }
        let id = act.drafting.identifier(
            ClaimKind.self, label: "claim \(act.label)", at: act.at)
        let leaf = try act.drafting.leaf(
            .claim,
            LeafContents.claim(
                id, against: target.against, family: target.family,
                verdict: decision.verdict.value, item: item, orderID: act.orderID,
                window: judgement.window.jsonValue,
                rules: rules.tables.pin.jsonValue(deciding: judgement.liability.rule)),
            at: act.at, label: "claim \(act.label)")
        var record = ClaimRecord(
            id: id, item: item,
            tracking: act.drafting.trackingNumber(label: "claim \(act.label)"),
            claim: detected(id, target, item, decision.verdict.value, rules, at: act.at),
            verdict: decision.verdict.value, warrantyEndsAt: judgement.window.span?.end,
            batch: try batch(of: item),
            buyerCode: try transaction.delivery(item.delivery)?.buyerCode,
            leafIndex: 0)
        guard try transaction.insert(record) else { return }
        record.leafIndex = try append(leaf, of: .notice(act.notice), platform: item.platform)
        try confirm(&record, rules, act, &receipt)
        item.decision?.claim = id
        receipt.opensClaim = true
        try weighPatterns(of: id, rules, act, &receipt)
    }

    /// The registered batch that an item's code is of.
    private func batch(of item: ItemRecord) throws -> BatchID? {
        try transaction.stockCode(of: item.number).flatMap {
            try transaction.batch($0.batch)?.id
        }
    }

    private func detected(
        _ id: ClaimID,
        _ target: (against: LiableParty, family: DefectFamily),
        _ item: ItemRecord,
        _ verdict: Verdict,
        _ rules: ClaimRules,
        at instant: Instant
    ) -> Claim {
        Claim(
            id: id.text,
            item: "\(item.delivery.text)/\(item.terms.line)",
            family: target.family,
            policy: item.terms.policy,
            defect: verdict.state,
            against: target.against,
            price: item.terms.price,
            isOffPlatform: item.terms.isOffPlatform,
            demand: rules.policy.remedies.order.first ?? .reissue,
            isEvidenceComplete: verdict.certainty != .claimed,
            filedAt: instant
        )
    }

    /// The two steps by which a claim opens by itself; the leaf of the opening tells of both.
    private mutating func confirm(
        _ record: inout ClaimRecord,
        _ rules: ClaimRules,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let transition = record.claim.transition(
            on: .coverageConfirmed, by: .system, at: act.at, under: rules)
        guard let opened = transition.claim else {
            throw ChangeContradiction(what: "claim_cannot_open")
        }
        let steps: [(from: ClaimState?, to: ClaimState)] = [
            (nil, .detected), (.detected, opened.state),
        ]
        record.become(opened, counting: rules.calendar)
        try transaction.update(record)
        try setRings(of: record, counting: rules.calendar)
        var last: ClaimHistoryEntry?
        for (from, to) in steps {
            let entry = ClaimHistoryEntry(
                at: act.at, from: from, to: to, event: "verdict.recorded", actor: .system)
            try transaction.append(entry, to: record.id)
            last = entry
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
        guard let last else { return }
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
