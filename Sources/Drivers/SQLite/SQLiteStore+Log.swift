public import EvidenceLog
import Foundation
import GRDB
public import Gateway

extension SQLiteStore {
    public func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord] {
        try await rows(SQLiteQuery.logs, [platform.rawValue]) { try LogRecord(row: $0) }
    }

    public func logHead(of platform: PlatformNumber) async throws(StoreError) -> LogHead? {
        try await read { try SQLiteQuery.logHead(of: platform, in: $0) }
    }

    public func checkpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        try await read { database in
            try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT size, note FROM checkpoints WHERE platform = ? AND size >= ?
                        ORDER BY size LIMIT 1
                        """
                ),
                arguments: [platform.rawValue, Int64(size)]
            ).map { (try $0.index("checkpoints", "size"), $0.bytes("note")) }
        }
    }

    public func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [LogEntryRecord] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT * FROM entries WHERE position >= ? AND position < ?"
                ),
                arguments: Self.positions(of: platform, in: range)
            ).map { try LogEntryRecord(row: $0) }
        }
    }

    public func entries(
        of notice: NoticeNumber
    ) async throws(StoreError) -> [(index: UInt64, entry: LogEntryRecord)] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT * FROM entries WHERE notice = ? ORDER BY position"
                ),
                arguments: [notice.rawValue]
            ).map { row in
                let position = LogPosition(rawValue: row["position"])
                return (position.index, try LogEntryRecord(row: row))
            }
        }
    }

    public func publicEntries(
        of platform: PlatformNumber,
        in range: Range<UInt64>,
        newestFirst: Bool,
        limit: Int
    ) async throws(StoreError) -> [(index: UInt64, leaf: [UInt8])] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT position, leaf FROM entries
                        WHERE position >= ? AND position < ? AND notice IS NULL
                            AND batch IS NULL
                        ORDER BY position \(newestFirst ? "DESC" : "ASC") LIMIT ?
                        """
                ),
                arguments: Self.positions(of: platform, in: range) + [limit]
            ).map { row in
                (LogPosition(rawValue: row["position"]).index, Array(row["leaf"] as Data))
            }
        }
    }

    public func nodes(
        of platform: PlatformNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        try await read { database in
            let rows =
                level == 0
                ? try Row.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT hash FROM entries WHERE position >= ? AND position < ?"
                    ),
                    arguments: Self.positions(of: platform, in: range)
                )
                : try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT hash FROM nodes WHERE platform = ? AND level = ?
                                AND position >= ? AND position < ? ORDER BY position
                            """
                    ),
                    arguments: [
                        platform.rawValue, level, Int64(clamping: range.lowerBound),
                        Int64(clamping: range.upperBound),
                    ]
                )
            return try rows.map {
                try $0.required(TreeHash(bytes: $0.bytes("hash")), "nodes", "hash")
            }
        }
    }

    private static func positions(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) -> StatementArguments {
        [
            LogPosition(platform: platform, index: range.lowerBound).rawValue,
            LogPosition(platform: platform, index: range.upperBound).rawValue,
        ]
    }
}
