import AdapterKit
import CardModel
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    // MARK: Consents

    func insert(_ consent: ConsentRecord) throws -> Bool {
        try run(
            """
            INSERT INTO consents (id, item, operation, given_by, given_at, recorded_at,
                statement_sha256, sealed_beneficiary, leaf_index, idempotency_key, act_code)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (item, idempotency_key) DO NOTHING
            """,
            [
                .id(consent.id), .item(consent.item), .word(consent.operation),
                .word(consent.givenBy), .instant(consent.givenAt), .instant(consent.recordedAt),
                SQLiteValue(consent.statementSHA256), SQLiteValue(consent.sealedBeneficiary),
                .index(consent.leafIndex), SQLiteValue(consent.idempotency?.key),
                SQLiteValue(consent.idempotency?.actCode),
            ]
        )
        return database.changesCount > 0
    }

    func forget(_ consent: ConsentID) throws {
        try run("DELETE FROM consents WHERE id = ?", [.id(consent)])
    }

    func consent(_ id: ConsentID) throws -> ConsentRecord? {
        try first("SELECT * FROM consents WHERE id = ?", [.id(id)])
            .map { try ConsentRecord(row: $0) }
    }

    func consent(of item: ItemNumber, key: String) throws -> ConsentRecord? {
        try first(
            "SELECT * FROM consents WHERE item = ? AND idempotency_key = ?",
            [.item(item), .text(key)]
        ).map { try ConsentRecord(row: $0) }
    }

    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) throws -> ConsentRecord? {
        try first(SQLiteQuery.latestConsent, [.item(item), .word(operation)])
            .map { try ConsentRecord(row: $0) }
    }

    func consentCount(of item: ItemNumber) throws -> Int {
        try first("SELECT count(*) AS n FROM consents WHERE item = ?", [.item(item)])?["n"] ?? 0
    }

    // MARK: Orders

    func insert(_ order: RedemptionRecord) throws -> Bool {
        try run(
            """
            INSERT INTO redemptions (order_number, platform, item, check_id, consent, adapter,
                fingerprint, held, state, ordinal, polls, created_at, placed_at, due_at,
                leased_until, word_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (held, platform) DO NOTHING
            """,
            [
                .order(order.number), .platform(order.platform), .item(order.item),
                .id(order.check), .id(order.consent), .text(order.adapter),
                .fingerprint(order.fingerprint), order.held, .word(order.state),
                .count(order.ordinal), .count(order.polls), .instant(order.createdAt),
                .instant(order.placedAt), .instant(order.openDueAt),
                .instant(order.leasedUntil), .instant(order.wordAt),
            ]
        )
        return database.changesCount > 0
    }

    func redemption(_ number: RedemptionNumber) throws -> RedemptionRecord? {
        try first("SELECT * FROM redemptions WHERE order_number = ?", [.order(number)])
            .map { try RedemptionRecord(row: $0) }
    }

    func redemptions(of item: ItemNumber) throws -> [RedemptionRecord] {
        try all(SQLiteQuery.redemptionsOfItem, [.item(item)])
            .map { try RedemptionRecord(row: $0) }
    }

    func update(_ order: RedemptionRecord) throws {
        try run(
            """
            UPDATE redemptions SET held = ?, state = ?, polls = ?, placed_at = ?, due_at = ?,
                leased_until = ?, word_at = ? WHERE order_number = ?
            """,
            [
                order.held, .word(order.state), .count(order.polls), .instant(order.placedAt),
                .instant(order.openDueAt), .instant(order.leasedUntil), .instant(order.wordAt),
                .order(order.number),
            ]
        )
    }

    func hasCallback(_ digest: [UInt8], of order: RedemptionNumber) throws -> Bool {
        try first(
            "SELECT 1 FROM redemption_callbacks WHERE order_number = ? AND digest = ?",
            [.order(order), .blob(digest)]
        ) != nil
    }

    func insertCallback(
        _ digest: [UInt8],
        of order: RedemptionNumber,
        at instant: Instant
    ) throws {
        try run(
            "INSERT INTO redemption_callbacks (order_number, digest, received_at) VALUES (?, ?, ?)",
            [.order(order), .blob(digest), .instant(instant)]
        )
    }

    func callbackCount(of order: RedemptionNumber) throws -> Int {
        try first(
            "SELECT count(*) AS n FROM redemption_callbacks WHERE order_number = ?",
            [.order(order)]
        )?["n"] ?? 0
    }
}

extension SQLiteValue {
    /// Order numbers stay below 2^63.
    static func order(_ number: RedemptionNumber) -> SQLiteValue {
        .integer(Int64(number.rawValue))
    }
}

extension RedemptionRecord {
    /// What the unique constraint looks at: null while the order holds nothing.
    fileprivate var held: SQLiteValue { holdsCode ? .fingerprint(fingerprint) : .null }
}

extension ConsentRecord {
    init(row: Row) throws {
        let table = "consents"
        let key = row.optionalText("idempotency_key")
        self.init(
            id: try row.required(ConsentID(bytes: row.bytes("id")), table, "id"),
            item: ItemNumber(rawValue: try row.integer(table, "item")),
            operation: try row.required(
                AdapterOperation(rawValue: row.text(table, "operation")), table, "operation"),
            givenBy: try row.required(
                ConsentGiver(rawValue: row.text(table, "given_by")), table, "given_by"),
            givenAt: try row.required(row.instant("given_at"), table, "given_at"),
            recordedAt: try row.required(row.instant("recorded_at"), table, "recorded_at"),
            statementSHA256: row.optionalBytes("statement_sha256"),
            sealedBeneficiary: row.optionalBytes("sealed_beneficiary"),
            leafIndex: try row.index(table, "leaf_index"),
            idempotency: key.map { Idempotency(key: $0, actCode: row.bytes("act_code")) }
        )
    }
}

extension RedemptionRecord {
    init(row: Row) throws {
        let table = "redemptions"
        let number = try row.integer(table, "order_number")
        self.init(
            number: try row.required(
                UInt64(exactly: number).flatMap { RedemptionNumber(rawValue: $0) },
                table, "order_number"),
            platform: try row.platform(table),
            item: ItemNumber(rawValue: try row.integer(table, "item")),
            check: try row.required(CheckID(bytes: row.bytes("check_id")), table, "check_id"),
            consent: try row.required(ConsentID(bytes: row.bytes("consent")), table, "consent"),
            adapter: try row.text(table, "adapter"),
            fingerprint: try row.required(
                CardFingerprint(bytes: row.bytes("fingerprint")), table, "fingerprint"),
            state: try row.required(State(rawValue: row.text(table, "state")), table, "state"),
            ordinal: try row.count(table, "ordinal"),
            createdAt: try row.required(row.instant("created_at"), table, "created_at"),
            dueAt: row.instant("due_at")
        )
        holdsCode = row.optionalBytes("held") != nil
        polls = try row.count(table, "polls")
        placedAt = row.instant("placed_at")
        leasedUntil = row.instant("leased_until")
        wordAt = row.instant("word_at")
    }
}
