import EvidenceLog
import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func timeStamp(
        of log: LogRecord,
        anchoredBefore index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        try await stamps(
            """
            platform = ? AND first_index = ? AND anchor_index < ?
            ORDER BY anchor_index DESC LIMIT 1
            """,
            [log.platform.rawValue, Int64(clamping: log.firstIndex), Int64(clamping: index)]
        ).first
    }

    public func timeStamp(
        of log: LogRecord,
        coveringEntry index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        // An anchor stands behind the entries of its checkpoint: none before the entry covers it.
        try await stamps(
            """
            platform = ?1 AND first_index = ?2 AND anchor_index > ?3 AND first_index + size > ?3
            ORDER BY anchor_index LIMIT 1
            """,
            [log.platform.rawValue, Int64(clamping: log.firstIndex), Int64(clamping: index)]
        ).first
    }

    public func latestTimeStamp(
        of platform: PlatformNumber,
        by authority: String
    ) async throws(StoreError) -> TimeStampRecord? {
        try await stamps(
            "platform = ? AND authority = ? ORDER BY anchor_index DESC LIMIT 1",
            [platform.rawValue, authority]
        ).first
    }

    public func timeStamps(
        of platform: PlatformNumber,
        after index: UInt64?,
        limit: Int
    ) async throws(StoreError) -> [TimeStampRecord] {
        try await stamps(
            "platform = ? AND anchor_index > ? ORDER BY anchor_index LIMIT ?",
            [platform.rawValue, index.map { Int64(clamping: $0) } ?? -1, limit]
        )
    }

    private func stamps(
        _ condition: String,
        _ arguments: StatementArguments
    ) async throws(StoreError) -> [TimeStampRecord] {
        try await rows(
            """
            SELECT time_stamps.*, chains.text AS chain_text, lists.text AS list_texts
            FROM time_stamps JOIN time_stamp_texts AS chains ON chains.number = chain
            JOIN time_stamp_texts AS lists ON lists.number = revocation_lists
            WHERE \(condition)
            """,
            arguments
        ) { try TimeStampRecord(row: $0) }
    }
}

extension TimeStampRecord {
    fileprivate init(row: Row) throws {
        let accuracy: Int64 = row["accuracy_ms"]
        self.init(
            platform: try row.platform("time_stamps"),
            firstIndex: UInt64(row["first_index"] as Int64),
            size: UInt64(row["size"] as Int64),
            checkpoint: row.bytes("checkpoint"),
            authority: row["authority"],
            policy: row["policy"],
            genTime: Instant(millisecondsSinceEpoch: row["gen_time"]),
            accuracy: .milliseconds(accuracy),
            token: row.bytes("token"),
            chain: row["chain_text"],
            revocationLists: row["list_texts"],
            list: try List(row: row),
            anchorIndex: UInt64(row["anchor_index"] as Int64)
        )
    }
}

extension TimeStampRecord.List {
    /// Nil for a stamp over one checkpoint.
    fileprivate init?(row: Row) throws {
        guard let text = row.optionalBytes("list_text") else { return nil }
        let bytes = row.bytes("list_path")
        let path = stride(from: 0, to: bytes.count, by: TreeHash.byteCount).compactMap { start in
            TreeHash(bytes: bytes[start..<min(start + TreeHash.byteCount, bytes.count)])
        }
        guard path.count * TreeHash.byteCount == bytes.count else {
            throw UnreadableRow(table: "time_stamps", column: "list_path")
        }
        self.init(
            text: text,
            place: StampPlace(
                index: UInt64(row["list_index"] as Int64),
                count: UInt64(row["list_count"] as Int64),
                path: path
            )
        )
    }
}
