extension SQLiteSchema {
    /// What is left of what was erased, and how all that belongs to a delivery is found: the
    /// indexes grow at their right edge, as items and notices do, so a batch dirties one page each.
    static let erasures = [
        """
        CREATE TABLE erasures (
            delivery BLOB PRIMARY KEY,
            platform INTEGER NOT NULL,
            erased_at INTEGER NOT NULL,
            request_sha256 BLOB NOT NULL,
            records INTEGER NOT NULL,
            leaf_index INTEGER NOT NULL,
            override_reason TEXT
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE erased_names (
            id BLOB PRIMARY KEY,
            delivery BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX entries_of_notice ON entries (notice) WHERE notice IS NOT NULL",
        """
        CREATE INDEX entries_of_the_log ON entries (position)
            WHERE notice IS NULL AND batch IS NULL
        """,
        "CREATE INDEX checks_of_item ON checks (item)",
        "CREATE INDEX holders_of_item ON holders (item)",
        "CREATE INDEX notices_of_delivery ON notices (delivery)",
        """
        CREATE INDEX deliveries_restricted ON deliveries (restricted_at)
            WHERE restricted_at IS NOT NULL
        """,
    ]
}
