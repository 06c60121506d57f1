import CardModel
import EvidenceLog
import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func platforms() async throws(StoreError) -> [PlatformRecord] {
        try await rows("SELECT * FROM platforms ORDER BY number") { try PlatformRecord(row: $0) }
    }

    public func deploymentSecrets() async throws(StoreError) -> [UInt8]? {
        try await rows("SELECT sealed FROM deployment_secrets") { $0.bytes("sealed") }.first
    }

    public func policyText(hash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        try await rows("SELECT text FROM policies WHERE hash = ?", [Data(hash)]) {
            $0.bytes("text")
        }.first
    }

    public func policyTexts(
        of references: Set<String>
    ) async throws(StoreError) -> [[UInt8]: [UInt8]] {
        let wanted = JSONValue.array(references.sorted().map { .string($0) }).serialized()
        let kept = try await rows(
            """
            SELECT hash, text FROM policies
            WHERE CASE WHEN json_valid(CAST(text AS TEXT)) THEN
                json_extract(CAST(text AS TEXT), '$.policy') || '@'
                || json_extract(CAST(text AS TEXT), '$.version')
            END IN (SELECT value FROM json_each(?))
            """,
            [String(decoding: wanted, as: UTF8.self)]
        ) { ($0.bytes("hash"), $0.bytes("text")) }
        return Dictionary(kept) { first, _ in first }
    }

    public func notice(
        platform: PlatformNumber,
        webhookID: String
    ) async throws(StoreError) -> NoticeRecord? {
        try await rows(
            "SELECT * FROM notices WHERE platform = ? AND webhook_id = ?",
            [platform.rawValue, webhookID]
        ) { try NoticeRecord(row: $0) }.first
    }

    public func firstNotice(of delivery: DeliveryID) async throws(StoreError) -> NoticeRecord? {
        try await rows(
            """
            SELECT notices.* FROM deliveries JOIN notices ON notices.number = first_notice
            WHERE deliveries.id = ?
            """,
            [Data(delivery.bytes)]
        ) { try NoticeRecord(row: $0) }.first
    }

    public func notice(_ number: NoticeNumber) async throws(StoreError) -> NoticeRecord? {
        try await rows("SELECT * FROM notices WHERE number = ?", [number.rawValue]) {
            try NoticeRecord(row: $0)
        }.first
    }

    public func notices(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        try await rows(
            "SELECT * FROM notices WHERE delivery = ? ORDER BY number",
            [Data(delivery.bytes)]
        ) { (NoticeNumber(rawValue: $0["number"]), try NoticeRecord(row: $0)) }
    }

    public func notices(
        platform: PlatformNumber?,
        since: Instant?,
        after cursor: NoticeNumber?,
        limit: Int
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        try await rows(
            """
            SELECT * FROM notices WHERE number > ?1 AND (?2 IS NULL OR platform = ?2)
                AND accepted_at >= ?3 ORDER BY number LIMIT ?4
            """,
            [
                cursor?.rawValue ?? 0, platform?.rawValue,
                since?.millisecondsSinceEpoch ?? Int64.min, limit,
            ]
        ) {
            (
                NoticeNumber(rawValue: try $0.integer("notices", "number")),
                try NoticeRecord(row: $0)
            )
        }
    }

    public func delivery(_ id: DeliveryID) async throws(StoreError) -> DeliveryRecord? {
        try await rows("SELECT * FROM deliveries WHERE id = ?", [Data(id.bytes)]) {
            try DeliveryRecord(row: $0)
        }.first
    }

    public func items(of delivery: DeliveryID) async throws(StoreError) -> [ItemRecord] {
        try await rows(SQLiteQuery.itemsOfDelivery, [Data(delivery.bytes)]) {
            try ItemRecord(row: $0)
        }
    }

    public func item(_ number: ItemNumber) async throws(StoreError) -> ItemRecord? {
        try await rows(SQLiteQuery.item, [number.rawValue]) {
            try ItemRecord(row: $0)
        }.first
    }

    public func check(_ id: CheckID) async throws(StoreError) -> CheckRecord? {
        try await rows("SELECT * FROM checks WHERE id = ?", [Data(id.bytes)]) {
            try CheckRecord(row: $0)
        }.first
    }

    public func wrappedDataKey(of notice: NoticeNumber) async throws(StoreError) -> [UInt8]? {
        try await rows("SELECT wrapped FROM data_keys WHERE notice = ?", [notice.rawValue]) {
            $0.bytes("wrapped")
        }.first
    }

    public func attachments(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [AttachmentRecord] {
        try await rows(SQLiteQuery.attachmentsOfDelivery, [Data(delivery.bytes)]) {
            try AttachmentRecord(row: $0)
        }
    }

    public func nextCheckDue(adapter: String?) async throws(StoreError) -> Instant? {
        // One search of each index (SQLiteSchema.issuers).
        try await rows(
            """
            SELECT min(due_at) AS due FROM checks
                WHERE adapter IS ?1 AND due_at IS NOT NULL AND attempts = 0
            UNION ALL SELECT min(due_at) FROM checks
                WHERE adapter IS ?1 AND due_at IS NOT NULL AND attempts > 0
            """,
            [adapter]
        ) { $0.instant("due") }.compactMap { $0 }.min()
    }

    public func nextEventDue(
        of platforms: [PlatformNumber]
    ) async throws(StoreError) -> Instant? {
        try await read { database in
            try platforms.compactMap { platform in
                try Row.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT min(next_attempt_at) AS due FROM events WHERE platform = ?"
                    ),
                    arguments: [platform.rawValue]
                )?.instant("due")
            }.min()
        }
    }

    public func openCheckCount() async throws(StoreError) -> Int {
        try await rows(
            """
            SELECT count(*) AS n FROM checks WHERE due_at IS NOT NULL AND attempts = 0
            UNION ALL SELECT count(*) FROM checks WHERE due_at IS NOT NULL AND attempts > 0
            """
        ) { $0["n"] as Int }.reduce(0, +)
    }

    public func reaskCount(adapter: String) async throws(StoreError) -> Int {
        try await rows(
            """
            SELECT count(*) AS n FROM checks
                WHERE adapter = ? AND due_at IS NOT NULL AND attempts > 0
            """,
            [adapter]
        ) { $0["n"] as Int }.first ?? 0
    }

    public func degradedAdapters() async throws(StoreError) -> [DegradedAdapter] {
        try await rows("SELECT * FROM degraded_adapters ORDER BY adapter") {
            try DegradedAdapter(row: $0)
        }
    }

    public func ping() async throws(StoreError) {
        _ = try await rows("SELECT number FROM platforms LIMIT 1") {
            try $0.integer("platforms", "number")
        }
    }

    /// Fetches and decodes in one read transaction.
    func rows<Value: Sendable>(
        _ sql: String,
        _ arguments: StatementArguments = [],
        _ decode: @escaping @Sendable (Row) throws -> Value
    ) async throws(StoreError) -> [Value] {
        try await read { database in
            try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
                .map(decode)
        }
    }
}
