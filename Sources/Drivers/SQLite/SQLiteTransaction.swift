import CardModel
import EvidenceLog
import Foundation
import GRDB
import Gateway
import WireFormat

/// The rows of one open transaction, for the ledger. Statements are prepared once a connection.
struct SQLiteTransaction: StoreTransaction {
    let database: Database
    let heads: LogHeadCache

    // MARK: Notices

    func insert(_ notice: NoticeRecord) throws -> NoticeNumber? {
        try run(
            """
            INSERT INTO notices (platform, webhook_id, body_code, delivery, stage, accepted_at,
                answer_items, answer_ignored, leaf_index)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                notice.platform.rawValue, notice.webhookID, Data(notice.bodyCode),
                Data(notice.delivery.bytes), notice.stage.rawValue,
                notice.acceptedAt.millisecondsSinceEpoch, Data(notice.answerItems),
                Data(notice.answerIgnored), Int64(notice.leafIndex),
            ]
        )
        return database.changesCount == 0
            ? nil : NoticeNumber(rawValue: database.lastInsertedRowID)
    }

    func notice(platform: PlatformNumber, webhookID: String) throws -> NoticeRecord? {
        try first(
            "SELECT * FROM notices WHERE platform = ? AND webhook_id = ?",
            [platform.rawValue, webhookID]
        ).map { try NoticeRecord(row: $0) }
    }

    func complete(_ notice: NoticeNumber, with record: NoticeRecord) throws {
        try run(
            "UPDATE notices SET delivery = ?, answer_items = ?, leaf_index = ? WHERE number = ?",
            [
                Data(record.delivery.bytes), Data(record.answerItems), Int64(record.leafIndex),
                notice.rawValue,
            ]
        )
    }

    func insertDataKey(_ wrapped: [UInt8], of notice: NoticeNumber) throws {
        try run(
            "INSERT INTO data_keys (notice, wrapped) VALUES (?, ?)",
            [notice.rawValue, Data(wrapped)]
        )
    }

    // MARK: Deliveries and items

    func delivery(orInsert fresh: DeliveryRecord) throws -> DeliveryRecord {
        try run(
            """
            INSERT INTO deliveries (id, platform, order_id, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (platform, order_id) DO NOTHING
            """,
            [
                Data(fresh.id.bytes), fresh.platform.rawValue, fresh.orderID,
                fresh.createdAt.millisecondsSinceEpoch,
            ]
        )
        if database.changesCount > 0 { return fresh }
        let standing = try first(
            "SELECT * FROM deliveries WHERE platform = ? AND order_id = ?",
            [fresh.platform.rawValue, fresh.orderID]
        )
        guard let standing else { throw StoreError.broken("an order neither stands nor is new") }
        return try DeliveryRecord(row: standing)
    }

    func delivery(_ id: DeliveryID) throws -> DeliveryRecord? {
        try first("SELECT * FROM deliveries WHERE id = ?", [Data(id.bytes)])
            .map { try DeliveryRecord(row: $0) }
    }

    func item(
        of delivery: DeliveryID,
        line: Int,
        code: CardFingerprint
    ) throws -> ItemRecord? {
        try first(
            "SELECT * FROM items WHERE delivery = ? AND line = ? AND code_fingerprint = ?",
            [Data(delivery.bytes), line, Data(code.bytes)]
        ).map { try ItemRecord(row: $0) }
    }

    func item(_ number: ItemNumber) throws -> ItemRecord? {
        try first("SELECT * FROM items WHERE number = ?", [number.rawValue])
            .map { try ItemRecord(row: $0) }
    }

    func items(of delivery: DeliveryID) throws -> [ItemRecord] {
        try Row.fetchAll(
            database.cachedStatement(sql: SQLiteQuery.itemsOfDelivery),
            arguments: [Data(delivery.bytes)]
        ).map { try ItemRecord(row: $0) }
    }

    func insert(_ item: ItemRecord) throws -> ItemNumber {
        try run(
            """
            INSERT INTO items (platform, delivery, line, code_fingerprint, product, merchant,
                terms, sealed_code, notice, check_id, delivered_at, standing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                item.platform.rawValue, Data(item.delivery.bytes), item.terms.line,
                Data(item.codeFingerprint.bytes), item.terms.product, item.terms.merchant,
                Data(item.terms.storedBytes), Data(item.sealedCode), item.notice.rawValue,
                Data(item.check.bytes), item.deliveredAt?.millisecondsSinceEpoch,
                Data(item.standing.storedBytes),
            ]
        )
        return ItemNumber(rawValue: database.lastInsertedRowID)
    }

    func update(_ item: ItemRecord) throws {
        try run(
            """
            UPDATE items SET check_id = ?, delivered_at = ?, terms = ?, standing = ?
            WHERE number = ?
            """,
            [
                Data(item.check.bytes), item.deliveredAt?.millisecondsSinceEpoch,
                Data(item.terms.storedBytes), Data(item.standing.storedBytes),
                item.number.rawValue,
            ]
        )
    }

    func holder(
        of code: CardFingerprint,
        platform: PlatformNumber,
        orTake item: ItemNumber
    ) throws -> ItemNumber {
        try run(
            """
            INSERT INTO holders (fingerprint, platform, item) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [Data(code.bytes), platform.rawValue, item.rawValue]
        )
        if database.changesCount > 0 { return item }
        guard let holder = try holder(of: code, platform: platform) else {
            throw StoreError.broken("a fingerprint is neither held nor free")
        }
        return holder
    }

    func holder(of code: CardFingerprint, platform: PlatformNumber) throws -> ItemNumber? {
        try first(
            "SELECT item FROM holders WHERE fingerprint = ? AND platform = ?",
            [Data(code.bytes), platform.rawValue]
        ).map { ItemNumber(rawValue: $0["item"]) }
    }
}

extension SQLiteTransaction {
    /// Executes a statement that is prepared once for the connection.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func first(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}
