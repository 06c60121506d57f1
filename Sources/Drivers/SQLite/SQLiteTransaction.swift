import CardModel
import EvidenceLog
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
                .platform(notice.platform), SQLiteValue(notice.webhookID), .blob(notice.bodyCode),
                .id(notice.delivery), .word(notice.stage), .instant(notice.acceptedAt),
                .blob(notice.answerItems), .blob(notice.answerIgnored), .index(notice.leafIndex),
            ]
        )
        return database.changesCount == 0
            ? nil : NoticeNumber(rawValue: database.lastInsertedRowID)
    }

    func notice(platform: PlatformNumber, webhookID: String) throws -> NoticeRecord? {
        try first(
            "SELECT * FROM notices WHERE platform = ? AND webhook_id = ?",
            [.platform(platform), .text(webhookID)]
        ).map { try NoticeRecord(row: $0) }
    }

    func complete(_ notice: NoticeNumber, with record: NoticeRecord) throws {
        try run(
            "UPDATE notices SET delivery = ?, answer_items = ?, leaf_index = ? WHERE number = ?",
            [
                .id(record.delivery), .blob(record.answerItems), .index(record.leafIndex),
                .notice(notice),
            ]
        )
    }

    func policyText(hash: [UInt8]) throws -> [UInt8]? {
        try first("SELECT text FROM policies WHERE hash = ?", [.blob(hash)])?.bytes("text")
    }

    func insertDataKey(_ wrapped: [UInt8], of notice: NoticeNumber) throws {
        try run(
            "INSERT INTO data_keys (notice, wrapped) VALUES (?, ?)",
            [.notice(notice), .blob(wrapped)]
        )
    }

    // MARK: Deliveries and items

    func delivery(orInsert fresh: DeliveryRecord) throws -> DeliveryRecord {
        try run(
            """
            INSERT INTO deliveries (id, platform, order_id, first_notice, created_at, buyer_code)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (platform, order_id) DO NOTHING
            """,
            [
                .id(fresh.id), .platform(fresh.platform), .text(fresh.orderID),
                .notice(fresh.firstNotice), .instant(fresh.createdAt),
                SQLiteValue(fresh.buyerCode),
            ]
        )
        if database.changesCount > 0 { return fresh }
        let standing = try first(
            "SELECT * FROM deliveries WHERE platform = ? AND order_id = ?",
            [.platform(fresh.platform), .text(fresh.orderID)]
        )
        guard let standing else { throw StoreError.broken("an order neither stands nor is new") }
        return try DeliveryRecord(row: standing)
    }

    func delivery(_ id: DeliveryID) throws -> DeliveryRecord? {
        try first("SELECT * FROM deliveries WHERE id = ?", [.id(id)])
            .map { try DeliveryRecord(row: $0) }
    }

    func item(
        of delivery: DeliveryID,
        line: Int,
        code: CardFingerprint
    ) throws -> ItemRecord? {
        try first(
            SQLiteQuery.items + " WHERE delivery = ? AND line = ? AND code_fingerprint = ?",
            [.id(delivery), .count(line), .fingerprint(code)]
        ).map { try ItemRecord(row: $0) }
    }

    func item(_ number: ItemNumber) throws -> ItemRecord? {
        try first(SQLiteQuery.item, [.item(number)])
            .map { try ItemRecord(row: $0) }
    }

    func items(of delivery: DeliveryID) throws -> [ItemRecord] {
        try all(SQLiteQuery.itemsOfDelivery, [.id(delivery)]).map { try ItemRecord(row: $0) }
    }

    func insert(_ item: ItemRecord) throws -> ItemNumber {
        try run(
            """
            INSERT INTO items (platform, delivery, line, code_fingerprint, terms, sealed_code,
                notice, check_id, delivered_at, decided_by, standing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .platform(item.platform), .id(item.delivery), .count(item.terms.line),
                .fingerprint(item.codeFingerprint), .blob(item.terms.bytes),
                .blob(item.sealedCode), .notice(item.notice), .id(item.check),
                .instant(item.deliveredAt), SQLiteValue(item.decision?.check.bytes),
                SQLiteValue(item.standing?.storedBytes),
            ]
        )
        return ItemNumber(rawValue: database.lastInsertedRowID)
    }

    func update(_ item: ItemRecord) throws {
        try run(
            """
            UPDATE items SET check_id = ?, delivered_at = ?, terms = ?, decided_by = ?,
                standing = ? WHERE number = ?
            """,
            [
                .id(item.check), .instant(item.deliveredAt), .blob(item.terms.bytes),
                SQLiteValue(item.decision?.check.bytes),
                SQLiteValue(item.standing?.storedBytes), .item(item.number),
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
            [.fingerprint(code), .platform(platform), .item(item)]
        )
        if database.changesCount > 0 { return item }
        guard let holder = try holder(of: code, platform: platform) else {
            throw StoreError.broken("a fingerprint is neither held nor free")
        }
        return holder
    }

    func noteRepeat(
        of code: CardFingerprint,
        platform: PlatformNumber,
        by item: ItemNumber
    ) throws {
        try run(
            """
            INSERT INTO code_repeats (fingerprint, platform, item) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [.fingerprint(code), .platform(platform), .item(item)]
        )
    }

    func holder(of code: CardFingerprint, platform: PlatformNumber) throws -> ItemNumber? {
        try first(
            "SELECT item FROM holders WHERE fingerprint = ? AND platform = ?",
            [.fingerprint(code), .platform(platform)]
        ).map { ItemNumber(rawValue: try $0.integer("holders", "item")) }
    }
}

extension SQLiteTransaction {
    func run(_ sql: String, _ values: [SQLiteValue]) throws {
        try database.run(sql, values)
    }

    func first(_ sql: String, _ values: [SQLiteValue]) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: .init(values))
    }

    func all(_ sql: String, _ values: [SQLiteValue]) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: .init(values))
    }
}
