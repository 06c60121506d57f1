import AdapterKit
import CardModel
import WireFormat

extension Ledger {
    /// Records the owner's word, and makes what it allows: the question that waited, or the order.
    ///
    /// The unique fingerprint decides between two callers who both want the code spent.
    mutating func give(_ grant: ConsentGrant) throws -> PendingOutcome {
        guard var item = try transaction.item(grant.consent.item),
            item.platform == grant.platform, item.delivery == grant.delivery
        else { return PendingOutcome(.refused(.unknown)) }
        var consent = grant.consent
        consent.leafIndex = try nextIndex(of: item.platform)
        guard try transaction.insert(consent) else { return try repeated(consent) }
        var receipt = Receipt()
        if let refusal = try refusal(of: grant, for: item, &receipt) {
            // A refused act writes nothing: its key may still be used for one that is allowed.
            try transaction.forget(consent.id)
            return PendingOutcome(.refused(.notAllowed(reason: refusal.rawValue)))
        }
        _ = try append(grant.leaf, of: .notice(item.notice), platform: item.platform)
        receipt.consent = consent
        if consent.operation == .inquire {
            try reopen(item, at: consent.recordedAt, &receipt)
        } else if let order = receipt.redemption {
            try transaction.insert(CheckRecord(carrying: order, of: item, by: consent))
            item.check = order.check
            try transaction.update(item)
        }
        return PendingOutcome(
            receipt,
            leaf: grant.leaf,
            index: consent.leafIndex,
            platform: item.platform
        )
    }

    private func repeated(_ consent: ConsentRecord) throws -> PendingOutcome {
        guard let key = consent.idempotency?.key,
            let first = try transaction.consent(of: consent.item, key: key)
        else { throw StoreError.broken("a consent neither stands nor is new") }
        guard first.idempotency?.actCode == consent.idempotency?.actCode else {
            return PendingOutcome(.refused(.otherAct))
        }
        var receipt = Receipt()
        receipt.isRepeat = true
        receipt.consent = first
        receipt.redemption = try transaction.redemptions(of: consent.item)
            .last { $0.consent == first.id }
        return PendingOutcome(.committed(receipt))
    }

    /// Why the word does not count; nil when it does, with the order it made in the receipt.
    private func refusal(
        of grant: ConsentGrant,
        for item: ItemRecord,
        _ receipt: inout Receipt
    ) throws -> ConsentRefusal? {
        let consent = grant.consent
        guard consent.holds(for: item) else { return .notTheOwner }
        // The one just written is among them.
        guard try transaction.consentCount(of: item.number) <= ConsentRecord.mostOfAnItem
        else { return .tooMany }
        guard consent.operation == .redeem, let plan = grant.plan else { return nil }
        if let decision = item.decision {
            if decision.verdict.state == .duplicateDelivery { return .heldByAnother }
            if decision.verdict.state.standing == .defective,
                decision.verdict.certainty == .authoritative
            {
                return .codeIsDefective
            }
        }
        let order = RedemptionRecord(
            number: plan.number,
            platform: item.platform,
            item: item.number,
            check: plan.check,
            consent: consent.id,
            adapter: plan.adapter,
            fingerprint: plan.fingerprint,
            ordinal: 1,
            createdAt: consent.recordedAt,
            dueAt: plan.dueAt
        )
        // The fingerprint alone is not enough: the product's issuer or format may be another now,
        // and an order that took nothing, and let the code go, may have succeeded after all.
        guard try !transaction.redemptions(of: item.number).contains(where: \.barsAnother)
        else { return .alreadyOrdered }
        let holder = try transaction.holder(of: plan.fingerprint, platform: item.platform)
        if let holder, holder != item.number { return .heldByAnother }
        guard try transaction.insert(order) else { return .alreadyOrdered }
        receipt.redemption = order
        return nil
    }

    /// The question that waited for this consent is due now.
    private func reopen(
        _ item: ItemRecord,
        at now: Instant,
        _ receipt: inout Receipt
    ) throws {
        guard var check = try transaction.check(item.check), check.state == .done,
            check.firstAskedAt == nil, let adapter = check.adapter
        else { return }
        check.state = .pending
        check.dueAt = now
        try transaction.update(check)
        receipt.enqueued.append(check.id)
        receipt.askedAdapters.append(adapter)
    }
}

/// Why a consent does not count; the raw value is a stable reason code.
enum ConsentRefusal: String, Sendable, Equatable {
    /// The code belongs to somebody else now.
    case notTheOwner = "not_the_owner"
    case tooMany = "too_many_consents"
    /// Another order or line received the code before.
    case heldByAnother = "held_by_another"
    /// The issuer said already that there is nothing to spend.
    case codeIsDefective = "code_is_defective"
    /// There is an order for the code, open or settled.
    case alreadyOrdered = "already_ordered"
}

extension CheckRecord {
    /// The check that carries an order's verdict. No worker leases it: the order is carried out by
    /// itself.
    init(carrying order: RedemptionRecord, of item: ItemRecord, by consent: ConsentRecord) {
        self.init(
            id: order.check,
            item: item.number,
            platform: item.platform,
            stage: item.deliveredAt == nil ? .dispense : .receipt,
            trigger: consent.givenBy == .buyer ? .buyer : .gateway,
            adapter: order.adapter,
            state: .done,
            dueAt: order.createdAt,
            createdAt: order.createdAt,
            decision: item.decision
        )
        firstAskedAt = order.createdAt
    }
}
