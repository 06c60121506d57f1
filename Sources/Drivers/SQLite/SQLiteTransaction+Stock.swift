import CardModel
import EvidenceLog
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    func insert(_ batch: StockBatchRecord) throws -> BatchNumber? {
        try run(
            """
            INSERT INTO stock_batches (id, platform, registration_key, wrapped_data_key,
                sealed_secret, size, range, told_through, record)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (platform, registration_key) DO NOTHING
            """,
            [
                .id(batch.id), .platform(batch.platform), SQLiteValue(batch.registrationKey),
                .blob(batch.wrappedDataKey), .blob(batch.sealedSecret), .index(batch.range.size),
                .blob(batch.range.serialized), SQLiteValue(batch.toldThrough.map { Int64($0) }),
                .blob(batch.storedBytes),
            ]
        )
        return database.changesCount == 0
            ? nil : BatchNumber(rawValue: database.lastInsertedRowID)
    }

    func batch(_ id: BatchID) throws -> StockBatchRecord? {
        try first("SELECT * FROM stock_batches WHERE id = ?", [.id(id)])
            .map { try StockBatchRecord(row: $0) }
    }

    func batch(_ number: BatchNumber) throws -> StockBatchRecord? {
        try first("SELECT * FROM stock_batches WHERE number = ?", [.integer(number.rawValue)])
            .map { try StockBatchRecord(row: $0) }
    }

    func batch(
        registeredAs key: String,
        platform: PlatformNumber
    ) throws -> StockBatchRecord? {
        try first(
            "SELECT * FROM stock_batches WHERE platform = ? AND registration_key = ?",
            [.platform(platform), .text(key)]
        ).map { try StockBatchRecord(row: $0) }
    }

    func update(_ batch: StockBatchRecord) throws {
        try run(
            """
            UPDATE stock_batches
            SET registration_key = ?, size = ?, range = ?, told_through = ?, record = ?
            WHERE number = ?
            """,
            [
                SQLiteValue(batch.registrationKey), .index(batch.range.size),
                .blob(batch.range.serialized), SQLiteValue(batch.toldThrough.map { Int64($0) }),
                .blob(batch.storedBytes),
                .integer(batch.number.rawValue),
            ]
        )
    }

    func insert(_ code: StockCodeRecord) throws -> Bool {
        try run(
            """
            INSERT INTO stock_codes (batch, position, line, platform, fingerprint, is_standing,
                rank, classes, expires_on, issuer_state, sealed_code, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (platform, fingerprint) WHERE is_standing = 1 DO NOTHING
            """,
            [
                .integer(code.batch.rawValue), .count(code.position), .count(code.line),
                .platform(code.platform), SQLiteValue(code.fingerprint?.bytes),
                .integer(code.isStanding ? 1 : 0), SQLiteValue(code.rank.map { Int64($0) }),
                .text(code.classes.map(\.rawValue).joined(separator: " ")),
                SQLiteValue(code.expiresOn?.iso8601), SQLiteValue(code.issuerState?.rawValue),
                .blob(code.sealedCode), .hash(code.hash),
            ]
        )
        return database.changesCount > 0
    }

    func update(_ code: StockCodeRecord) throws {
        try run(
            """
            UPDATE stock_codes SET is_standing = ?, item = ?, sold_at = ?, outcome = ?
            WHERE batch = ? AND position = ?
            """,
            [
                .integer(code.isStanding ? 1 : 0), SQLiteValue(code.item?.rawValue),
                .instant(code.soldAt),
                SQLiteValue(code.outcome?.rawValue), .integer(code.batch.rawValue),
                .count(code.position),
            ]
        )
    }

    func stockCode(
        standingFor code: CardFingerprint,
        platform: PlatformNumber
    ) throws -> StockCodeRecord? {
        try first(
            """
            SELECT * FROM stock_codes
            WHERE platform = ? AND fingerprint = ? AND is_standing = 1
            """,
            [.platform(platform), .fingerprint(code)]
        ).map { try StockCodeRecord(row: $0) }
    }

    func stockCodes(
        beside code: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) throws -> [StockCodeRecord] {
        try all(
            """
            SELECT * FROM stock_codes
            WHERE platform = ? AND fingerprint = ? AND is_standing = 0
            ORDER BY batch, position LIMIT ?
            """,
            [.platform(platform), .fingerprint(code), .count(limit)]
        ).map { try StockCodeRecord(row: $0) }
    }

    func stockCode(of item: ItemNumber) throws -> StockCodeRecord? {
        try first("SELECT * FROM stock_codes WHERE item = ?", [.item(item)])
            .map { try StockCodeRecord(row: $0) }
    }

    func stockCodes(
        of batch: BatchNumber,
        from position: Int,
        limit: Int
    ) throws -> [StockCodeRecord] {
        try all(
            "SELECT * FROM stock_codes WHERE batch = ? AND position >= ? ORDER BY position LIMIT ?",
            [.integer(batch.rawValue), .count(position), .count(limit)]
        ).map { try StockCodeRecord(row: $0) }
    }

    func soldStockCodeCount(of batch: BatchNumber) throws -> Int {
        let count = try first(
            """
            SELECT count(*) AS count FROM stock_codes INDEXED BY stock_codes_sold
            WHERE batch = ? AND item IS NOT NULL
            """,
            [.integer(batch.rawValue)]
        )
        return try count.map { Int(try $0.integer("stock_codes", "count")) } ?? 0
    }

    func soldStockCodes(
        of batch: BatchNumber,
        after position: Int,
        limit: Int
    ) throws -> [StockCodeRecord] {
        try all(
            """
            SELECT * FROM stock_codes INDEXED BY stock_codes_sold
            WHERE batch = ? AND position > ? AND item IS NOT NULL ORDER BY position LIMIT ?
            """,
            [.integer(batch.rawValue), .count(position), .count(limit)]
        ).map { try StockCodeRecord(row: $0) }
    }

    func insertStockNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        batch: BatchNumber
    ) throws {
        try run(
            "INSERT INTO stock_nodes (batch, level, position, hash) VALUES (?, ?, ?, ?)",
            [.integer(batch.rawValue), .count(level), .index(index), .hash(hash)]
        )
    }

    func insertRecall(
        of batch: BatchNumber,
        to delivery: DeliveryID,
        at instant: Instant
    ) throws -> Bool {
        try run(
            """
            INSERT INTO stock_recalls (batch, delivery, told_at) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [.integer(batch.rawValue), .id(delivery), .instant(instant)]
        )
        return database.changesCount > 0
    }
}

extension StockBatchRecord {
    init(row: Row) throws {
        let table = "stock_batches"
        let record = StockBatchRecord(
            number: BatchNumber(rawValue: try row.integer(table, "number")),
            id: try row.required(BatchID(bytes: row.bytes("id")), table, "id"),
            platform: try row.platform(table),
            registrationKey: row.optionalText("registration_key"),
            wrappedDataKey: row.bytes("wrapped_data_key"),
            sealedSecret: row.bytes("sealed_secret"),
            range: try row.required(
                CompactRange(size: row.index(table, "size"), bytes: row.bytes("range")),
                table,
                "range"
            ),
            toldThrough: row.optionalInteger("told_through").flatMap { Int(exactly: $0) },
            record: row.bytes("record")
        )
        self = try row.required(record, table, "record")
    }
}

extension StockCodeRecord {
    init(row: Row) throws {
        let table = "stock_codes"
        let words = try row.text(table, "classes").split(separator: " ")
        let classes = words.compactMap { StockLineClass(rawValue: String($0)) }
        guard classes.count == words.count else {
            throw UnreadableRow(table: table, column: "classes")
        }
        self.init(
            batch: BatchNumber(rawValue: try row.integer(table, "batch")),
            platform: try row.platform(table),
            position: try row.count(table, "position"),
            line: try row.count(table, "line"),
            fingerprint: try row.optionalBytes("fingerprint").map {
                try row.required(CardFingerprint(bytes: $0), table, "fingerprint")
            },
            isStanding: try row.integer(table, "is_standing") == 1,
            rank: try row.optionalInteger("rank").map { _ in try row.count(table, "rank") },
            classes: classes,
            expiresOn: try row.optionalText("expires_on").map {
                try row.required(CalendarDate(iso8601: $0), table, "expires_on")
            },
            issuerState: try row.optionalText("issuer_state").map {
                try row.required(VerdictState(rawValue: $0), table, "issuer_state")
            },
            sealedCode: row.bytes("sealed_code"),
            hash: try row.required(TreeHash(bytes: row.bytes("hash")), table, "hash")
        )
        item = row.optionalInteger("item").map { ItemNumber(rawValue: $0) }
        soldAt = row.instant("sold_at")
        outcome = try row.optionalText("outcome").map {
            try row.required(StockOutcome(rawValue: $0), table, "outcome")
        }
    }
}
