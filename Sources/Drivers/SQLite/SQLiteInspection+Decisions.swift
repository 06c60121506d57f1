import CardModel
import GRDB
import Gateway

extension SQLiteInspection {
    func decidedItems(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<DecidedItem> {
        // One walk over the items by number, and one look-up of a check and a delivery for each.
        try walk(
            "items", key: "number",
            """
            SELECT items.number, items.terms, items.delivered_at, items.decided_by, checks.decision
            FROM items LEFT JOIN checks ON checks.id = items.decided_by
            WHERE items.platform = ? AND items.decided_by IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM deliveries
                    WHERE id = items.delivery AND restricted_at IS NOT NULL)
            ORDER BY items.number
            """,
            [platform.rawValue]
        ) { try DecidedItem(row: $0) }
    }
}

extension DecidedItem {
    fileprivate init(row: Row) throws {
        let check = try row.required(
            CheckID(bytes: row.bytes("decided_by")), "items", "decided_by")
        let decision = try row.required(
            ItemDecision(check: check, storedBytes: row.bytes("decision")), "checks", "decision")
        let terms = try row.required(
            Stored<ItemTerms>(bytes: row.bytes("terms")), "items", "terms")
        self = try row.required(
            DecidedItem(
                terms: terms.value, deliveredAt: row.instant("delivered_at"),
                decision: decision),
            "checks", "decision")
    }
}
