import GRDB

/// The schema, as steps that only ever grow once they were released. Before the first release the
/// one step there is changes in place, under a new name, so that a file of an earlier build is
/// refused and not misread.
///
/// Rows that are appended in time order have integer keys or time-ordered identifiers, so that
/// inserts stay at the right edge of their B-trees; only the unique constraints that decide
/// (webhook ids, orders, fingerprints) are random.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(
            "1 gateway, logs, witnesses, stamps, erasures, stock, claims, judgements, outcomes, "
                + "repeats, incidents, penalties, demands"
        ) {
            database in
            let statements =
                tenants + deliveries + work + redemptions + claims + log + witnesses + timeStamps
                + issuers + quarantine + attachments + erasures + stock + outcomes + incidents
            for statement in statements {
                try database.execute(sql: statement)
            }
        }
        return migrator
    }

    private static let tenants = [
        """
        CREATE TABLE deployment_secrets (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            sealed BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE platforms (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            origin TEXT NOT NULL UNIQUE,
            log_ordinal INTEGER NOT NULL,
            events_url TEXT,
            sealed_secrets BLOB NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE policies (
            hash BLOB PRIMARY KEY,
            text BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let deliveries = [
        """
        CREATE TABLE notices (
            number INTEGER PRIMARY KEY,
            platform INTEGER NOT NULL,
            webhook_id TEXT,
            body_code BLOB NOT NULL,
            delivery BLOB NOT NULL,
            stage TEXT NOT NULL,
            accepted_at INTEGER NOT NULL,
            answer_items BLOB NOT NULL,
            answer_ignored BLOB NOT NULL,
            leaf_index INTEGER NOT NULL,
            UNIQUE (platform, webhook_id)
        ) STRICT
        """,
        // Apart from what they open, so that erasing a notice is one small row.
        """
        CREATE TABLE data_keys (
            notice INTEGER PRIMARY KEY,
            wrapped BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE deliveries (
            id BLOB PRIMARY KEY,
            platform INTEGER NOT NULL,
            order_id TEXT NOT NULL,
            first_notice INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            buyer_code BLOB,
            restricted_at INTEGER,
            UNIQUE (platform, order_id)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE items (
            number INTEGER PRIMARY KEY,
            platform INTEGER NOT NULL,
            delivery BLOB NOT NULL,
            line INTEGER NOT NULL,
            code_fingerprint BLOB NOT NULL,
            terms BLOB NOT NULL,
            sealed_code BLOB NOT NULL,
            notice INTEGER NOT NULL,
            check_id BLOB NOT NULL,
            delivered_at INTEGER,
            decided_by BLOB,
            standing BLOB,
            UNIQUE (delivery, line, code_fingerprint)
        ) STRICT
        """,
        """
        CREATE TABLE holders (
            fingerprint BLOB NOT NULL,
            platform INTEGER NOT NULL,
            item INTEGER NOT NULL,
            PRIMARY KEY (fingerprint, platform)
        ) STRICT, WITHOUT ROWID
        """,
        // Items with a code that another one holds; there are few.
        """
        CREATE TABLE code_repeats (
            fingerprint BLOB NOT NULL,
            platform INTEGER NOT NULL,
            item INTEGER NOT NULL,
            PRIMARY KEY (fingerprint, platform, item)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX code_repeats_of_item ON code_repeats (item)",
    ]

    private static let work = [
        """
        CREATE TABLE checks (
            id BLOB PRIMARY KEY,
            item INTEGER NOT NULL,
            platform INTEGER NOT NULL,
            stage TEXT NOT NULL,
            requester TEXT NOT NULL,
            adapter TEXT,
            due_at INTEGER,
            leased_until INTEGER,
            attempts INTEGER NOT NULL,
            first_asked_at INTEGER,
            created_at INTEGER NOT NULL,
            decision BLOB,
            continuation TEXT,
            polls INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE events (
            id BLOB PRIMARY KEY,
            platform INTEGER NOT NULL,
            type TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            data BLOB NOT NULL,
            attempts INTEGER NOT NULL,
            next_attempt_at INTEGER,
            delivered_at INTEGER
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE INDEX events_due ON events (platform, next_attempt_at)
            WHERE next_attempt_at IS NOT NULL
        """,
        """
        CREATE TABLE self_test_spending (
            delivery BLOB PRIMARY KEY,
            since INTEGER NOT NULL,
            inquiries INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let redemptions = [
        """
        CREATE TABLE consents (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            item INTEGER NOT NULL,
            operation TEXT NOT NULL,
            given_by TEXT NOT NULL,
            given_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            statement_sha256 BLOB,
            sealed_beneficiary BLOB,
            leaf_index INTEGER NOT NULL,
            idempotency_key TEXT,
            act_code BLOB,
            UNIQUE (item, idempotency_key)
        ) STRICT
        """,
        // `held` is the fingerprint, and null once the order took nothing: nulls are all
        // different, so one order at most holds a code.
        """
        CREATE TABLE redemptions (
            sequence INTEGER PRIMARY KEY,
            order_number INTEGER NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            item INTEGER NOT NULL,
            check_id BLOB NOT NULL,
            consent BLOB NOT NULL,
            adapter TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            held BLOB,
            state TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            polls INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            placed_at INTEGER,
            due_at INTEGER,
            leased_until INTEGER,
            word_at INTEGER,
            UNIQUE (held, platform)
        ) STRICT
        """,
        """
        CREATE INDEX redemptions_due ON redemptions (adapter, due_at) WHERE due_at IS NOT NULL
        """,
        "CREATE INDEX redemptions_of_item ON redemptions (item)",
        """
        CREATE TABLE redemption_callbacks (
            order_number INTEGER NOT NULL,
            digest BLOB NOT NULL,
            received_at INTEGER NOT NULL,
            PRIMARY KEY (order_number, digest)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    /// Indexes of entries and sizes of checkpoints count on over all logs of a platform
    /// (`LogRecord`); a head alone has the size and the range of its own log.
    private static let log = [
        """
        CREATE TABLE logs (
            platform INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            first_index INTEGER NOT NULL,
            end_index INTEGER,
            origin TEXT NOT NULL UNIQUE,
            vkey TEXT NOT NULL,
            begun_at INTEGER NOT NULL,
            PRIMARY KEY (platform, ordinal)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE log_heads (
            platform INTEGER PRIMARY KEY,
            size INTEGER NOT NULL,
            range BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE checkpoints (
            platform INTEGER NOT NULL,
            size INTEGER NOT NULL,
            note BLOB NOT NULL,
            signed_at INTEGER NOT NULL,
            PRIMARY KEY (platform, size)
        ) STRICT, WITHOUT ROWID
        """,
        // The key is `LogPosition`: platform and index in one integer, so that a platform's entries
        // lie together and are appended in order.
        """
        CREATE TABLE entries (
            position INTEGER PRIMARY KEY,
            leaf BLOB NOT NULL,
            hash BLOB NOT NULL,
            sealed_record BLOB NOT NULL,
            notice INTEGER,
            batch INTEGER
        ) STRICT
        """,
        // A position is among all of the platform's nodes of the level (`LogRecord.firstNode`).
        """
        CREATE TABLE nodes (
            platform INTEGER NOT NULL,
            level INTEGER NOT NULL,
            position INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (platform, level, position)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let quarantine = [
        """
        CREATE TABLE quarantine (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            platform INTEGER NOT NULL,
            shop TEXT NOT NULL,
            reason TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            identity BLOB NOT NULL,
            sealed_message BLOB NOT NULL,
            wrapped_data_key BLOB NOT NULL,
            UNIQUE (platform, identity)
        ) STRICT
        """
    ]
}
