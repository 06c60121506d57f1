import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Admits a notice, or answers what it was answered before.
    ///
    /// The unique webhook id decides between two callers; the unique fingerprints decide who
    /// held a code first.
    mutating func admit(_ admission: Admission) throws -> PendingOutcome {
        var notice = admission.notice
        notice.leafIndex = try nextIndex(of: notice.platform)
        guard let number = try transaction.insert(notice) else { return try repeated(notice) }
        try transaction.insertDataKey(admission.wrappedDataKey, of: number)
        let delivery = try transaction.delivery(
            orInsert: DeliveryRecord(
                id: notice.delivery,
                platform: notice.platform,
                orderID: admission.orderID,
                firstNotice: number,
                createdAt: notice.acceptedAt
            )
        )
        _ = try append(admission.leaf, notice: number, platform: notice.platform)
        var context = AdmissionContext(
            admission: admission,
            notice: number,
            delivery: delivery,
            leafIndex: notice.leafIndex
        )
        var answers: [AnsweredItem] = []
        for item in admission.items { answers.append(try admit(item, &context)) }
        try announceIfChecked(delivery, platform: notice.platform, &context)
        if !context.isNewOrder {
            notice.delivery = delivery.id
            notice.answerItems = AnsweredItem.json(answers)
            try transaction.complete(number, with: notice)
        }
        context.receipt.answer = StoredAnswer(notice)
        return PendingOutcome(
            context.receipt,
            leaf: admission.leaf,
            index: notice.leafIndex,
            platform: notice.platform
        )
    }

    private func repeated(_ notice: NoticeRecord) throws -> PendingOutcome {
        let first = try transaction.notice(
            platform: notice.platform,
            webhookID: notice.webhookID
        )
        guard let first else { throw StoreError.broken("a webhook id is taken and not there") }
        return PendingOutcome(
            ConstantTime.equal(first.bodyCode, notice.bodyCode)
                ? .repeated(StoredAnswer(first)) : .refused(.otherBody)
        )
    }

    /// Admits one item and returns its part of the answer.
    private mutating func admit(
        _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws -> AnsweredItem {
        let admission = context.admission
        let stage = admission.notice.stage
        let known =
            context.isNewOrder
            ? nil
            : try transaction.item(
                of: context.delivery.id,
                line: admitted.terms.line,
                code: admitted.codeFingerprint
            )
        if let known, known.deliveredAt != nil || stage == .dispense {
            return AnsweredItem(
                line: known.terms.line,
                check: known.check,
                repeats: context.delivery.id
            )
        }
        context.hasNews = true
        var item = known ?? ItemRecord(admitted, in: context)
        item.check = admitted.check
        if known != nil {
            // A receipt completes what was dispensed: a new check answers from now on.
            item.deliveredAt = admission.deliveredAt
            item.terms = item.terms.completed(by: admitted.terms)
            item.decision = nil
        }
        // A card is read by the terms of its notice; where others stand, its adapter is asked.
        let reading =
            item.terms.value == admitted.terms.value || admitted.answerer.adapter == nil
            ? admitted.answerer.reading : nil
        if let reading, !reading.isDefect {
            try decide(reading, &item, isNew: known == nil, admitted, &context)
        }
        if known == nil { item.number = try transaction.insert(item) }
        if let first = try earlierHolder(of: admitted, item: item.number, context) {
            try decideDuplicate(&item, of: first, admitted, &context)
            if let reading, reading.adapter != nil {
                item.decision = item.decision?.adding(
                    issuersWord: reading.verdict.value,
                    by: item.check
                )
            }
            try transaction.update(item)
        } else if let reading, reading.isDefect {
            try decide(reading, &item, isNew: known == nil, admitted, &context)
            try transaction.update(item)
        } else if known != nil {
            try transaction.update(item)
        }
        context.items.append(item)
        let check = CheckRecord(admitted, of: item, isRead: reading != nil, in: context)
        try transaction.insert(check)
        if let reading { context.receipt.readings.append(reading) }
        if check.state == .pending {
            context.receipt.enqueued.append(check.id)
            context.receipt.askedAdapters += [check.adapter].compactMap(\.self)
        }
        return AnsweredItem(line: item.terms.line, check: check.id, repeats: nil)
    }

    /// Decides by what stands on the card. A defect has a leaf of its own, as an issuer's word
    /// has; where nothing was found and nobody can be asked, the delivery's leaf is all there is.
    private mutating func decide(
        _ reading: CardReading,
        _ item: inout ItemRecord,
        isNew: Bool,
        _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws {
        let verdict = reading.verdict.value
        let act = context.act(on: item)
        var leaf = LeafReference(index: context.leafIndex, hash: context.admission.leaf.hash)
        if reading.isDefect {
            let own = try act.drafting.leaf(
                .inquiry,
                LeafContents.verdict(
                    verdict, orderID: act.orderID, item: item, check: item.check, code: nil,
                    trigger: .gateway, transcripts: []),
                at: act.at,
                label: "reading \(act.label)"
            )
            leaf = LeafReference(
                index: try append(own, notice: act.notice, platform: item.platform),
                hash: own.hash
            )
        }
        item.note(
            verdict,
            at: act.at,
            stage: context.admission.notice.stage,
            trigger: .gateway
        )
        try decide(
            Finding(reading, by: item.check, policy: admitted.policy, leaf: leaf),
            item: &item,
            among: isNew ? [] : transaction.claims(of: item.number),
            act,
            &context.receipt
        )
    }

    /// The item that received this code before. A receipt takes what is free; a dispense only
    /// looks.
    ///
    /// Whoever has the code has its key, so where the key is long enough to have a fingerprint of
    /// its own, that one alone decides: it also catches the key under another serial, or none.
    private func earlierHolder(
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

    private mutating func decideDuplicate(
        _ item: inout ItemRecord, of first: ItemRecord, _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws {
        let verdict = Verdict(
            state: .duplicateDelivery, certainty: .derived, expectedValue: item.terms.faceValue,
            expiresOn: item.terms.expiresOn)
        let act = context.act(on: item)
        let leaf = try act.drafting.leaf(
            .duplicate, duplicateFields(verdict, item: item, of: first, act), at: act.at,
            label: "duplicate \(act.label)")
        let index = try append(leaf, notice: act.notice, platform: item.platform)
        let judgement = Judgement(
            of: verdict, item: item, policy: admitted.policy, at: act.at,
            skewMargin: Timing.defaultSkewMargin)
        item.decision = ItemDecision(
            check: item.check, verdict: Stored(verdict), decidedAt: act.at,
            liability: judgement.liability.party, claim: nil,
            claimRefusal: nil, leaf: LeafReference(index: index, hash: leaf.hash))
        try openClaim(for: &item, judgement, policy: admitted.policy, act, &context.receipt)
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

    /// A notice whose verdicts all stand at once (duplicates, products nobody answers for) is
    /// checked when it is accepted; one that only repeats tells nothing new.
    private func announceIfChecked(
        _ delivery: DeliveryRecord,
        platform: PlatformNumber,
        _ context: inout AdmissionContext
    ) throws {
        guard context.hasNews else { return }
        try announceChecked(
            delivery,
            platform: platform,
            at: context.admission.notice.acceptedAt,
            drafting: context.admission.drafting,
            items: context.isNewOrder ? context.items : nil,
            &context.receipt
        )
    }
}

/// What the items of one admission share.
struct AdmissionContext {
    let admission: Admission
    let notice: NoticeNumber
    let delivery: DeliveryRecord
    let leafIndex: UInt64
    var receipt = Receipt()
    /// Whether an item was new, or received after it was dispensed.
    var hasNews = false
    /// The items that this notice brought or completed.
    var items: [ItemRecord] = []

    /// What everything that is written about one item has in common.
    func act(on item: ItemRecord) -> ActContext {
        ActContext(
            orderID: admission.orderID,
            notice: notice,
            at: admission.notice.acceptedAt,
            drafting: admission.drafting,
            label: "line \(item.terms.line)"
        )
    }

    /// Whether this notice brought the order: then none of its items can be known.
    var isNewOrder: Bool { delivery.firstNotice == notice }
}

extension Stored<ItemTerms> {
    /// What was said at dispense stands; what was left open then is taken from the receipt.
    fileprivate func completed(by receipt: Stored<ItemTerms>) -> Stored<ItemTerms> {
        var terms = value
        terms.expiresOn = terms.expiresOn ?? receipt.expiresOn
        if terms.faceValue == nil || terms.isFaceValueTheProducts {
            terms.faceValue = receipt.faceValue
            terms.isFaceValueTheProducts = receipt.isFaceValueTheProducts
        }
        terms.placedAt = terms.placedAt ?? receipt.placedAt
        terms.termsDisclosedAt = terms.termsDisclosedAt ?? receipt.termsDisclosedAt
        return terms == value ? self : Stored(terms)
    }
}

extension CardReading {
    /// Whether a claim may follow from it.
    fileprivate var isDefect: Bool { verdict.state.defectFamily != nil }
}

extension CheckRecord {
    /// The first question about an item of a notice, answered already where the card answers.
    fileprivate init(
        _ admitted: AdmittedItem,
        of item: ItemRecord,
        isRead: Bool,
        in context: AdmissionContext
    ) {
        let acceptedAt = context.admission.notice.acceptedAt
        self.init(
            id: admitted.check,
            item: item.number,
            platform: item.platform,
            stage: context.admission.notice.stage,
            trigger: .gateway,
            adapter: admitted.answerer.adapter,
            state: isRead ? .done : .pending,
            dueAt: acceptedAt,
            createdAt: acceptedAt,
            decision: item.decision
        )
        if isRead, adapter != nil {
            attempts = 1
            firstAskedAt = acceptedAt
        }
    }
}

extension ItemRecord {
    init(_ admitted: AdmittedItem, in context: AdmissionContext) {
        self.init(
            number: ItemNumber(rawValue: 0),
            platform: context.admission.notice.platform,
            delivery: context.delivery.id,
            terms: admitted.terms,
            codeFingerprint: admitted.codeFingerprint,
            sealedCode: admitted.sealedCode,
            notice: context.notice,
            check: admitted.check,
            deliveredAt: context.admission.notice.stage == .receipt
                ? context.admission.deliveredAt : nil
        )
    }
}
