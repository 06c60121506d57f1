import GRDB
import Gateway

extension SQLiteInspection {
    func incidents(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<IncidentRecord> {
        try walk(
            "incidents", key: "id", "SELECT * FROM incidents WHERE platform = ? ORDER BY number",
            [platform.rawValue]
        ) { try IncidentRecord(inspecting: $0) }
    }
}

extension IncidentRecord {
    /// The record, beside which the other columns say nothing else.
    fileprivate init(inspecting row: Row) throws {
        try self.init(row: row)
        let agreeing = [
            "id": row.bytes("id") == id.bytes,
            "platform": row.optionalInteger("platform") == platform.rawValue,
            "declared_at": row.instant("declared_at") == declaredAt,
            "reaches_until": row.optionalInteger("reaches_until") == lastMillisecond,
            "idempotency_key": row.optionalText("idempotency_key") == idempotency?.key,
        ]
        if let column = agreeing.filter({ !$0.value }).keys.min() {
            throw UnreadableRow(table: "incidents", column: column)
        }
    }
}
