extension SQLiteSchema {
    static let issuers = [
        // Done checks have no due time and take no place in either index. Two, because first asks
        // go before re-asks: in one index a lease would read past the whole backlog of a dead
        // issuer, on the writer that everybody shares.
        """
        CREATE INDEX checks_first ON checks (adapter, due_at)
            WHERE due_at IS NOT NULL AND attempts = 0
        """,
        """
        CREATE INDEX checks_again ON checks (adapter, due_at)
            WHERE due_at IS NOT NULL AND attempts > 0
        """,
        """
        CREATE TABLE degraded_adapters (
            adapter TEXT PRIMARY KEY,
            canaries BLOB NOT NULL,
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
