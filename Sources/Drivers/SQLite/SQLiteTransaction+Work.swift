import CardModel
import EvidenceLog
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
                .id(check.id), .item(check.item), .platform(check.platform), .word(check.stage),
                .word(check.trigger), SQLiteValue(check.adapter), .instant(check.openDueAt),
                .instant(check.leasedUntil), .count(check.attempts),
                .instant(check.firstAskedAt), .instant(check.createdAt),
                SQLiteValue(check.decision?.storedBytes),
            ]
        )
    }

    func check(_ id: CheckID) throws -> CheckRecord? {
        try first("SELECT * FROM checks WHERE id = ?", [.id(id)])
            .map { try CheckRecord(row: $0) }
    }

    func update(_ check: CheckRecord) throws {
        try run(
            """
            UPDATE checks SET due_at = ?, leased_until = ?, attempts = ?, first_asked_at = ?,
                decision = ?, continuation = ?, polls = ? WHERE id = ?
            """,
            [
                .instant(check.openDueAt), .instant(check.leasedUntil), .count(check.attempts),
                .instant(check.firstAskedAt), SQLiteValue(check.decision?.storedBytes),
                SQLiteValue(check.continuation), .count(check.polls), .id(check.id),
            ]
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
                .id(event.id), .platform(event.platform), .word(event.type),
                .instant(event.createdAt), .blob(event.data.serialized()),
                .count(event.attempts), .instant(event.nextAttemptAt),
                .instant(event.deliveredAt),
            ]
        )
    }

    func selfTestSpending(of delivery: DeliveryID) throws -> SelfTestSpending? {
        try first(
            "SELECT since, inquiries FROM self_test_spending WHERE delivery = ?",
            [.id(delivery)]
        ).map {
            SelfTestSpending(
                since: Instant(
                    millisecondsSinceEpoch: try $0.integer("self_test_spending", "since")),
                inquiries: try $0.count("self_test_spending", "inquiries")
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
                .id(delivery), .instant(spending.since), .count(spending.inquiries),
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

    func begin(_ next: LogRecord, by rotation: LogRotation) throws {
        try run(
            "UPDATE logs SET end_index = ? WHERE platform = ? AND ordinal = ?",
            [
                .index(next.firstIndex), .platform(next.platform),
                .count(rotation.ending.ordinal),
            ]
        )
        try insert(next)
        try run(
            """
            UPDATE platforms SET origin = ?, log_ordinal = ?, sealed_secrets = ? WHERE number = ?
            """,
            [
                .text(next.origin), .count(next.ordinal), .blob(rotation.sealedSecrets),
                .platform(next.platform),
            ]
        )
    }

    func insert(_ log: LogRecord) throws {
        try run(
            """
            INSERT INTO logs (platform, ordinal, first_index, end_index, origin, vkey, begun_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .platform(log.platform), .count(log.ordinal), .index(log.firstIndex),
                log.end.map { .index($0) } ?? .null, .text(log.origin), .text(log.vkey),
                .instant(log.begunAt),
            ]
        )
    }

    func insert(_ entry: LogEntryRecord, at index: UInt64, platform: PlatformNumber) throws {
        try run(
            """
            INSERT INTO entries (position, leaf, hash, sealed_record, notice, batch)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(LogPosition(platform: platform, index: index).rawValue),
                .blob(entry.leaf), .hash(entry.hash), .blob(entry.sealedRecord),
                .notice(entry.notice), SQLiteValue(entry.batch?.rawValue),
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
            [.platform(platform), .count(level), .index(index), .hash(hash)]
        )
    }

    func update(_ head: LogHead, of platform: PlatformNumber, at instant: Instant) throws {
        let size = SQLiteValue.index(head.range.size)
        try run(
            """
            INSERT INTO log_heads (platform, size, range) VALUES (?, ?, ?)
            ON CONFLICT (platform) DO UPDATE SET size = excluded.size, range = excluded.range
            """,
            [.platform(platform), size, .blob(head.range.serialized)]
        )
        // Never before the checkpoint that it follows.
        try run(
            """
            INSERT INTO checkpoints (platform, size, note, signed_at)
            SELECT ?1, ?2, ?3, max(?4, coalesce(
                (SELECT signed_at FROM checkpoints WHERE platform = ?1 ORDER BY size DESC LIMIT 1),
                ?4))
            """,
            [
                .platform(platform), .index(head.end), .blob(head.checkpoint),
                .instant(instant),
            ]
        )
        heads.stage(head, of: platform)
    }
}
