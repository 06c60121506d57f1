import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Erases a delivery, or restricts it while a legal hold stands.
    ///
    /// What is destroyed is everything the store knows of it but the places of its leaves in the
    /// log, which show random bytes from then on: no proof changes.
    mutating func erase(_ order: ErasureOrder) throws -> PendingOutcome {
        if let erasure = try transaction.erasure(of: order.delivery) {
            guard erasure.platform == order.platform else {
                return PendingOutcome(.refused(.unknown))
            }
            var receipt = Receipt()
            receipt.isRepeat = true
            receipt.erasure = .erased(erasure)
            return PendingOutcome(.committed(receipt))
        }
        guard let delivery = try transaction.delivery(order.delivery),
            delivery.platform == order.platform
        else { return PendingOutcome(.refused(.unknown)) }
        if let hold = try hold(on: delivery, order),
            order.overrideReason == nil || !hold.insurmountable.isEmpty
        {
            return try restrict(delivery, hold, at: order.at)
        }
        return try destroy(delivery, order)
    }

    private func hold(on delivery: DeliveryRecord, _ order: ErasureOrder) throws -> LegalHold? {
        let items = try transaction.items(of: delivery.id)
        let claims = try items.flatMap { try transaction.claims(of: $0.number) }.map(\.claim)
        let redemptions = try items.flatMap { try transaction.redemptions(of: $0.number) }
        let ends =
            [delivery.createdAt] + items.compactMap(\.deliveredAt)
            + claims.map(\.enteredAt) + redemptions.compactMap(\.wordAt)
        return LegalHold(
            claims: claims,
            redemptions: redemptions.map(\.state),
            completedAt: ends.max() ?? delivery.createdAt,
            rule: order.rule,
            now: order.at
        )
    }

    private func restrict(
        _ delivery: DeliveryRecord,
        _ hold: LegalHold,
        at now: Instant
    ) throws -> PendingOutcome {
        let since = delivery.restrictedAt ?? now
        if delivery.restrictedAt == nil {
            try transaction.restrict(delivery.id, since: since)
            if !hold.reasons.contains(.openClaim) { try stopAsking(about: delivery) }
        }
        var receipt = Receipt()
        receipt.erasure = .restricted(since: since, hold: hold)
        return PendingOutcome(.committed(receipt))
    }

    /// Nothing more is done with what is only kept, so no issuer is asked about it again.
    private func stopAsking(about delivery: DeliveryRecord) throws {
        for item in try transaction.items(of: delivery.id) {
            guard var check = try transaction.check(item.check), check.state == .pending else {
                continue
            }
            check.state = .done
            try transaction.update(check)
        }
    }

    private mutating func destroy(
        _ delivery: DeliveryRecord,
        _ order: ErasureOrder
    ) throws -> PendingOutcome {
        for event in try transaction.events(naming: delivery.id) {
            try forget(delivery, in: event)
        }
        for number in order.quarantined { try transaction.removeQuarantined(number) }
        let destruction = try transaction.destroy(delivery)
        let leaf = try EvidenceLeaf.disclosed(
            .erasure,
            members: [
                ("count", .integer(Int64(clamping: destruction.records))),
                ("request_sha256", .string(Hexadecimal.encode(order.requestSHA256))),
            ],
            at: order.at
        )
        let sealed = SealedLeaf(bytes: leaf.bytes, hash: leaf.hash, sealedRecord: [])
        let index = try append(sealed, of: .log, platform: delivery.platform)
        let erasure = ErasureRecord(
            delivery: delivery.id,
            platform: delivery.platform,
            erasedAt: order.at,
            requestSHA256: order.requestSHA256,
            count: destruction.records,
            leafIndex: index,
            overrideReason: order.overrideReason
        )
        try transaction.insert(erasure)
        var receipt = Receipt()
        receipt.erasure = .erased(erasure)
        return PendingOutcome(receipt, leaf: sealed, index: index, platform: delivery.platform)
    }

    /// An event about the delivery goes; one about another that names it as the first holder of a
    /// code loses its order.
    private func forget(_ delivery: DeliveryRecord, in event: EventRecord) throws {
        guard event.data["delivery"]?.stringValue != delivery.id.text,
            var data = event.data.objectValue, var first = data["first"]?.objectValue
        else { return try transaction.remove(event.id) }
        first["order"] = .null
        data["first"] = .object(first)
        try transaction.update(event.id, data: .object(data))
    }
}
