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
        let custody = try stockCustody(of: admission)
        guard custody.blocks.isEmpty else {
            return try refused(notice, because: .stockBlocked(custody.blocks))
        }
        let mismatched = try mismatchedRemedies(of: admission)
        guard mismatched.isEmpty else {
            return try refused(notice, because: .otherRemedy(mismatched))
        }
        notice.leafIndex = try nextIndex(of: notice.platform)
        guard let number = try transaction.insert(notice) else { return try repeated(notice) }
        try transaction.insertDataKey(admission.wrappedDataKey, of: number)
        let delivery = try transaction.delivery(
            orInsert: DeliveryRecord(
                id: notice.delivery,
                platform: notice.platform,
                orderID: admission.orderID,
                firstNotice: number,
                createdAt: notice.acceptedAt,
                buyerCode: admission.buyerCode
            )
        )
        _ = try append(admission.leaf, of: .notice(number), platform: notice.platform)
        if delivery.firstNotice == number, let merchant = admission.items.first?.terms.merchant {
            try transaction.countDeliveries(
                1, of: merchant, on: CalendarDate(of: notice.acceptedAt),
                platform: notice.platform)
        }
        var context = AdmissionContext(
            admission: admission,
            notice: number,
            delivery: delivery,
            leafIndex: notice.leafIndex,
            stock: custody.codes
        )
        var answers: [AnsweredItem] = []
        for item in admission.items { answers.append(try admit(item, &context)) }
        try tellIfRecalled(&context)
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

    /// Refuses the whole notice before anything of it is written; one that was accepted before its
    /// codes were stopped is answered as it was.
    private func refused(
        _ notice: NoticeRecord,
        because refusal: Refusal
    ) throws -> PendingOutcome {
        let isKnown = try notice.webhookID.map {
            try transaction.notice(platform: notice.platform, webhookID: $0) != nil
        }
        return isKnown == true ? try repeated(notice) : PendingOutcome(.refused(refusal))
    }

    private func repeated(_ notice: NoticeRecord) throws -> PendingOutcome {
        let first = try notice.webhookID.flatMap {
            try transaction.notice(platform: notice.platform, webhookID: $0)
        }
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
        let known = try knownItem(admitted, context)
        if let known, known.deliveredAt != nil || context.admission.notice.stage == .dispense {
            return AnsweredItem(
                line: known.terms.line,
                check: known.check,
                repeats: context.delivery.id
            )
        }
        context.hasNews = true
        var item =
            known.map { $0.received(admitted, at: context.admission.deliveredAt) }
            ?? ItemRecord(admitted, in: context)
        let reading = admitted.reading(under: item.terms)
        if let reading, !reading.isDefect {
            try decide(reading, &item, isNew: known == nil, admitted, &context)
        }
        if known == nil { item.number = try transaction.insert(item) }
        let isDecided = try decideAfterInsert(
            reading, &item, isNew: known == nil, admitted, &context)
        if isDecided || known != nil { try transaction.update(item) }
        try takeFromStock(admitted, as: item, &context)
        context.items.append(item)
        let check = CheckRecord(admitted, of: item, isRead: reading != nil, in: context)
        try transaction.insert(check)
        context.receipt.note(check, reading)
        try takeReplacement(admitted, as: &item, &context)
        return AnsweredItem(line: item.terms.line, check: check.id, repeats: nil)
    }

    /// The item as an earlier notice of the order told of it.
    private func knownItem(
        _ admitted: AdmittedItem,
        _ context: AdmissionContext
    ) throws -> ItemRecord? {
        guard !context.isNewOrder else { return nil }
        return try transaction.item(
            of: context.delivery.id,
            line: admitted.terms.line,
            code: admitted.codeFingerprint
        )
    }

    /// What can be decided only about an item that has its number: that somebody else holds the
    /// code, or a defect on the card, which opens a claim.
    private mutating func decideAfterInsert(
        _ reading: CardReading?,
        _ item: inout ItemRecord,
        isNew: Bool,
        _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws -> Bool {
        if let first = try earlierHolder(of: admitted, item: item.number, context) {
            try decideDuplicate(&item, of: first, admitted, &context)
            if let reading, reading.adapter != nil {
                item.decision = item.decision?.adding(
                    issuersWord: reading.verdict.value,
                    by: item.check
                )
            }
            return true
        }
        guard let reading, reading.isDefect else { return false }
        try decide(reading, &item, isNew: isNew, admitted, &context)
        return true
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
