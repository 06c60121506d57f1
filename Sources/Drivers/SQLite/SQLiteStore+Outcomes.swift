import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func outcomes(
        of platform: PlatformNumber,
        merchant: String?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [OutcomeRecord] {
        guard let merchant else {
            return try await rows(
                """
                SELECT * FROM claim_outcomes WHERE platform = ? AND number > ?
                ORDER BY number LIMIT ?
                """,
                [platform.rawValue, number, limit]
            ) { try OutcomeRecord(row: $0) }
        }
        return try await rows(
            """
            SELECT * FROM claim_outcomes WHERE platform = ? AND merchant = ? AND number > ?
            ORDER BY number LIMIT ?
            """,
            [platform.rawValue, merchant, number, limit]
        ) { try OutcomeRecord(row: $0) }
    }

    public func outcomeCount(
        of platform: PlatformNumber,
        before index: UInt64
    ) async throws(StoreError) -> Int {
        // Numbers are in the order of the leaves.
        try await rows(
            """
            SELECT number FROM claim_outcomes WHERE platform = ? AND leaf_index < ?
            ORDER BY leaf_index DESC LIMIT 1
            """,
            [platform.rawValue, Int64(clamping: index)]
        ) { try $0.count("claim_outcomes", "number") }.first ?? 0
    }

    public func deliveryCounts(
        of platform: PlatformNumber,
        on days: ClosedRange<CalendarDate>
    ) async throws(StoreError) -> [String: Int] {
        let counts = try await rows(
            """
            SELECT merchant, sum(CASE WHEN day BETWEEN ? AND ? THEN deliveries ELSE 0 END) AS n
            FROM merchant_deliveries WHERE platform = ? GROUP BY merchant
            """,
            [days.lowerBound.dayNumber, days.upperBound.dayNumber, platform.rawValue]
        ) { row in
            (
                merchant: try row.text("merchant_deliveries", "merchant"),
                count: try row.count("merchant_deliveries", "n")
            )
        }
        return Dictionary(counts.map { ($0.merchant, $0.count) }) { first, _ in first }
    }
}
