public import CardModel
import GRDB
public import Gateway

extension SQLiteStore {
    public func claims(
        in states: [ClaimState],
        platform: PlatformNumber?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        // Words of our own.
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try await rows(
            """
            SELECT record FROM claims WHERE due_at IS NOT NULL AND state IN (\(words))
                AND (?1 IS NULL OR platform = ?1)
            ORDER BY due_at, number LIMIT ?2
            """,
            [platform?.rawValue, limit]
        ) { try ClaimRecord(row: $0) }
    }
}
