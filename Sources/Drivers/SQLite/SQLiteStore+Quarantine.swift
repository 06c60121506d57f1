import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func keepQuarantined(_ record: QuarantineRecord) async throws(StoreError) -> Bool {
        try await write { database in
            // Asked before anything is inserted: a row that does not stay uses up its number.
            let isKnown = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM quarantine WHERE platform = ? AND identity = ?)",
                arguments: [record.platform.rawValue, Data(record.identity)]
            )
            guard isKnown != true else { return true }
            let count = try Int.fetchOne(
                database,
                sql: "SELECT COUNT(*) FROM quarantine WHERE platform = ?",
                arguments: [record.platform.rawValue]
            )
            guard (count ?? 0) < QuarantineRecord.mostOfAPlatform else { return false }
            try database.execute(
                sql: """
                    INSERT INTO quarantine (platform, shop, reason, received_at, identity,
                        sealed_message, wrapped_data_key)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.platform.rawValue, record.shop.rawValue, record.reason,
                    record.receivedAt.millisecondsSinceEpoch, Data(record.identity),
                    Data(record.sealedMessage), Data(record.wrappedDataKey),
                ]
            )
            return true
        }
    }

    public func removeQuarantined(number: Int64) async throws(StoreError) {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM quarantine WHERE number = ?",
                arguments: [number]
            )
        }
    }

    public func quarantined(number: Int64) async throws(StoreError) -> QuarantineRecord? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM quarantine WHERE number = ?",
                arguments: [number]
            ).map { try QuarantineRecord(row: $0) }
        }
    }

    public func quarantined(
        platform: PlatformNumber?,
        after number: Int64?,
        limit: Int
    ) async throws(StoreError) -> [QuarantineRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM quarantine WHERE number > ? AND platform = ifnull(?, platform)
                    ORDER BY number LIMIT ?
                    """,
                arguments: [number ?? 0, platform?.rawValue, limit]
            ).map { try QuarantineRecord(row: $0) }
        }
    }
}

extension QuarantineRecord {
    init(row: Row) throws {
        self.init(
            number: try row.integer("quarantine", "number"),
            platform: try row.platform("quarantine"),
            shop: try row.required(
                ShopInbox.Kind(rawValue: row.text("quarantine", "shop")),
                "quarantine",
                "shop"
            ),
            reason: try row.text("quarantine", "reason"),
            receivedAt: try row.required(
                row.instant("received_at"),
                "quarantine",
                "received_at"
            ),
            identity: row.bytes("identity"),
            sealedMessage: row.bytes("sealed_message"),
            wrappedDataKey: row.bytes("wrapped_data_key")
        )
    }
}
