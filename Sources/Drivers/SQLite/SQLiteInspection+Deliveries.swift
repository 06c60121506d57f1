import CardModel
import Foundation
import GRDB
import Gateway
import WireFormat

/// Deliveries with their rows, by the indexes that lead from a delivery to them. A row that an
/// index has lost is found by SQLite's own check of its indexes.
extension SQLiteInspection {
    func deliveries() throws(InspectionFailure) -> RowWalk<InspectedDelivery> {
        let deliveries = try walk(
            "deliveries", key: "id", "SELECT * FROM deliveries ORDER BY id"
        ) { try DeliveryRecord(row: $0) }
        return { () throws(InspectionFailure) in
            guard let next = try deliveries() else { return nil }
            switch next {
            case .unreadable(let place): return .unreadable(place)
            case .row(let record): return .row(try whole(record))
            }
        }
    }

    func erasures() throws(InspectionFailure) -> RowWalk<InspectedErasure> {
        let erasures = try walk(
            "erasures", key: "delivery", "SELECT * FROM erasures ORDER BY delivery"
        ) { try ErasureRecord(row: $0) }
        return { () throws(InspectionFailure) in
            guard let next = try erasures() else { return nil }
            switch next {
            case .unreadable(let place): return .unreadable(place)
            case .row(let record):
                let lost = LostRows()
                let id = record.delivery
                return .row(
                    InspectedErasure(
                        record: record,
                        notices: try notices(of: id, lost),
                        entries: try entries(of: id, lost),
                        unreadable: lost.places
                    )
                )
            }
        }
    }

    /// Table, key, column, and where the row that it names must be.
    private static let references: [(String, String, String, String)] = [
        ("notices", "number", "delivery", "known_deliveries.id"),
        ("notices", "number", "platform", "platforms.number"),
        ("data_keys", "notice", "notice", "notices.number"),
        ("deliveries", "id", "first_notice", "notices.number"),
        ("items", "number", "delivery", "deliveries.id"),
        ("items", "number", "decided_by", "checks.id"),
        ("holders", "fingerprint", "item", "items.number"),
        ("code_repeats", "fingerprint", "item", "items.number"),
        ("checks", "id", "item", "items.number"),
        ("claims", "id", "item", "items.number"),
        ("claim_history", "claim", "claim", "claims.id"),
        ("claim_idempotency_keys", "claim", "claim", "claims.id"),
        ("claim_rings", "claim", "claim", "claims.id"),
        ("filings", "claim", "claim", "claims.id"),
        ("remedies", "id", "claim", "claims.id"),
        ("remedies", "id", "replacement", "items.number"),
        ("ledger_entries", "number", "claim", "known_claims.id"),
        ("ledger_entries", "number", "platform", "platforms.number"),
        ("ledger_balances", "account", "platform", "platforms.number"),
        ("party_accounts", "name", "platform", "platforms.number"),
        ("claim_outcomes", "number", "claim", "claims.id"),
        ("claim_outcomes", "number", "platform", "platforms.number"),
        ("merchant_penalties", "id", "claim", "claims.id"),
        ("merchant_penalties", "id", "platform", "platforms.number"),
        ("consents", "id", "item", "items.number"),
        ("redemptions", "order_number", "item", "items.number"),
        ("redemption_callbacks", "order_number", "order_number", "redemptions.order_number"),
        ("attachments", "id", "delivery", "deliveries.id"),
        ("attachments", "id", "notice", "notices.number"),
        ("self_test_spending", "delivery", "delivery", "deliveries.id"),
        ("erased_names", "id", "delivery", "erasures.delivery"),
        ("events", "id", "platform", "platforms.number"),
        ("incidents", "id", "platform", "platforms.number"),
        ("entries", "position", "notice", "notices.number"),
        ("entries", "position", "batch", "stock_batches.number"),
        ("stock_batches", "id", "platform", "platforms.number"),
        ("stock_codes", "position", "batch", "stock_batches.number"),
        ("stock_codes", "position", "item", "items.number"),
        ("stock_nodes", "position", "batch", "stock_batches.number"),
        ("stock_recalls", "delivery", "batch", "stock_batches.number"),
        ("stock_recalls", "delivery", "delivery", "deliveries.id"),
        ("entries", "position", "(position >> 40)", "platforms.number"),
        ("nodes", "position", "platform", "platforms.number"),
        ("logs", "origin", "platform", "platforms.number"),
        ("checkpoints", "size", "platform", "platforms.number"),
        ("log_heads", "platform", "platform", "platforms.number"),
    ]

