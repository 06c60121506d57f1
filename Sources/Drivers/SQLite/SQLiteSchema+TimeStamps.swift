extension SQLiteSchema {
    static let timeStamps = [
        // The certificates of a chain, and its revocation lists, are the same for many stamps.
        """
        CREATE TABLE time_stamp_texts (
            number INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            text TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE time_stamps (
            number INTEGER PRIMARY KEY,
            platform INTEGER NOT NULL,
            anchor_index INTEGER NOT NULL,
            first_index INTEGER NOT NULL,
            size INTEGER NOT NULL,
            checkpoint BLOB NOT NULL,
            authority TEXT NOT NULL,
            policy TEXT NOT NULL,
            gen_time INTEGER NOT NULL,
            accuracy_ms INTEGER NOT NULL,
            token BLOB NOT NULL,
            chain INTEGER NOT NULL REFERENCES time_stamp_texts,
            revocation_lists INTEGER NOT NULL REFERENCES time_stamp_texts,
            list_text BLOB,
            list_index INTEGER,
            list_count INTEGER,
            list_path BLOB,
            UNIQUE (platform, anchor_index)
        ) STRICT
        """,
        "CREATE INDEX time_stamps_of_log ON time_stamps (platform, first_index, anchor_index)",
        "CREATE INDEX time_stamps_by_authority ON time_stamps (platform, authority, anchor_index)",
    ]
}
