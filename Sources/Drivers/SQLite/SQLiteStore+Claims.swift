public import CardModel
import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func claim(_ id: ClaimID) async throws(StoreError) -> ClaimRecord? {
        try await rows("SELECT record FROM claims WHERE id = ?", [Data(id.bytes)]) {
            try ClaimRecord(row: $0)
        }.first
    }

    public func claimHistory(_ id: ClaimID) async throws(StoreError) -> [ClaimHistoryEntry] {
        try await rows(
            "SELECT entry FROM claim_history WHERE claim = ? ORDER BY step",
            [Data(id.bytes)]
        ) {
            try $0.required(
                ClaimHistoryEntry(storedBytes: $0.bytes("entry")),
                "claim_history",
                "entry"
            )
        }
    }

    public func filings(of claim: ClaimID) async throws(StoreError) -> [FilingRecord] {
        try await rows(
            "SELECT record FROM filings WHERE claim = ? ORDER BY channel", [Data(claim.bytes)]
        ) { try FilingRecord(row: $0) }
    }

    public func claims(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await rows(
            """
            SELECT record FROM claims
            WHERE number > ifnull((SELECT number FROM claims WHERE id = ?1), 0)
                AND (?2 IS NULL OR platform = ?2) AND (?3 IS NULL OR merchant = ?3)
            ORDER BY number LIMIT ?4
            """,
            [cursor.map { Data($0.bytes) }, platform?.rawValue, merchant, limit]
        ) { try ClaimRecord(row: $0) }
    }

    public func claims(of item: ItemNumber) async throws(StoreError) -> [ClaimRecord] {
        try await rows(SQLiteQuery.claimsOfItem, [item.rawValue]) { try ClaimRecord(row: $0) }
    }

    public func claim(
        tracking: TrackingNumber
    ) async throws(StoreError) -> ClaimRecord? {
        try await rows("SELECT record FROM claims WHERE tracking = ?", [tracking.text]) {
            try ClaimRecord(row: $0)
        }.first
    }

    public func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        let value: (any DatabaseValueConvertible)? =
            switch source {
            case .merchant(let merchant): merchant
            case .batch(let batch): Data(batch.bytes)
            case .buyer(let code): Data(code)
            }
        let latest = try await rows(
            """
            SELECT record FROM claims WHERE platform = ? AND \(source.column) = ?
                AND filed_at > ? AND \(ClaimSource.isCounted)
            ORDER BY filed_at DESC, number DESC LIMIT ?
            """,
            [platform.rawValue, value, since.millisecondsSinceEpoch, limit]
        ) { try ClaimRecord(row: $0) }
        return latest.reversed()
    }

    public func claims(
        platform: PlatformNumber?,
        merchant: String?,
        dueBefore instant: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await rows(
            """
            SELECT record FROM claims WHERE due_at < ?1 AND (?2 IS NULL OR platform = ?2)
                AND (?3 IS NULL OR merchant = ?3)
            ORDER BY due_at, number LIMIT ?4
            """,
            [instant.millisecondsSinceEpoch, platform?.rawValue, merchant, limit]
        ) { try ClaimRecord(row: $0) }
    }

    public func dueRings(now: Instant, limit: Int) async throws(StoreError) -> [ClaimRing] {
        try await rows(
            """
            SELECT * FROM claim_rings WHERE rung_at IS NULL AND due_at <= ?
            ORDER BY due_at, claim, timer LIMIT ?
            """,
            [now.millisecondsSinceEpoch, limit]
        ) { try ClaimRing(row: $0) }
    }

    public func nextRingDue() async throws(StoreError) -> Instant? {
        try await rows(
            "SELECT min(due_at) AS due FROM claim_rings WHERE rung_at IS NULL", []
        ) { $0.instant("due") }.first ?? nil
    }

    // MARK: Remedies

    public func remedy(_ id: RemedyID) async throws(StoreError) -> RemedyRecord? {
        try await rows("SELECT record FROM remedies WHERE id = ?", [Data(id.bytes)]) {
            try RemedyRecord(row: $0)
        }.first
    }

    public func remedies(of claim: ClaimID) async throws(StoreError) -> [RemedyRecord] {
        try await rows(
            "SELECT record FROM remedies WHERE claim = ? ORDER BY attempt", [Data(claim.bytes)]
        ) { try RemedyRecord(row: $0) }
    }

    public func remedies(
        platform: PlatformNumber?,
        state: RemedyRecord.State?,
        after cursor: RemedyID?,
        limit: Int
    ) async throws(StoreError) -> [RemedyRecord] {
        try await rows(
            """
            SELECT record FROM remedies
            WHERE number > ifnull((SELECT number FROM remedies WHERE id = ?1), 0)
                AND (?2 IS NULL OR platform = ?2) AND (?3 IS NULL OR state = ?3)
            ORDER BY number LIMIT ?4
            """,
            [cursor.map { Data($0.bytes) }, platform?.rawValue, state?.rawValue, limit]
        ) { try RemedyRecord(row: $0) }
    }

    // MARK: The deposits' book

    public func ledgerBalances(
        platform: PlatformNumber,
        merchant: String?
    ) async throws(StoreError) -> [LedgerBalance] {
        let balances = try await rows(
            """
            SELECT account, currency, minor_units FROM ledger_balances
            WHERE platform = ? AND minor_units <> 0 ORDER BY account, currency
            """,
            [platform.rawValue]
        ) { row in
            LedgerBalance(
                account: try row.required(
                    LedgerAccount(name: row.text("ledger_balances", "account")),
                    "ledger_balances", "account"),
                balance: try row.required(
                    Money(
                        minorUnits: row.integer("ledger_balances", "minor_units"),
                        currency: row.text("ledger_balances", "currency")),
                    "ledger_balances", "currency")
            )
        }
        return balances.filter { merchant == nil || $0.account.merchant == merchant }
    }

    public func ledgerBalances(
        of account: LedgerAccount,
        platform: PlatformNumber
    ) async throws(StoreError) -> [Money] {
        try await rows(
            """
            SELECT currency, minor_units FROM ledger_balances
            WHERE platform = ? AND account = ? AND minor_units <> 0 ORDER BY currency
            """,
            [platform.rawValue, account.name]
        ) { row in
            try row.required(
                Money(
                    minorUnits: row.integer("ledger_balances", "minor_units"),
                    currency: row.text("ledger_balances", "currency")),
                "ledger_balances", "currency")
        }
    }

    public func ledgerEntries(
        platform: PlatformNumber,
        after cursor: Int64?,
        limit: Int
    ) async throws(StoreError) -> [(number: Int64, entry: LedgerEntry)] {
        try await rows(
            """
            SELECT * FROM ledger_entries WHERE platform = ? AND number > ?
            ORDER BY number LIMIT ?
            """,
            [platform.rawValue, cursor ?? 0, limit]
        ) { (try $0.integer("ledger_entries", "number"), try LedgerEntry(row: $0)) }
    }
}

