import EvidenceLog
import Foundation
import GRDB
import Gateway

/// Queries that transactions and readers share.
enum SQLiteQuery {
    /// Items with the decisions that stand for them, which are kept with their checks.
    static let items = """
        SELECT items.*, checks.decision FROM items
        LEFT JOIN checks ON checks.id = items.decided_by
        """
    static let item = items + " WHERE number = ?"
    static let itemsOfDelivery = items + " WHERE delivery = ? ORDER BY line, number"
    static let claimsOfItem = "SELECT record FROM claims WHERE item = ? ORDER BY number"
    static let attachmentsOfDelivery =
        "SELECT * FROM attachments WHERE delivery = ? ORDER BY number"
    static let latestConsent = """
        SELECT * FROM consents WHERE item = ? AND operation = ? ORDER BY number DESC LIMIT 1
        """
    static let logs = "SELECT * FROM logs WHERE platform = ? ORDER BY ordinal"
    static let redemptionsOfItem = "SELECT * FROM redemptions WHERE item = ? ORDER BY sequence"

    /// The head as stored, checked against itself: the range must fit its size.
    static func logHead(of platform: PlatformNumber, in database: Database) throws -> LogHead? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT logs.*, log_heads.size, range, note FROM platforms
                JOIN logs ON logs.platform = number AND ordinal = log_ordinal
                JOIN log_heads ON log_heads.platform = number
                JOIN checkpoints ON checkpoints.platform = number
                    AND checkpoints.size = first_index + log_heads.size
                WHERE number = ?
                """,
            arguments: [platform.rawValue]
        )
        guard let row else { return nil }
        let size = try row.index("log_heads", "size")
        let range = try row.required(
            CompactRange(size: size, bytes: row.bytes("range")),
            "log_heads",
            "range"
        )
        return LogHead(
            log: try LogRecord(row: row), range: range, checkpoint: row.bytes("note"))
    }
}
