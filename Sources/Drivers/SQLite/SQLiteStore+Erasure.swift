import Foundation
import GRDB
public import Gateway

extension SQLiteStore {
    /// The largest file that is written anew to remove traces, in bytes: a second or two, in which
    /// nothing else is written. Above it the operator says when (`evidence compact`).
    static let largestRewrite: Int64 = 256 << 20

    public func erasure(of delivery: DeliveryID) async throws(StoreError) -> ErasureRecord? {
        try await rows("SELECT * FROM erasures WHERE delivery = ?", [Data(delivery.bytes)]) {
            try ErasureRecord(row: $0)
        }.first
    }

    public func erasure(naming name: ErasedName) async throws(StoreError) -> ErasureRecord? {
        try await rows(
            """
            SELECT erasures.* FROM erased_names JOIN erasures USING (delivery) WHERE id = ?
            """,
            [Data(name.bytes)]
        ) { try ErasureRecord(row: $0) }.first
    }

    public func restrictedDeliveries(
        after cursor: DeliveryID?,
        limit: Int
    ) async throws(StoreError) -> [DeliveryRecord] {
        try await rows(
            """
            SELECT * FROM deliveries WHERE restricted_at IS NOT NULL AND id > ?
            ORDER BY id LIMIT ?
            """,
            [Data(cursor?.bytes ?? []), limit]
        ) { try DeliveryRecord(row: $0) }
    }

    /// `secure_delete` overwrites what is deleted where it lies. What is left after that are
    /// frames of the write-ahead log, which a full checkpoint removes, and copies that a page kept
    /// when its rows moved to another: only writing the file anew removes those.
    public func removeTraces(rewriting isRewrite: Bool) async throws(StoreError) -> TraceRemoval {
        let result = await withCheckedContinuation { continuation in
            writer.async { continuation.resume(returning: Result { try self.scrub(isRewrite) }) }
        }
        do { return try result.get() } catch { throw SQLiteFailure.storeError(error) }
    }

    private func scrub(_ isRewrite: Bool) throws -> TraceRemoval {
        let bytes = try pool.writeWithoutTransaction { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ) ?? 0
        }
        let rewrites = isRewrite || bytes <= Self.largestRewrite
        if rewrites {
            try pool.writeWithoutTransaction { database in
                // The copy that VACUUM makes must not lie in memory.
                try database.execute(sql: "PRAGMA temp_store = FILE")
                defer { try? database.execute(sql: "PRAGMA temp_store = MEMORY") }
                try database.execute(sql: "VACUUM")
            }
        }
        guard try truncateLog() else { return .logInUse }
        return rewrites ? .complete : .fileNotRewritten
    }
}
