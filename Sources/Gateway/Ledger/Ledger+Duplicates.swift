import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// The item that received this code before. A receipt takes what is free; a dispense only
    /// looks.
    ///
    /// Whoever has the code has its key, so where the key is long enough to have a fingerprint of
    /// its own, that one alone decides: it also catches the key under another serial, or none.
    func earlierHolder(
        of admitted: AdmittedItem,
        item: ItemNumber,
        _ context: AdmissionContext
    ) throws -> ItemRecord? {
        guard !admitted.isReusable else { return nil }
        let platform = context.admission.notice.platform
        let fingerprint = admitted.keyFingerprint ?? admitted.codeFingerprint
        let holder =
            switch context.admission.notice.stage {
            case .receipt:
                try transaction.holder(of: fingerprint, platform: platform, orTake: item)
            case .dispense:
                try transaction.holder(of: fingerprint, platform: platform) ?? item
            }
        return holder == item ? nil : try transaction.item(holder)
    }

    mutating func decideDuplicate(
        _ item: inout ItemRecord, of first: ItemRecord, _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws {
        try transaction.noteRepeat(
            of: admitted.keyFingerprint ?? admitted.codeFingerprint, platform: item.platform,
            by: item.number)
        let verdict = Verdict(
            state: .duplicateDelivery, certainty: .derived, expectedValue: item.terms.faceValue,
            expiresOn: item.terms.expiresOn)
        let act = context.act(on: item)
        let leaf = try act.drafting.leaf(
            .duplicate, duplicateFields(verdict, item: item, of: first, act), at: act.at,
            label: "duplicate \(act.label)")
        let index = try append(leaf, of: .notice(act.notice), platform: item.platform)
        let basis = item.basis(
            skewMargin: Timing.defaultSkewMargin,
            incidents: try incidents(touching: item, at: act.at))
        let rules = try rules(of: item, admitted)
        let judgement = item.judged(
            verdict, by: basis, under: rules, at: act.at)
        item.decision = ItemDecision(
            check: item.check, verdict: Stored(verdict), decidedAt: act.at,
            liability: judgement.liability.party,
            liabilityRule: judgement.liability.rule, claim: nil,
            claimRefusal: nil, leaf: LeafReference(index: index, hash: leaf.hash),
            judgement: JudgementRecord(
                basis, claim: judgement.claim.reason, tables: rules.tables.pin.mark))
        try openClaim(for: &item, judgement, rules: rules, act, &context.receipt)
        try announceDuplicate(item, of: first, leafIndex: index, act, &context.receipt)
    }

    private func duplicateFields(
        _ verdict: Verdict, item: ItemRecord, of first: ItemRecord, _ act: ActContext
    ) -> [JSONObject.Member] {
        LeafContents.verdict(
            verdict, orderID: act.orderID, item: item, check: item.check, code: nil,
            trigger: .gateway, transcripts: [],
            link: [
                "duplicate_of": [
                    "delivery": .string(first.delivery.text),
                    "line": .integer(Int64(first.terms.line)),
                ]
            ])
    }

    /// Names both holders; the first one's verdict does not change (CONTRACT, Intake).
    private func announceDuplicate(
        _ item: ItemRecord, of first: ItemRecord, leafIndex: UInt64, _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let firstOrder = try transaction.delivery(first.delivery)?.orderID
        try announce(
            .duplicateFound,
            [
                "delivery": .string(item.delivery.text), "order": .string(act.orderID),
                "line": .integer(Int64(item.terms.line)), "check": .string(item.check.text),
                "first": [
                    "delivery": .string(first.delivery.text), "order": JSONValue(text: firstOrder),
                    "line": .integer(Int64(first.terms.line)), "check": .string(first.check.text),
                ],
                "evidence": ["index": .integer(Int64(leafIndex))],
            ],
            platform: item.platform, at: act.at, drafting: act.drafting,
            label: "duplicate \(act.label)", &receipt)
    }
}
