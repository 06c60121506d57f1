/// Outages that somebody declared.
extension SQLiteSchema {
    static let incidents = [
        // `reaches_until` is the end, or the largest integer while there is none: so one range of
        // an index holds what a decision reads.
        """
        CREATE TABLE incidents (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            declared_at INTEGER NOT NULL,
            reaches_until INTEGER NOT NULL,
            idempotency_key TEXT,
            record BLOB NOT NULL,
            UNIQUE (platform, idempotency_key)
        ) STRICT
        """,
        "CREATE INDEX incidents_reaching ON incidents (platform, reaches_until)",
        "CREATE INDEX incidents_declared ON incidents (platform, declared_at)",
    ]
}