    func strays() throws(InspectionFailure) -> RowWalk<StorePlace> {
        let parts = Self.references.map { table, key, column, target -> String in
            let (other, wanted) = target.split(separator: ".").pair
            let value = column.qualified(by: table)
            return """
                SELECT '\(table)' AS place, \(key) AS key, '\(column)' AS names FROM \(table)
                WHERE \(column) IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM \(other) AS t WHERE t.\(wanted) = \(value))
                """
        }
        // What was erased is known, too.
        let known = """
            WITH known_deliveries (id) AS (
                SELECT id FROM deliveries UNION ALL SELECT delivery FROM erasures),
            known_claims (id) AS (SELECT id FROM claims UNION ALL SELECT id FROM erased_names)
            """
        let sql: String = known + parts.joined(separator: " UNION ALL ")
        return try walk("sqlite", key: "key", sql) {
            StorePlace(
                $0.optionalText("place") ?? "", key: $0.keyText("key"),
                column: $0.optionalText("names") ?? "")
        }
    }

    func loose() throws(InspectionFailure) -> RowWalk<StorePlace> {
        let events = try walk("events", key: "id", "SELECT * FROM events ORDER BY id") {
            _ = try EventRecord(row: $0)
            return StorePlace("events")
        }
        let adapters = try walk(
            "degraded_adapters", key: "adapter", "SELECT * FROM degraded_adapters"
        ) {
            _ = try DegradedAdapter(row: $0)
            return StorePlace("degraded_adapters")
        }
        let deliveries = try walk(
            "merchant_deliveries", key: "merchant", "SELECT * FROM merchant_deliveries"
        ) {
            _ = try $0.text("merchant_deliveries", "merchant")
            _ = try $0.integer("merchant_deliveries", "day")
            _ = try $0.count("merchant_deliveries", "deliveries")
            return StorePlace("merchant_deliveries")
        }
        let spending = try walk(
            "self_test_spending", key: "delivery", "SELECT * FROM self_test_spending"
        ) {
            _ = try $0.integer("self_test_spending", "since")
            _ = try $0.count("self_test_spending", "inquiries")
            return StorePlace("self_test_spending")
        }
        let penalties = try walk(
            "merchant_penalties", key: "id", "SELECT * FROM merchant_penalties ORDER BY number"
        ) {
            _ = try PenaltyRecord(row: $0)
            return StorePlace("merchant_penalties")
        }
        return { () throws(InspectionFailure) in
            if let next = try events() { return next }
            if let next = try adapters() { return next }
            if let next = try penalties() { return next }
            if let next = try deliveries() { return next }
            return try spending()
        }
    }
}

extension [Substring] {
    fileprivate var pair: (Substring, Substring) { (self[0], self[1]) }
}

extension String {
    /// A column of the outer table inside a subquery.
    fileprivate func qualified(by table: String) -> String {
        hasPrefix("(") ? "(\(table).\(dropFirst())" : "\(table).\(self)"
    }
}

extension SQLiteInspection {
    private func whole(_ record: DeliveryRecord) throws(InspectionFailure) -> InspectedDelivery {
        var delivery = InspectedDelivery(record: record)
        let lost = LostRows()
        let id = record.id
        let ofItems = "item IN (SELECT number FROM items WHERE delivery = ?)"
        delivery.notices = try notices(of: id, lost)
        delivery.items = try rows("items", key: "number", SQLiteQuery.itemsOfDelivery, id, lost) {
            try InspectedDelivery.Item(inspecting: $0)
        }
        delivery.checks = try rows(
            "checks", key: "id", "SELECT * FROM checks WHERE \(ofItems) ORDER BY id", id, lost
        ) { row in
            let check = try CheckRecord(row: row)
            try row.expect(check.decision?.storedBytes, in: "decision", of: "checks")
            return check
        }
        delivery.holders = try rows(
            "holders", key: "fingerprint", "SELECT * FROM holders WHERE \(ofItems)", id, lost
        ) { try InspectedDelivery.Holder(row: $0, of: "holders") }
        delivery.repeats = try rows(
            "code_repeats", key: "fingerprint", "SELECT * FROM code_repeats WHERE \(ofItems)", id,
            lost
        ) { try InspectedDelivery.Holder(row: $0, of: "code_repeats") }
        delivery.claims = try rows(
            "claims", key: "id", "SELECT * FROM claims WHERE \(ofItems) ORDER BY number", id, lost
        ) { try InspectedDelivery.Claim(row: $0, in: self, lost) }
        delivery.consents = try rows(
            "consents", key: "id", "SELECT * FROM consents WHERE \(ofItems) ORDER BY number", id,
            lost
        ) { try ConsentRecord(row: $0) }
        delivery.redemptions = try rows(
            "redemptions", key: "order_number",
            "SELECT * FROM redemptions WHERE \(ofItems) ORDER BY sequence", id, lost
        ) { try RedemptionRecord(row: $0) }
        delivery.attachments = try rows(
            "attachments", key: "id", SQLiteQuery.attachmentsOfDelivery, id, lost
        ) { try AttachmentRecord(row: $0) }
        delivery.entries = try entries(of: id, lost)
        delivery.unreadable = lost.places
        return delivery
    }

