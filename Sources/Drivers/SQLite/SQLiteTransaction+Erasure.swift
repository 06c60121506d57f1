import EvidenceLog
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    func erasure(of delivery: DeliveryID) throws -> ErasureRecord? {
        try first("SELECT * FROM erasures WHERE delivery = ?", [.id(delivery)])
            .map { try ErasureRecord(row: $0) }
    }

    func insert(_ erasure: ErasureRecord) throws {
        try run(
            """
            INSERT INTO erasures (delivery, platform, erased_at, request_sha256, records,
                leaf_index, override_reason) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(erasure.delivery), .platform(erasure.platform), .instant(erasure.erasedAt),
                .blob(erasure.requestSHA256), .index(erasure.count), .index(erasure.leafIndex),
                SQLiteValue(erasure.overrideReason),
            ]
        )
    }

    func restrict(_ delivery: DeliveryID, since instant: Instant) throws {
        try run(
            "UPDATE deliveries SET restricted_at = ? WHERE id = ?",
            [.instant(instant), .id(delivery)]
        )
    }

    func events(naming delivery: DeliveryID) throws -> [EventRecord] {
        // Identifiers sort by time, and no event is older than its delivery.
        try all(
            "SELECT * FROM events WHERE id >= ? AND instr(data, CAST(? AS BLOB)) > 0",
            [.id(EventID(at: delivery.instant, random: Self.leastRandom)), .text(delivery.text)]
        ).map { try EventRecord(row: $0) }
    }

    private static let leastRandom = [UInt8](repeating: 0, count: 10)

    func remove(_ event: EventID) throws {
        try run("DELETE FROM events WHERE id = ?", [.id(event)])
    }

    func update(_ event: EventID, data: JSONValue) throws {
        try run(
            "UPDATE events SET data = ? WHERE id = ?",
            [.blob(data.serialized()), .id(event)]
        )
    }

    func removeQuarantined(_ number: Int64) throws {
        try run("DELETE FROM quarantine WHERE number = ?", [.integer(number)])
    }

    func destroy(_ delivery: DeliveryRecord) throws -> Destruction {
        let id = SQLiteValue.id(delivery.id)
        let ofItems = "item IN (SELECT number FROM items WHERE delivery = ?1)"
        let ofClaims = "claim IN (SELECT id FROM claims WHERE \(ofItems))"
        let forgetCode =
            "UPDATE stock_codes SET item = NULL, fingerprint = NULL, is_standing = 0, "
            + "sealed_code = x''"
        let isHeld =
            "(platform, fingerprint) IN (SELECT platform, fingerprint FROM holders "
            + "WHERE \(ofItems))"
        let ofNotices = "notice IN (SELECT number FROM notices WHERE delivery = ?1)"
        try run(
            """
            INSERT INTO erased_names (id, delivery) SELECT id, ?1 FROM checks WHERE \(ofItems)
            UNION SELECT id, ?1 FROM claims WHERE \(ofItems)
            """,
            [id]
        )
        try run("UPDATE entries SET sealed_record = x'' WHERE \(ofNotices)", [id])
        let records = database.changesCount
        try forgetUndecidedPenalties(where: ofClaims, id)
        for statement in [
            "DELETE FROM redemption_callbacks WHERE order_number IN "
                + "(SELECT order_number FROM redemptions WHERE \(ofItems))",
            "DELETE FROM redemptions WHERE \(ofItems)",
            "DELETE FROM consents WHERE \(ofItems)",
            "DELETE FROM claim_idempotency_keys WHERE \(ofClaims)",
            "DELETE FROM claim_history WHERE \(ofClaims)",
            "DELETE FROM filings WHERE \(ofClaims)",
            "DELETE FROM claim_rings WHERE \(ofClaims)",
            "DELETE FROM remedies WHERE \(ofClaims)",
            // They stay as they were published, and can be checked against the log as before.
            "UPDATE claim_outcomes SET claim = NULL WHERE \(ofClaims)",
            "UPDATE merchant_penalties SET claim = NULL WHERE \(ofClaims)",
            "DELETE FROM claims WHERE \(ofItems)",
            "DELETE FROM checks WHERE \(ofItems)",
            // Two statements, as the codes are in two indexes: of withdrawn stock, and of lines
            // for which another one stood.
            "\(forgetCode) WHERE item IS NULL AND is_standing = 1 AND \(isHeld)",
            "\(forgetCode) WHERE item IS NULL AND is_standing = 0 AND fingerprint IS NOT NULL "
                + "AND \(isHeld)",
            "DELETE FROM holders WHERE \(ofItems)",
            "DELETE FROM code_repeats WHERE \(ofItems)",
            "DELETE FROM attachments WHERE delivery = ?1",
            "\(forgetCode) WHERE \(ofItems)",
            "DELETE FROM stock_recalls WHERE delivery = ?1",
            "DELETE FROM items WHERE delivery = ?1",
            "DELETE FROM self_test_spending WHERE delivery = ?1",
            "DELETE FROM data_keys WHERE \(ofNotices)",
            """
            UPDATE notices SET webhook_id = NULL, body_code = x'', answer_items = x'5b5d',
                answer_ignored = x'5b5d' WHERE delivery = ?1
            """,
            "DELETE FROM deliveries WHERE id = ?1",
        ] {
            try run(statement, [id])
        }
        return Destruction(records: UInt64(records))
    }

    /// Nobody could decide them any more, and while they stand the row is not told again.
    private func forgetUndecidedPenalties(
        where ofClaims: String,
        _ delivery: SQLiteValue
    ) throws {
        for row in try all("SELECT * FROM merchant_penalties WHERE \(ofClaims)", [delivery]) {
            let penalty = try PenaltyRecord(row: row)
            guard penalty.decision == nil else { continue }
            try run("DELETE FROM merchant_penalties WHERE id = ?", [.id(penalty.id)])
        }
    }
}

extension ErasureRecord {
    init(row: Row) throws {
        let table = "erasures"
        self.init(
            delivery: try row.required(DeliveryID(bytes: row.bytes("delivery")), table, "delivery"),
            platform: try row.platform(table),
            erasedAt: try row.required(row.instant("erased_at"), table, "erased_at"),
            requestSHA256: row.bytes("request_sha256"),
            count: try row.index(table, "records"),
            leafIndex: try row.index(table, "leaf_index"),
            overrideReason: row.optionalText("override_reason")
        )
    }
}
