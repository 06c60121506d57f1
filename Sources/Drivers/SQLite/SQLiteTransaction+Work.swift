import CardModel
import EvidenceLog
import Foundation
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    // MARK: Checks

    func insert(_ check: CheckRecord) throws {
        try run(
            """
            INSERT INTO checks (id, item, platform, stage, requester, adapter, due_at,
                leased_until, attempts, first_asked_at, created_at, decision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                Data(check.id.bytes), check.item.rawValue, check.platform.rawValue,
                check.stage.rawValue, check.trigger.rawValue, check.adapter,
                check.openDueAt?.millisecondsSinceEpoch,
                check.leasedUntil?.millisecondsSinceEpoch, check.attempts,
                check.firstAskedAt?.millisecondsSinceEpoch,
                check.createdAt.millisecondsSinceEpoch,
                check.decision.map { Data($0.storedBytes) },
            ]
        )
    }

    func check(_ id: CheckID) throws -> CheckRecord? {
        try first("SELECT * FROM checks WHERE id = ?", [Data(id.bytes)])
            .map { try CheckRecord(row: $0) }
    }

    func update(_ check: CheckRecord) throws {
        try run(
            """
            UPDATE checks SET due_at = ?, leased_until = ?, attempts = ?, first_asked_at = ?,
                decision = ? WHERE id = ?
            """,
            [
                check.openDueAt?.millisecondsSinceEpoch,
                check.leasedUntil?.millisecondsSinceEpoch, check.attempts,
                check.firstAskedAt?.millisecondsSinceEpoch,
                check.decision.map { Data($0.storedBytes) }, Data(check.id.bytes),
            ]
        )
    }

    // MARK: Claims

    func insert(_ claim: ClaimRecord) throws -> Bool {
        try run(
            """
            INSERT INTO claims (id, platform, item, family, state, record)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (item, family) DO NOTHING
            """,
            [
                Data(claim.id.bytes), claim.platform.rawValue, claim.item.rawValue,
                claim.claim.family.rawValue, claim.claim.state.rawValue,
                Data(claim.storedBytes),
            ]
        )
        return database.changesCount > 0
    }

    func claim(_ id: ClaimID) throws -> ClaimRecord? {
        try first("SELECT record FROM claims WHERE id = ?", [Data(id.bytes)])
            .map { try ClaimRecord(row: $0) }
    }

    func claims(of item: ItemNumber) throws -> [ClaimRecord] {
        try Row.fetchAll(
            database.cachedStatement(sql: "SELECT record FROM claims WHERE item = ? ORDER BY id"),
            arguments: [item.rawValue]
        ).map { try ClaimRecord(row: $0) }
    }

    func update(_ claim: ClaimRecord) throws {
        try run(
            "UPDATE claims SET state = ?, record = ? WHERE id = ?",
            [claim.claim.state.rawValue, Data(claim.storedBytes), Data(claim.id.bytes)]
        )
    }

    func append(_ entry: ClaimHistoryEntry, to claim: ClaimID) throws {
        try run(
            """
            INSERT INTO claim_history (claim, step, entry) VALUES
            (?1, (SELECT count(*) FROM claim_history WHERE claim = ?1), ?2)
            """,
            [Data(claim.bytes), Data(entry.storedBytes)]
        )
    }

    func useIdempotencyKey(_ key: String, of claim: ClaimID) throws -> Bool {
        try run(
            """
            INSERT INTO claim_idempotency_keys (claim, key) VALUES (?, ?) ON CONFLICT DO NOTHING
            """,
            [Data(claim.bytes), key]
        )
        return database.changesCount > 0
    }

    func forgetIdempotencyKey(_ key: String, of claim: ClaimID) throws {
        try run(
            "DELETE FROM claim_idempotency_keys WHERE claim = ? AND key = ?",
            [Data(claim.bytes), key]
        )
    }

    // MARK: Events and budgets

    func insert(_ event: EventRecord) throws {
        try run(
            """
            INSERT INTO events (id, platform, type, created_at, data, attempts, next_attempt_at,
                delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                Data(event.id.bytes), event.platform.rawValue, event.type.rawValue,
                event.createdAt.millisecondsSinceEpoch, Data(event.data.serialized()),
                event.attempts, event.nextAttemptAt?.millisecondsSinceEpoch,
                event.deliveredAt?.millisecondsSinceEpoch,
            ]
        )
    }

    func selfTestSpending(of delivery: DeliveryID) throws -> SelfTestSpending? {
        try first(
            "SELECT since, inquiries FROM self_test_spending WHERE delivery = ?",
            [Data(delivery.bytes)]
        ).map {
            SelfTestSpending(
                since: Instant(millisecondsSinceEpoch: $0["since"]),
                inquiries: $0["inquiries"]
            )
        }
    }

    func update(_ spending: SelfTestSpending, of delivery: DeliveryID) throws {
        try run(
            """
            INSERT INTO self_test_spending (delivery, since, inquiries) VALUES (?, ?, ?)
            ON CONFLICT (delivery) DO UPDATE SET since = excluded.since,
                inquiries = excluded.inquiries
            """,
            [
                Data(delivery.bytes), spending.since.millisecondsSinceEpoch, spending.inquiries,
            ]
        )
    }

    // MARK: Log

    func logHead(of platform: PlatformNumber) throws -> LogHead {
        if let head = heads.head(of: platform) { return head }
        guard let head = try SQLiteQuery.logHead(of: platform, in: database) else {
            throw StoreError.broken("platform \(platform.rawValue) has no log")
        }
        return head
    }

    func insert(_ entry: LogEntryRecord, at index: UInt64, platform: PlatformNumber) throws {
        try run(
            """
            INSERT INTO entries (position, leaf, hash, sealed_record, notice)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                LogPosition(platform: platform, index: index).rawValue, Data(entry.leaf),
                Data(entry.hash.bytes), Data(entry.sealedRecord), entry.notice?.rawValue,
            ]
        )
    }

    func insertNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        platform: PlatformNumber
    ) throws {
        try run(
            "INSERT INTO nodes (platform, level, position, hash) VALUES (?, ?, ?, ?)",
            [platform.rawValue, level, Int64(index), Data(hash.bytes)]
        )
    }

    func update(_ head: LogHead, of platform: PlatformNumber, at instant: Instant) throws {
        let size = Int64(head.range.size)
        try run(
            """
            INSERT INTO log_heads (platform, size, range) VALUES (?, ?, ?)
            ON CONFLICT (platform) DO UPDATE SET size = excluded.size, range = excluded.range
            """,
            [platform.rawValue, size, Data(head.range.serialized)]
        )
        try run(
            "INSERT INTO checkpoints (platform, size, note, signed_at) VALUES (?, ?, ?, ?)",
            [platform.rawValue, size, Data(head.checkpoint), instant.millisecondsSinceEpoch]
        )
        heads.stage(head, of: platform)
    }
}
