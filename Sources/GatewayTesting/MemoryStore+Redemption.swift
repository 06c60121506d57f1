public import AdapterKit
public import Gateway
public import WireFormat

extension MemoryStore {
    /// Erases what a notice's codes open with, as an erasure would.
    public func eraseDataKey(of notice: NoticeNumber) {
        changing { $0.dataKeys[notice] = nil }
    }

    public func leaseRedemptions(
        adapter: String,
        in phase: RedemptionPhase?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedRedemption] {
        changing { rows in
            let due = rows.redemptions.indices.filter { index in
                let order = rows.redemptions[index]
                return order.adapter == adapter && order.isIn(phase)
                    && (order.openDueAt.map { $0 <= now } ?? false)
            }
            let wanted = due.sorted {
                let (left, right) = (rows.redemptions[$0], rows.redemptions[$1])
                return (left.openDueAt ?? now) < (right.openDueAt ?? now)
            }.prefix(limit)
            return wanted.compactMap { index in
                rows.redemptions[index].leasedUntil = leasedUntil
                let order = rows.redemptions[index]
                guard let item = rows.items.first(where: { $0.number == order.item }),
                    let delivery = rows.deliveries[item.delivery],
                    let consent = rows.consent(order.consent)
                else { return nil }
                return LeasedRedemption(
                    redemption: order,
                    item: item,
                    consent: consent,
                    orderID: delivery.orderID,
                    wrappedDataKey: rows.dataKeys[item.notice],
                    leasedUntil: leasedUntil
                )
            }
        }
    }

    public func releaseRedemptions(
        _ orders: [RedemptionNumber],
        leasedUntil: Instant
    ) async throws(StoreError) {
        let now = now
        changing { rows in
            for index in rows.redemptions.indices
            where orders.contains(rows.redemptions[index].number)
                && rows.redemptions[index].leasedUntil == leasedUntil
            {
                rows.redemptions[index].leasedUntil = nil
                rows.redemptions[index].dueAt = now
            }
        }
    }

    public func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) async throws(StoreError) -> ConsentRecord? {
        reading { $0.consent(of: item, for: operation) }
    }

    public func consent(_ id: ConsentID) async throws(StoreError) -> ConsentRecord? {
        reading { $0.consent(id) }
    }

    public func redemption(
        _ number: RedemptionNumber
    ) async throws(StoreError) -> RedemptionRecord? {
        reading { $0.redemption(number) }
    }

    public func redemptions(
        of item: ItemNumber
    ) async throws(StoreError) -> [RedemptionRecord] {
        reading { rows in rows.redemptions.filter { $0.item == item } }
    }

    public func redemptions(
        platform: PlatformNumber?,
        state: RedemptionRecord.State?,
        after cursor: RedemptionNumber?,
        limit: Int
    ) async throws(StoreError) -> [RedemptionRecord] {
        reading { rows in
            let seen =
                cursor.flatMap { number in
                    rows.redemptions.firstIndex { $0.number == number }
                }.map { $0 + 1 } ?? 0
            let wanted = rows.redemptions[seen...].filter { order in
                (platform.map { order.platform == $0 } ?? true)
                    && (state.map { order.state == $0 } ?? true)
            }
            return Array(wanted.prefix(limit))
        }
    }

    public func nextRedemptionDue(
        adapter: String,
        in phase: RedemptionPhase?
    ) async throws(StoreError) -> Instant? {
        reading { rows in
            rows.redemptions.filter { $0.adapter == adapter && $0.isIn(phase) }
                .compactMap(\.openDueAt).min()
        }
    }
}

extension RedemptionRecord {
    fileprivate func isIn(_ phase: RedemptionPhase?) -> Bool {
        phase == nil || RedemptionPhase(state) == phase
    }
}
