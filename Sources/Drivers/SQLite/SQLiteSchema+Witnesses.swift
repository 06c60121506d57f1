extension SQLiteSchema {
    static let witnesses = [
        // One row a cosignature: every few seconds for each witness of a busy log, so the line is
        // kept and nothing that follows from it but the time.
        """
        CREATE TABLE cosignatures (
            platform INTEGER NOT NULL,
            size INTEGER NOT NULL,
            witness TEXT NOT NULL,
            line BLOB NOT NULL,
            cosigned_at INTEGER NOT NULL,
            PRIMARY KEY (platform, size, witness)
        ) STRICT, WITHOUT ROWID
        """,
        // Found without walking the cosignatures of all the others.
        """
        CREATE TABLE witness_positions (
            platform INTEGER NOT NULL,
            witness TEXT NOT NULL,
            size INTEGER NOT NULL,
            cosigned_at INTEGER NOT NULL,
            PRIMARY KEY (platform, witness)
        ) STRICT, WITHOUT ROWID
        """,
        // A checkpoint is marked under the quorum that it reached, so that one look finds the
        // next one, however long the witnesses were away.
        """
        CREATE TABLE cosigned_checkpoints (
            platform INTEGER NOT NULL,
            quorum BLOB NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (platform, quorum, size)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
