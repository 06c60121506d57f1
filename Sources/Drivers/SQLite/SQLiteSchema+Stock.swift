extension SQLiteSchema {
    /// Registered stock: batches, their lines and the trees over these.
    ///
    /// Lines are appended in order and found by their place; a code is found by its fingerprint
    /// among the lines that stand for one and, apart, among the others; lines that were handed over
    /// by two small indexes.
    static let stock = [
        """
        CREATE TABLE stock_batches (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            registration_key TEXT,
            wrapped_data_key BLOB NOT NULL,
            sealed_secret BLOB NOT NULL,
            size INTEGER NOT NULL,
            range BLOB NOT NULL,
            told_through INTEGER,
            record BLOB NOT NULL,
            UNIQUE (platform, registration_key)
        ) STRICT
        """,
        """
        CREATE INDEX stock_batches_recalled ON stock_batches (number)
            WHERE told_through IS NOT NULL
        """,
        """
        CREATE TABLE stock_codes (
            batch INTEGER NOT NULL,
            position INTEGER NOT NULL,
            line INTEGER NOT NULL,
            platform INTEGER NOT NULL,
            fingerprint BLOB,
            is_standing INTEGER NOT NULL,
            rank INTEGER,
            classes TEXT NOT NULL,
            expires_on TEXT,
            issuer_state TEXT,
            sealed_code BLOB NOT NULL,
            hash BLOB NOT NULL,
            item INTEGER,
            sold_at INTEGER,
            outcome TEXT,
            PRIMARY KEY (batch, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE UNIQUE INDEX stock_codes_standing ON stock_codes (platform, fingerprint)
            WHERE is_standing = 1
        """,
        """
        CREATE INDEX stock_codes_beside ON stock_codes (platform, fingerprint)
            WHERE is_standing = 0 AND fingerprint IS NOT NULL
        """,
        "CREATE INDEX stock_codes_of_item ON stock_codes (item) WHERE item IS NOT NULL",
        """
        CREATE INDEX stock_codes_sold ON stock_codes (batch, position)
            WHERE item IS NOT NULL
        """,
        """
        CREATE TABLE stock_nodes (
            batch INTEGER NOT NULL,
            level INTEGER NOT NULL,
            position INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (batch, level, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE stock_recalls (
            batch INTEGER NOT NULL,
            delivery BLOB NOT NULL,
            told_at INTEGER NOT NULL,
            PRIMARY KEY (batch, delivery)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX stock_recalls_of_delivery ON stock_recalls (delivery)",
    ]
}
