import EvidenceLog
import Foundation
import GRDB
import Gateway

/// Queries that transactions and readers share.
enum SQLiteQuery {
    static let itemsOfDelivery = "SELECT * FROM items WHERE delivery = ? ORDER BY line, number"

    /// The head as stored, checked against itself: the range must fit its size.
    static func logHead(of platform: PlatformNumber, in database: Database) throws -> LogHead? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT size, range, note FROM log_heads JOIN checkpoints USING (platform, size)
                WHERE platform = ?
                """,
            arguments: [platform.rawValue]
        )
        guard let row else { return nil }
        let size = UInt64(row["size"] as Int64)
        let range = try row.required(
            CompactRange(size: size, bytes: row.bytes("range")),
            "log_heads",
            "range"
        )
        return LogHead(range: range, checkpoint: row.bytes("note"))
    }
}
