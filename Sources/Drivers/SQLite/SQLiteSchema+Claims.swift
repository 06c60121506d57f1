/// Claims, their clocks, the attempts to make them good, and the deposits' book.
extension SQLiteSchema {
    static let claims = [
        """
        CREATE TABLE claims (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            item INTEGER NOT NULL,
            merchant TEXT NOT NULL,
            batch BLOB,
            buyer_code BLOB,
            filed_at INTEGER NOT NULL,
            against TEXT NOT NULL,
            family TEXT NOT NULL,
            demand TEXT NOT NULL,
            state TEXT NOT NULL,
            tracking TEXT NOT NULL UNIQUE,
            due_at INTEGER,
            record BLOB NOT NULL,
            UNIQUE (item, family)
        ) STRICT
        """,
        "CREATE INDEX claims_due ON claims (due_at) WHERE due_at IS NOT NULL",
        // Patterns are looked for by who sold, by batch and by buyer.
        "CREATE INDEX claims_of_merchant ON claims (platform, merchant, filed_at)",
        """
        CREATE INDEX claims_of_batch ON claims (platform, batch, filed_at)
            WHERE batch IS NOT NULL
        """,
        """
        CREATE INDEX claims_of_buyer ON claims (platform, buyer_code, filed_at)
            WHERE buyer_code IS NOT NULL
        """,
        """
        CREATE TABLE party_accounts (
            platform INTEGER NOT NULL,
            name TEXT NOT NULL,
            token_digest BLOB NOT NULL UNIQUE,
            record BLOB NOT NULL,
            PRIMARY KEY (platform, name)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE claim_history (
            claim BLOB NOT NULL,
            step INTEGER NOT NULL,
            entry BLOB NOT NULL,
            PRIMARY KEY (claim, step)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE filings (
            claim BLOB NOT NULL,
            channel TEXT NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (claim, channel)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE claim_idempotency_keys (
            claim BLOB NOT NULL,
            key TEXT NOT NULL,
            act_code BLOB NOT NULL,
            PRIMARY KEY (claim, key)
        ) STRICT, WITHOUT ROWID
        """,
        // A round rings once: its row is written once, and gets its time once.
        """
        CREATE TABLE claim_rings (
            claim BLOB NOT NULL,
            timer TEXT NOT NULL,
            round INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            rung_at INTEGER,
            PRIMARY KEY (claim, timer, round)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX claim_rings_due ON claim_rings (due_at) WHERE rung_at IS NULL",
        """
        CREATE TABLE remedies (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            claim BLOB NOT NULL,
            attempt INTEGER NOT NULL,
            state TEXT NOT NULL,
            replacement INTEGER,
            record BLOB NOT NULL,
            UNIQUE (claim, attempt)
        ) STRICT
        """,
        "CREATE INDEX remedies_of_code ON remedies (replacement) WHERE replacement IS NOT NULL",
        """
        CREATE TABLE ledger_entries (
            number INTEGER PRIMARY KEY,
            platform INTEGER NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            merchant TEXT,
            claim BLOB,
            currency TEXT NOT NULL,
            reference TEXT,
            posted BLOB NOT NULL,
            UNIQUE (platform, key)
        ) STRICT
        """,
        """
        CREATE INDEX ledger_payouts ON ledger_entries (platform, merchant, at)
            WHERE kind IN ('payout', 'cancellation')
        """,
        """
        CREATE INDEX ledger_withdrawals ON ledger_entries (platform, merchant, at)
            WHERE kind = 'withdrawal'
        """,
        """
        CREATE TABLE ledger_balances (
            platform INTEGER NOT NULL,
            account TEXT NOT NULL,
            currency TEXT NOT NULL,
            minor_units INTEGER NOT NULL,
            PRIMARY KEY (platform, account, currency)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
