public import AdapterKit
import CardModel
import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func leaseRedemptions(
        adapter: String,
        in phase: RedemptionPhase?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedRedemption] {
        try await write(.lazy) { database in
            let due = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT * FROM redemptions WHERE adapter = ? AND due_at <= ?
                        AND \(Self.isIn(phase)) ORDER BY due_at LIMIT ?
                        """
                ),
                arguments: [adapter, now.millisecondsSinceEpoch, limit]
            )
            return try due.map {
                try Self.lease(RedemptionRecord(row: $0), until: leasedUntil, in: database)
            }
        }
    }

    /// Only orders that are planned or open have a due time.
    private static func isIn(_ phase: RedemptionPhase?) -> String {
        switch phase {
        case .planned: "state = 'planned'"
        case .open: "state <> 'planned'"
        case nil: "true"
        }
    }

    private static func lease(
        _ order: RedemptionRecord,
        until leasedUntil: Instant,
        in database: Database
    ) throws -> LeasedRedemption {
        var order = order
        order.leasedUntil = leasedUntil
        try database.cachedStatement(
            sql: "UPDATE redemptions SET due_at = ?1, leased_until = ?1 WHERE order_number = ?2"
        ).execute(arguments: [leasedUntil.millisecondsSinceEpoch, Int64(order.number.rawValue)])
        let item = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT items.*, decided.decision, deliveries.order_id, data_keys.wrapped
                    FROM items JOIN deliveries ON deliveries.id = items.delivery
                    LEFT JOIN checks AS decided ON decided.id = items.decided_by
                    LEFT JOIN data_keys ON data_keys.notice = items.notice
                    WHERE items.number = ?
                    """
            ),
            arguments: [order.item.rawValue]
        )
        let consent = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM consents WHERE id = ?"),
            arguments: [Data(order.consent.bytes)]
        )
        guard let item, let consent else {
            throw UnreadableRow(table: "redemptions", column: "item")
        }
        return LeasedRedemption(
            redemption: order,
            item: try ItemRecord(row: item),
            consent: try ConsentRecord(row: consent),
            orderID: try item.text("deliveries", "order_id"),
            wrappedDataKey: item.optionalBytes("wrapped"),
            leasedUntil: leasedUntil
        )
    }

    public func releaseRedemptions(
        _ orders: [RedemptionNumber],
        leasedUntil: Instant
    ) async throws(StoreError) {
        let now = time.now()
        try await write(.lazy) { database in
            for order in orders {
                try database.cachedStatement(
                    sql: """
                        UPDATE redemptions SET due_at = ?, leased_until = NULL
                        WHERE order_number = ? AND leased_until = ?
                        """
                ).execute(arguments: [
                    now.millisecondsSinceEpoch, Int64(order.rawValue),
                    leasedUntil.millisecondsSinceEpoch,
                ])
            }
        }
    }

    public func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) async throws(StoreError) -> ConsentRecord? {
        try await rows(SQLiteQuery.latestConsent, [item.rawValue, operation.rawValue]) {
            try ConsentRecord(row: $0)
        }.first
    }

    public func consent(_ id: ConsentID) async throws(StoreError) -> ConsentRecord? {
        try await rows("SELECT * FROM consents WHERE id = ?", [Data(id.bytes)]) {
            try ConsentRecord(row: $0)
        }.first
    }

    public func redemption(
        _ number: RedemptionNumber
    ) async throws(StoreError) -> RedemptionRecord? {
        try await rows(
            "SELECT * FROM redemptions WHERE order_number = ?",
            [Int64(number.rawValue)]
        ) { try RedemptionRecord(row: $0) }.first
    }

    public func redemptions(
        of item: ItemNumber
    ) async throws(StoreError) -> [RedemptionRecord] {
        try await rows(SQLiteQuery.redemptionsOfItem, [item.rawValue]) {
            try RedemptionRecord(row: $0)
        }
    }

    public func redemptions(
        platform: PlatformNumber?,
        state: RedemptionRecord.State?,
        after cursor: RedemptionNumber?,
        limit: Int
    ) async throws(StoreError) -> [RedemptionRecord] {
        try await rows(
            """
            SELECT * FROM redemptions
            WHERE sequence > ifnull(
                    (SELECT sequence FROM redemptions WHERE order_number = ?1), 0)
                AND (?2 IS NULL OR platform = ?2) AND (?3 IS NULL OR state = ?3)
            ORDER BY sequence LIMIT ?4
            """,
            [cursor.map { Int64($0.rawValue) }, platform?.rawValue, state?.rawValue, limit]
        ) { try RedemptionRecord(row: $0) }
    }

    public func nextRedemptionDue(
        adapter: String,
        in phase: RedemptionPhase?
    ) async throws(StoreError) -> Instant? {
        try await rows(
            "SELECT min(due_at) AS due FROM redemptions WHERE adapter = ? AND \(Self.isIn(phase))",
            [adapter]
        ) { $0.instant("due") }.first ?? nil
    }
}
