/// Outcomes of claims as they are published, the count of orders that rates are shares of, and what
/// merchants were told of their conduct.
extension SQLiteSchema {
    static let outcomes = [
        // The two constraints keep numbers and closing leaves apart: one outcome has each.
        """
        CREATE TABLE claim_outcomes (
            platform INTEGER NOT NULL,
            number INTEGER NOT NULL,
            merchant TEXT NOT NULL,
            claim BLOB,
            leaf_index INTEGER NOT NULL,
            disclosure TEXT NOT NULL,
            PRIMARY KEY (platform, number),
            UNIQUE (platform, leaf_index)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX claim_outcomes_of_merchant ON claim_outcomes (platform, merchant, number)",
        """
        CREATE INDEX claim_outcomes_of_claim ON claim_outcomes (claim, number)
            WHERE claim IS NOT NULL
        """,
        // Days are counted from 1 January 1970 in UTC.
        """
        CREATE TABLE merchant_deliveries (
            platform INTEGER NOT NULL,
            merchant TEXT NOT NULL,
            day INTEGER NOT NULL,
            deliveries INTEGER NOT NULL,
            PRIMARY KEY (platform, merchant, day)
        ) STRICT, WITHOUT ROWID
        """,
        // The last constraint decides that a row of the ladder is told once in a period.
        """
        CREATE TABLE merchant_penalties (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            platform INTEGER NOT NULL,
            merchant TEXT NOT NULL,
            ladder_row TEXT NOT NULL,
            period INTEGER NOT NULL,
            claim BLOB,
            record BLOB NOT NULL,
            UNIQUE (platform, merchant, ladder_row, period)
        ) STRICT
        """,
        """
        CREATE INDEX merchant_penalties_of_claim ON merchant_penalties (claim)
            WHERE claim IS NOT NULL
        """,
    ]
}
