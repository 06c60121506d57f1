import Foundation
import GRDB
public import Gateway

extension SQLiteStore {
    public func penalty(_ id: PenaltyID) async throws(StoreError) -> PenaltyRecord? {
        try await rows("SELECT * FROM merchant_penalties WHERE id = ?", [Data(id.bytes)]) {
            try PenaltyRecord(row: $0)
        }.first
    }

    public func penalties(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: PenaltyID?,
        limit: Int
    ) async throws(StoreError) -> [PenaltyRecord] {
        try await rows(
            """
            SELECT * FROM merchant_penalties
            WHERE number > ifnull((SELECT number FROM merchant_penalties WHERE id = ?1), 0)
                AND (?2 IS NULL OR platform = ?2) AND (?3 IS NULL OR merchant = ?3)
            ORDER BY number LIMIT ?4
            """,
            [cursor.map { Data($0.bytes) }, platform?.rawValue, merchant, limit]
        ) { try PenaltyRecord(row: $0) }
    }
}
