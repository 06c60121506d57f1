extension SQLiteSchema {
    /// Attachments; their contents lie in files beside the store.
    static let attachments = [
        """
        CREATE TABLE attachments (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            delivery BLOB NOT NULL,
            notice INTEGER NOT NULL,
            giver TEXT NOT NULL,
            source TEXT NOT NULL,
            slot TEXT NOT NULL,
            media_type TEXT NOT NULL,
            byte_count INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            added_at INTEGER NOT NULL,
            leaf_index INTEGER NOT NULL,
            UNIQUE (delivery, sha256, slot, giver, source)
        ) STRICT
        """
    ]
}
