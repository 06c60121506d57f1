import CardModel
import WireFormat

/// What the items of one admission share.
struct AdmissionContext {
    let admission: Admission
    let notice: NoticeNumber
    let delivery: DeliveryRecord
    let leafIndex: UInt64
    /// Fingerprints of those of its codes that are of registered stock.
    let stock: Set<CardFingerprint>
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
        terms.isOffPlatform = terms.isOffPlatform || receipt.isOffPlatform
        terms.placedAt = terms.placedAt ?? receipt.placedAt
        terms.termsDisclosedAt = terms.termsDisclosedAt ?? receipt.termsDisclosedAt
        terms.promised = terms.promised.completed(by: receipt.promised)
        return terms == value ? self : Stored(terms)
    }
}

extension CheckRecord {
    /// The first question about an item of a notice, answered already where the card answers.
    init(
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

extension Receipt {
    /// What a new check means for those outside: something to ask, or something read.
    mutating func note(_ check: CheckRecord, _ reading: CardReading?) {
        if let reading { readings.append(reading) }
        guard check.state == .pending else { return }
        enqueued.append(check.id)
        if let adapter = check.adapter { askedAdapters.append(adapter) }
    }
}

extension ItemRecord {
    /// A receipt completes what was dispensed: a new check answers from now on.
    func received(_ admitted: AdmittedItem, at deliveredAt: Instant?) -> ItemRecord {
        var item = self
        item.check = admitted.check
        item.deliveredAt = deliveredAt
        item.terms = terms.completed(by: admitted.terms)
        item.decision = nil
        return item
    }

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