    private func notices(
        of id: DeliveryID,
        _ lost: LostRows
    ) throws(InspectionFailure) -> [InspectedDelivery.Notice] {
        try rows(
            "notices", key: "number",
            """
            SELECT notices.*, data_keys.wrapped FROM notices
            LEFT JOIN data_keys ON data_keys.notice = notices.number
            WHERE delivery = ? ORDER BY number
            """,
            id, lost
        ) {
            InspectedDelivery.Notice(
                number: NoticeNumber(rawValue: try $0.integer("notices", "number")),
                record: try NoticeRecord(row: $0),
                wrappedDataKey: $0.optionalBytes("wrapped")
            )
        }
    }

    private func entries(
        of id: DeliveryID,
        _ lost: LostRows
    ) throws(InspectionFailure) -> [InspectedEntry] {
        try rows(
            "entries", key: "position",
            """
            SELECT * FROM entries
            WHERE notice IN (SELECT number FROM notices WHERE delivery = ?) ORDER BY position
            """,
            id, lost
        ) { try InspectedEntry(row: $0) }
    }

    /// The rows of one table that belong to a delivery; those that cannot be read are `lost`.
    private func rows<Value>(
        _ table: String,
        key: String,
        _ sql: String,
        _ id: DeliveryID,
        _ lost: LostRows,
        _ read: (Row) throws -> Value
    ) throws(InspectionFailure) -> [Value] {
        let inspected = try calling(StorePlace(table)) {
            try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [Data(id.bytes)])
                .map { try Self.inspected($0, table: table, key: key, read) }
        }
        var values: [Value] = []
        for row in inspected {
            switch row {
            case .row(let value): values.append(value)
            case .unreadable(let place): lost.places.append(place)
            }
        }
        return values
    }
}

/// Rows of one delivery that cannot be read, as they are met.
private final class LostRows {
    var places: [StorePlace] = []
}

/// A stored text is what its value is written as, byte for byte: a member with a bent name would
/// be read as one that is missing.
extension Row {
    func expect(_ bytes: [UInt8]?, in column: String, of table: String) throws {
        guard optionalBytes(column) == bytes else {
            throw UnreadableRow(table: table, column: column)
        }
    }

    fileprivate func historyEntry() throws -> ClaimHistoryEntry {
        let entry = try required(
            ClaimHistoryEntry(storedBytes: bytes("entry")), "claim_history", "entry")
        try expect(entry.storedBytes, in: "entry", of: "claim_history")
        return entry
    }
}

extension InspectedDelivery.Item {
    fileprivate init(inspecting row: Row) throws {
        let record = try ItemRecord(row: row)
        try row.expect(record.terms.value.storedBytes, in: "terms", of: "items")
        try row.expect(record.standing?.storedBytes, in: "standing", of: "items")
        self.init(record: record, line: try row.integer("items", "line"))
    }
}

extension InspectedDelivery.Holder {
    fileprivate init(row: Row, of table: String) throws {
        self.init(
            fingerprint: try row.required(
                CardFingerprint(bytes: row.bytes("fingerprint")), table, "fingerprint"),
            platform: try row.platform(table),
            item: ItemNumber(rawValue: try row.integer(table, "item"))
        )
    }
}

extension InspectedDelivery.Claim {
    fileprivate init(row: Row, in inspection: SQLiteInspection, _ lost: LostRows) throws {
        let id = row.bytes("id")
        var history: [(step: Int64, entry: ClaimHistoryEntry)] = []
        let rows = try Row.fetchAll(
            inspection.database.cachedStatement(
                sql: "SELECT * FROM claim_history WHERE claim = ? ORDER BY step"),
            arguments: [Data(id)]
        )
        for step in rows {
            let read = try SQLiteInspection.inspected(step, table: "claim_history", key: "claim") {
                (
                    step: try $0.integer("claim_history", "step"),
                    entry: try $0.historyEntry()
                )
            }
            switch read {
            case .row(let entry): history.append(entry)
            case .unreadable(let place): lost.places.append(place)
            }
        }
        let record = try ClaimRecord(row: row)
        try row.expect(record.storedBytes, in: "record", of: "claims")
        self.init(
            id: id,
            platform: try row.platform("claims"),
            item: ItemNumber(rawValue: try row.integer("claims", "item")),
            merchant: try row.text("claims", "merchant"),
            batch: row.optionalBytes("batch"),
            buyerCode: row.optionalBytes("buyer_code"),
            filedAt: row.instant("filed_at"),
            against: try row.text("claims", "against"),
            family: try row.text("claims", "family"),
            demand: try row.text("claims", "demand"),
            state: try row.text("claims", "state"),
            tracking: try row.text("claims", "tracking"),
            dueAt: row.instant("due_at"),
            record: record,
            history: history,
            outcomes: try inspection.outcomes(ofClaim: id)
        )
        try inspection.readSurroundings(of: &self) { lost.places.append($0) }
    }
}
