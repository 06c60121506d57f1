import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    func makeReasksDue(of adapter: String, at instant: Instant) throws {
        try run(
            """
            UPDATE checks SET due_at = ?2 WHERE adapter = ?1 AND due_at > ?2
                AND due_at IS NOT NULL AND attempts > 0 AND leased_until IS NULL
            """,
            [.text(adapter), .instant(instant)]
        )
    }

    func degradedAdapter(_ id: String) throws -> DegradedAdapter? {
        try first("SELECT * FROM degraded_adapters WHERE adapter = ?", [.text(id)])
            .map { try DegradedAdapter(row: $0) }
    }

    func insert(_ adapter: DegradedAdapter) throws {
        try run(
            "INSERT INTO degraded_adapters (adapter, canaries, since) VALUES (?, ?, ?)",
            [
                .text(adapter.adapter),
                .blob(JSONValue.array(adapter.canaries.map { .string($0) }).serialized()),
                .instant(adapter.since),
            ]
        )
    }

    func removeDegradedAdapter(_ id: String) throws {
        try run("DELETE FROM degraded_adapters WHERE adapter = ?", [.text(id)])
    }
}

extension DegradedAdapter {
    init(row: Row) throws {
        let names = try row.required(
            (try? JSONValue.parse(row.bytes("canaries")))?.arrayValue,
            "degraded_adapters",
            "canaries"
        )
        self.init(
            adapter: try row.text("degraded_adapters", "adapter"),
            canaries: names.compactMap(\.stringValue),
            since: Instant(
                millisecondsSinceEpoch: try row.integer("degraded_adapters", "since"))
        )
    }
}
