import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func incident(_ id: IncidentID) async throws(StoreError) -> IncidentRecord? {
        try await rows("SELECT record FROM incidents WHERE id = ?", [Data(id.bytes)]) {
            try IncidentRecord(row: $0)
        }.first
    }

    public func incidents(
        platform: PlatformNumber?,
        state: IncidentRecord.State?,
        after cursor: IncidentID?,
        limit: Int
    ) async throws(StoreError) -> [IncidentRecord] {
        try await rows(
            """
            SELECT record FROM incidents
            WHERE number > ifnull((SELECT number FROM incidents WHERE id = ?1), 0)
                AND (?2 IS NULL OR platform = ?2)
                AND (?3 IS NULL OR (reaches_until = ?4) = ?3)
            ORDER BY number LIMIT ?5
            """,
            [
                cursor.map { Data($0.bytes) }, platform?.rawValue, state.map { $0 == .open },
                Int64.max, limit,
            ]
        ) { try IncidentRecord(row: $0) }
    }

    public func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) async throws(StoreError) -> [IncidentRecord] {
        try await rows(
            SQLiteQuery.incidentsReachingPast,
            [platform.rawValue, instant.millisecondsSinceEpoch]
        ) { try IncidentRecord(row: $0) }.byStart
    }
}
