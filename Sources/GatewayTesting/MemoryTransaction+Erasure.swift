public import Gateway
import WireFormat

extension MemoryTransaction {
    func erasure(of delivery: DeliveryID) throws -> ErasureRecord? { rows.erasures[delivery] }

    func insert(_ erasure: ErasureRecord) throws { rows.erasures[erasure.delivery] = erasure }

    func restrict(_ delivery: DeliveryID, since instant: Instant) throws {
        rows.deliveries[delivery]?.restrictedAt = instant
    }

    func events(naming delivery: DeliveryID) throws -> [EventRecord] {
        let name = Array(delivery.text.utf8)
        return rows.events.values.filter { event in
            let text = event.data.serialized()
            return text.indices.contains { text[$0...].starts(with: name) }
        }
    }

    func remove(_ event: EventID) throws { rows.events[event] = nil }
    func update(_ event: EventID, data: JSONValue) throws { rows.events[event]?.data = data }

    func removeQuarantined(_ number: Int64) throws {
        rows.quarantine.removeAll { $0.number == number }
    }

    func destroy(_ delivery: DeliveryRecord) throws -> Destruction {
        let id = delivery.id
        let items = rows.items.filter { $0.delivery == id }.map(\.number)
        for item in items {
            for claim in rows.claims.values where claim.item == item { forget(claim) }
            for check in rows.checks.values where check.item == item {
                rows.erasedNames[check.id.bytes] = id
                rows.checks[check.id] = nil
            }
            for order in rows.redemptions where order.item == item {
                rows.callbacks[order.number] = nil
            }
        }
        rows.redemptions.removeAll { items.contains($0.item) }
        rows.consents.removeAll { items.contains($0.item) }
        let held = Set(rows.holders.filter { items.contains($0.value) }.keys)
        rows.holders = rows.holders.filter { !items.contains($0.value) }
        rows.codeRepeats = rows.codeRepeats.mapValues { $0.subtracting(items) }
        rows.itemOfKey = rows.itemOfKey.filter { $0.key.delivery != id }
        forgetStock(of: items, holding: held)
        rows.recalls = rows.recalls.filter { $0.delivery != id }
        rows.erasedItems.formUnion(items)
        rows.spending[id] = nil
        rows.attachments.removeAll { $0.delivery == id }
        rows.deliveries[id] = nil
        rows.deliveryOfOrder = rows.deliveryOfOrder.filter { $0.value != id }
        return destroyRecords(of: id, platform: delivery.platform)
    }

    private func forget(_ claim: ClaimRecord) {
        rows.erasedNames[claim.id.bytes] = claim.delivery
        for index in rows.outcomes[claim.platform, default: []].indices
        where rows.outcomes[claim.platform]?[index].claim == claim.id {
            rows.outcomes[claim.platform]?[index].claim = nil
        }
        rows.penalties.removeAll { $0.claim == claim.id && $0.decision == nil }
        for index in rows.penalties.indices where rows.penalties[index].claim == claim.id {
            rows.penalties[index].claim = nil
        }
        rows.claims[claim.id] = nil
        rows.claimOrder.removeAll { $0 == claim.id }
        rows.claimOfItem = rows.claimOfItem.filter { $0.value != claim.id }
        rows.claimHistory[claim.id] = nil
        rows.filings[claim.id] = nil
        rows.rings = rows.rings.filter { $0.key.claim != claim.id }
        rows.remedies.removeAll { $0.claim == claim.id }
        rows.acts = rows.acts.filter { !$0.key.hasPrefix(claim.id.text) }
    }

    private func destroyRecords(of id: DeliveryID, platform: PlatformNumber) -> Destruction {
        let numbers = rows.notices.indices.filter { rows.notices[$0].delivery == id }
        for index in numbers {
            rows.noticeOfWebhook = rows.noticeOfWebhook.filter { $0.value != index }
            rows.notices[index].webhookID = nil
            rows.notices[index].bodyCode = []
            rows.notices[index].answerItems = Array("[]".utf8)
            rows.notices[index].answerIgnored = Array("[]".utf8)
            rows.dataKeys[NoticeNumber(rawValue: Int64(index + 1))] = nil
        }
        var destroyed: UInt64 = 0
        for index in rows.entries[platform, default: []].indices {
            let notice = rows.entries[platform]?[index].notice
            guard let notice, numbers.contains(Int(notice.rawValue) - 1) else { continue }
            rows.entries[platform]?[index].sealedRecord = []
            destroyed += 1
        }
        return Destruction(records: destroyed)
    }
}

extension MemoryStore {
    public func erasure(of delivery: DeliveryID) async throws(StoreError) -> ErasureRecord? {
        reading { $0.erasures[delivery] }
    }

    public func erasure(naming name: ErasedName) async throws(StoreError) -> ErasureRecord? {
        reading { rows in rows.erasedNames[name.bytes].flatMap { rows.erasures[$0] } }
    }

    public func restrictedDeliveries(
        after cursor: DeliveryID?,
        limit: Int
    ) async throws(StoreError) -> [DeliveryRecord] {
        reading { rows in
            let waiting = rows.deliveries.values.filter { delivery in
                delivery.restrictedAt != nil && cursor.map { $0 < delivery.id } ?? true
            }.sorted { $0.id < $1.id }
            return Array(waiting.prefix(limit))
        }
    }

    public func rewrapSecrets(
        _ rewrap: @escaping @Sendable (SealedSecrets) -> SealedSecrets?
    ) async throws(StoreError) -> SealedSecrets? {
        changing { rows in
            guard let deployment = rows.deploymentSecrets,
                let rewrapped = rewrap(
                    SealedSecrets(deployment: deployment, platforms: rows.platforms))
            else { return nil }
            rows.deploymentSecrets = rewrapped.deployment
            rows.platforms = rewrapped.platforms
            return rewrapped
        }
    }

    /// Memory that is let go leaves no file.
    public func removeTraces(rewriting isRewrite: Bool) async throws(StoreError) -> TraceRemoval {
        .complete
    }
}
