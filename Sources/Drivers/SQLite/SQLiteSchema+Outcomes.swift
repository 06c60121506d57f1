/// Outcomes of claims as they are published, and the count of orders that rates are shares of.
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
    ]
}