// MARK: Accounts

extension SQLiteStore {
    public func addPartyAccount(_ account: PartyAccount) async throws(StoreError) -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO party_accounts (platform, name, token_digest, record)
                    VALUES (?, ?, ?, ?) ON CONFLICT (platform, name) DO NOTHING
                    """,
                arguments: [
                    account.platform.rawValue, account.name, Data(account.tokenDigest),
                    Data(account.storedBytes),
                ]
            )
            return database.changesCount > 0
        }
    }

    public func revokePartyAccount(
        platform: PlatformNumber,
        name: String,
        at instant: Instant
    ) async throws(StoreError) -> Bool {
        try await write { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT record FROM party_accounts WHERE platform = ? AND name = ?",
                arguments: [platform.rawValue, name]
            )
            guard let row else { return false }
            var account = try PartyAccount(row: row)
            guard account.revokedAt == nil else { return false }
            account.revokedAt = instant
            try database.execute(
                sql: "UPDATE party_accounts SET record = ? WHERE platform = ? AND name = ?",
                arguments: [Data(account.storedBytes), platform.rawValue, name]
            )
            return true
        }
    }

    public func partyAccount(tokenDigest: [UInt8]) async throws(StoreError) -> PartyAccount? {
        try await rows(
            "SELECT record FROM party_accounts WHERE token_digest = ?", [Data(tokenDigest)]
        ) { try PartyAccount(row: $0) }.first
    }

    public func partyAccounts(
        platform: PlatformNumber
    ) async throws(StoreError) -> [PartyAccount] {
        try await rows(
            "SELECT record FROM party_accounts WHERE platform = ? ORDER BY name",
            [platform.rawValue]
        ) { try PartyAccount(row: $0) }
    }
}

extension PartyAccount {
    fileprivate init(row: Row) throws {
        self = try row.required(
            PartyAccount(storedBytes: row.bytes("record")), "party_accounts", "record")
    }
}
