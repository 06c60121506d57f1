public import EvidenceLog
import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func batch(_ id: BatchID) async throws(StoreError) -> StockBatchRecord? {
        try await rows("SELECT * FROM stock_batches WHERE id = ?", [Data(id.bytes)]) {
            try StockBatchRecord(row: $0)
        }.first
    }

    public func batch(_ number: BatchNumber) async throws(StoreError) -> StockBatchRecord? {
        try await rows("SELECT * FROM stock_batches WHERE number = ?", [number.rawValue]) {
            try StockBatchRecord(row: $0)
        }.first
    }

    public func batches(
        platform: PlatformNumber?,
        after cursor: BatchID?,
        limit: Int
    ) async throws(StoreError) -> [StockBatchRecord] {
        try await rows(
            """
            SELECT * FROM stock_batches WHERE platform = ifnull(?1, platform)
                AND number > coalesce((SELECT number FROM stock_batches WHERE id = ?2), 0)
            ORDER BY number LIMIT ?3
            """,
            [platform?.rawValue, cursor.map { Data($0.bytes) }, limit]
        ) { try StockBatchRecord(row: $0) }
    }

    public func recallsUnderWay() async throws(StoreError) -> [StockBatchRecord] {
        try await rows("SELECT * FROM stock_batches WHERE told_through IS NOT NULL") {
            try StockBatchRecord(row: $0)
        }
    }

    public func stockCode(
        of batch: BatchNumber,
        line: Int
    ) async throws(StoreError) -> StockCodeRecord? {
        try await read { database in
            let code = try database.cachedStatement(
                sql: "SELECT * FROM stock_codes WHERE batch = ? AND position = ?")
            let last = try database.cachedStatement(
                sql: "SELECT max(position) AS last FROM stock_codes WHERE batch = ?")
            let found = try Row.fetchOne(last, arguments: [batch.rawValue])
            // Lines ascend with their positions, so no index is kept for them.
            var low = 0
            var high = Int(found?.optionalInteger("last") ?? -1)
            while low <= high {
                let middle = (low + high) / 2
                guard let row = try Row.fetchOne(code, arguments: [batch.rawValue, middle]) else {
                    throw StoreError.broken("a batch lacks line \(middle)")
                }
                let record = try StockCodeRecord(row: row)
                if record.line == line { return record }
                if record.line < line { low = middle + 1 } else { high = middle - 1 }
            }
            return nil
        }
    }

    public func stockNodes(
        of batch: BatchNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        let sql =
            level == 0
            ? """
            SELECT hash FROM stock_codes
            WHERE batch = ? AND position >= ? AND position < ? ORDER BY position
            """
            : """
            SELECT hash FROM stock_nodes
            WHERE batch = ? AND position >= ? AND position < ? AND level = \(level)
            ORDER BY position
            """
        return try await rows(
            sql,
            [
                batch.rawValue, Int64(clamping: range.lowerBound),
                Int64(clamping: range.upperBound),
            ]
        ) { try $0.required(TreeHash(bytes: $0.bytes("hash")), "stock_nodes", "hash") }
    }
}
