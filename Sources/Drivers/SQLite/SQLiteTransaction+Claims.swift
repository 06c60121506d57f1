import CardModel
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    // MARK: Claims

    func insert(_ claim: ClaimRecord) throws -> Bool {
        try run(
            """
            INSERT INTO claims (id, platform, item, merchant, batch, buyer_code, filed_at, against,
                family, demand, state, tracking, due_at, record)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (item, family) DO NOTHING
            """,
            [
                .id(claim.id), .platform(claim.platform), .item(claim.item),
                .text(claim.merchant), SQLiteValue(claim.batch?.bytes),
                SQLiteValue(claim.buyerCode), .instant(claim.claim.filedAt),
                .word(claim.claim.against), .word(claim.claim.family), .word(claim.claim.demand),
                .word(claim.claim.state), .text(claim.tracking.text), .instant(claim.dueAt),
                .blob(claim.storedBytes),
            ]
        )
        return database.changesCount > 0
    }

    func claim(_ id: ClaimID) throws -> ClaimRecord? {
        try first("SELECT record FROM claims WHERE id = ?", [.id(id)])
            .map { try ClaimRecord(row: $0) }
    }

    func claims(of item: ItemNumber) throws -> [ClaimRecord] {
        try all(SQLiteQuery.claimsOfItem, [.item(item)]).map { try ClaimRecord(row: $0) }
    }

    func update(_ claim: ClaimRecord) throws {
        try run(
            """
            UPDATE claims SET state = ?, against = ?, demand = ?, due_at = ?, record = ?
            WHERE id = ?
            """,
            [
                .word(claim.claim.state), .word(claim.claim.against), .word(claim.claim.demand),
                .instant(claim.dueAt), .blob(claim.storedBytes), .id(claim.id),
            ]
        )
    }

    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        through last: Instant?,
        limit: Int
    ) throws -> [ClaimRecord] {
        let rows = try all(
            """
            SELECT record FROM claims WHERE platform = ? AND \(source.column) = ?
                AND filed_at > ? AND filed_at <= ? AND \(ClaimSource.isCounted)
            ORDER BY filed_at DESC, number DESC LIMIT ?
            """,
            [
                .platform(platform), source.value, .instant(since),
                last.map { .instant($0) } ?? .integer(.max), .count(limit),
            ]
        )
        return try rows.reversed().map { try ClaimRecord(row: $0) }
    }

    func claimedDeliveries(
        against merchant: String,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> (deliveries: Int, first: Instant?) {
        let found = try first(
            """
            SELECT count(DISTINCT items.delivery) AS deliveries, count(*) AS claims,
                min(filed_at) AS first
            FROM (
                SELECT item, filed_at FROM claims WHERE platform = ? AND merchant = ?
                    AND filed_at > ? AND \(ClaimSource.isCounted)
                ORDER BY filed_at DESC LIMIT ?
            ) AS latest JOIN items ON items.number = latest.item
            """,
            [.platform(platform), .text(merchant), .instant(since), .count(limit)]
        )
        guard let found else { return (0, nil) }
        let isFull = Int(try found.integer("claims", "claims")) >= limit
        return (
            Int(try found.integer("claims", "deliveries")),
            isFull ? found.instant("first") : nil
        )
    }

    func claimedItemCount(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> Int {
        let count = try first(
            """
            SELECT count(DISTINCT item) AS count FROM (
                SELECT item FROM claims WHERE platform = ? AND \(source.column) = ?
                    AND filed_at > ? AND \(ClaimSource.isCounted) LIMIT ?
            ) AS counted
            """,
            [.platform(platform), source.value, .instant(since), .count(limit)]
        )
        return try count.map { Int(try $0.integer("claims", "count")) } ?? 0
    }

    func append(_ entry: ClaimHistoryEntry, to claim: ClaimID) throws {
        try run(
            """
            INSERT INTO claim_history (claim, step, entry) VALUES
            (?1, (SELECT count(*) FROM claim_history WHERE claim = ?1), ?2)
            """,
            [.id(claim), .blob(entry.storedBytes)]
        )
    }

    func act(orInsert fresh: Idempotency, of claim: ClaimID) throws -> [UInt8]? {
        try run(
            """
            INSERT INTO claim_idempotency_keys (claim, key, act_code) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [.id(claim), .text(fresh.key), .blob(fresh.actCode)]
        )
        if database.changesCount > 0 { return nil }
        return try first(
            "SELECT act_code FROM claim_idempotency_keys WHERE claim = ? AND key = ?",
            [.id(claim), .text(fresh.key)]
        )?.bytes("act_code")
    }

    func forgetIdempotencyKey(_ key: String, of claim: ClaimID) throws {
        try run(
            "DELETE FROM claim_idempotency_keys WHERE claim = ? AND key = ?",
            [.id(claim), .text(key)]
        )
    }

    // MARK: Filings

    func filing(of claim: ClaimID, at channel: EscalationChannel) throws -> FilingRecord? {
        try first(
            "SELECT record FROM filings WHERE claim = ? AND channel = ?",
            [.id(claim), .word(channel)]
        ).map { try FilingRecord(row: $0) }
    }

    func put(_ filing: FilingRecord) throws {
        try run(
            """
            INSERT INTO filings (claim, channel, record) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET record = excluded.record
            """,
            [.id(filing.claim), .word(filing.filing.channel), .blob(filing.storedBytes)]
        )
    }

    // MARK: Clocks

    func replacePendingRings(of claim: ClaimID, by rings: [ClaimRing]) throws {
        try run("DELETE FROM claim_rings WHERE claim = ? AND rung_at IS NULL", [.id(claim)])
        for ring in rings {
            try run(
                "INSERT INTO claim_rings (claim, timer, round, due_at) VALUES (?, ?, ?, ?)",
                [
                    .id(ring.claim), .word(ring.timer), .count(ring.round),
                    .instant(ring.dueAt),
                ]
            )
        }
    }

    func markRung(_ ring: ClaimRing, at instant: Instant) throws -> Bool {
        try run(
            """
            UPDATE claim_rings SET rung_at = ?
            WHERE claim = ? AND timer = ? AND round = ? AND rung_at IS NULL
            """,
            [.instant(instant), .id(ring.claim), .word(ring.timer), .count(ring.round)]
        )
        return database.changesCount > 0
    }

    // MARK: Remedies

    func insert(_ remedy: RemedyRecord) throws {
        try run(
            """
            INSERT INTO remedies (id, platform, claim, attempt, state, replacement, record)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(remedy.id), .platform(remedy.platform), .id(remedy.claim),
                .count(remedy.execution.attempt), .word(remedy.state),
                SQLiteValue(remedy.replacement?.rawValue), .blob(remedy.storedBytes),
            ]
        )
    }

    func remedy(_ id: RemedyID) throws -> RemedyRecord? {
        try first("SELECT record FROM remedies WHERE id = ?", [.id(id)])
            .map { try RemedyRecord(row: $0) }
    }

    func remedy(of claim: ClaimID, attempt: Int) throws -> RemedyRecord? {
        try first(
            "SELECT record FROM remedies WHERE claim = ? AND attempt = ?",
            [.id(claim), .count(attempt)]
        ).map { try RemedyRecord(row: $0) }
    }

    func remedy(checking item: ItemNumber) throws -> RemedyRecord? {
        try first(
            "SELECT record FROM remedies WHERE replacement = ? AND state = 'checking'",
            [.item(item)]
        ).map { try RemedyRecord(row: $0) }
    }

    func update(_ remedy: RemedyRecord) throws {
        try run(
            "UPDATE remedies SET state = ?, replacement = ?, record = ? WHERE id = ?",
            [
                .word(remedy.state), SQLiteValue(remedy.replacement?.rawValue),
                .blob(remedy.storedBytes), .id(remedy.id),
            ]
        )
    }

    // MARK: The deposits' book

    func insert(_ entry: LedgerEntry) throws -> Bool {
        let posted = entry.transaction
        try run(
            """
            INSERT INTO ledger_entries (platform, key, at, kind, merchant, claim, currency,
                reference, posted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                .platform(entry.platform), .text(posted.key), .instant(entry.at),
                .word(posted.kind), SQLiteValue(entry.merchant),
                SQLiteValue(entry.claim?.bytes), .text(posted.currency),
                SQLiteValue(entry.reference), .blob(posted.jsonValue.serialized()),
            ]
        )
        guard database.changesCount > 0 else { return false }
        for posting in posted.postings {
            let before = try balance(
                of: posting.account, currency: posted.currency, platform: entry.platform)
            let (after, overflow) = before.addingReportingOverflow(posting.amount.minorUnits)
            guard !overflow, after >= 0 || posting.account.mayBeNegative else {
                throw LedgerOverdraft(account: posting.account)
            }
            try run(
                """
                INSERT INTO ledger_balances (platform, account, currency, minor_units)
                VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET minor_units = excluded.minor_units
                """,
                [
                    .platform(entry.platform), .text(posting.account.name),
                    .text(posted.currency), .integer(after),
                ]
            )
        }
        return true
    }

    func ledgerEntry(key: String, platform: PlatformNumber) throws -> LedgerEntry? {
        try first(
            "SELECT * FROM ledger_entries WHERE platform = ? AND key = ?",
            [.platform(platform), .text(key)]
        ).map { try LedgerEntry(row: $0) }
    }

    func balance(
        of account: LedgerAccount,
        currency: String,
        platform: PlatformNumber
    ) throws -> Int64 {
        try first(
            """
            SELECT minor_units FROM ledger_balances
            WHERE platform = ? AND account = ? AND currency = ?
            """,
            [.platform(platform), .text(account.name), .text(currency)]
        ).map { try $0.integer("ledger_balances", "minor_units") } ?? 0
    }

    func paidOut(
        for merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64 {
        try all(
            """
            SELECT * FROM ledger_entries WHERE kind IN ('payout', 'cancellation')
            AND platform = ? AND merchant = ? AND at >= ? AND currency = ?
            """,
            [.platform(platform), .text(merchant), .instant(instant), .text(currency)]
        ).reduce(0) { sum, row in
            sum + (try LedgerEntry(row: row)).transaction.payableMinorUnits
        }
    }
}

extension ClaimSource {
    /// ``holds(_:)`` of the claim's own columns.
    static let isCounted: String = {
        func list(_ words: [String]) -> String {
            words.map { "'\($0)'" }.joined(separator: ", ")
        }
        return "against IN (\(list(countedParties.map(\.rawValue))))"
            + " AND state NOT IN (\(list(uncountedStates.map(\.rawValue))))"
    }()

    /// The indexed column that the source is found by.
    var column: String {
        switch self {
        case .merchant: "merchant"
        case .batch: "batch"
        case .buyer: "buyer_code"
        }
    }

    var value: SQLiteValue {
        switch self {
        case .merchant(let merchant): .text(merchant)
        case .batch(let batch): .id(batch)
        case .buyer(let code): .blob(code)
        }
    }
}
