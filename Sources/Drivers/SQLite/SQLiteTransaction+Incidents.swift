import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    func insert(_ incident: IncidentRecord) throws {
        try run(
            """
            INSERT INTO incidents (id, platform, declared_at, reaches_until, idempotency_key,
                record)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(incident.id), .platform(incident.platform), .instant(incident.declaredAt),
                incident.reachesUntil, SQLiteValue(incident.idempotency?.key),
                .blob(incident.storedBytes),
            ]
        )
    }

    func update(_ incident: IncidentRecord) throws {
        try run(
            "UPDATE incidents SET reaches_until = ?, record = ? WHERE id = ?",
            [incident.reachesUntil, .blob(incident.storedBytes), .id(incident.id)]
        )
    }

    func incident(_ id: IncidentID) throws -> IncidentRecord? {
        try first("SELECT record FROM incidents WHERE id = ?", [.id(id)])
            .map { try IncidentRecord(row: $0) }
    }

    func incident(
        declaredUnder key: String,
        platform: PlatformNumber
    ) throws -> IncidentRecord? {
        try first(
            "SELECT record FROM incidents WHERE platform = ? AND idempotency_key = ?",
            [.platform(platform), .text(key)]
        ).map { try IncidentRecord(row: $0) }
    }

    func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) throws -> [IncidentRecord] {
        try all(SQLiteQuery.incidentsReachingPast, [.platform(platform), .instant(instant)])
            .map { try IncidentRecord(row: $0) }.byStart
    }

    func incidentCount(
        of platform: PlatformNumber,
        declaredSince instant: Instant
    ) throws -> Int {
        try first(
            "SELECT count(*) AS n FROM incidents WHERE platform = ? AND declared_at > ?",
            [.platform(platform), .instant(instant)]
        ).map { try $0.count("incidents", "n") } ?? 0
    }
}

extension SQLiteQuery {
    static let incidentsReachingPast =
        "SELECT record FROM incidents WHERE platform = ? AND reaches_until > ?"
}

extension IncidentRecord {
    init(row: Row) throws {
        self = try row.required(
            IncidentRecord(storedBytes: row.bytes("record")), "incidents", "record")
    }

    fileprivate var reachesUntil: SQLiteValue { .integer(lastMillisecond) }

    /// Of its end; the largest there is while it is open.
    var lastMillisecond: Int64 { end?.at.millisecondsSinceEpoch ?? Int64.max }
}

extension [IncidentRecord] {
    /// In the order in which they began; of those that began together, as they were declared.
    var byStart: [IncidentRecord] {
        sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }
}
