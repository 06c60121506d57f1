import CardModel
import EvidenceLog
import Foundation
import GRDB
import Gateway
import WireFormat

/// A row that does not hold what was written: the file was changed by somebody else.
struct UnreadableRow: Error {
    let table: String
    let column: String
}

extension Row {
    func bytes(_ column: String) -> [UInt8] {
        let data: Data? = self[column]
        return data.map { Array($0) } ?? []
    }

    func optionalBytes(_ column: String) -> [UInt8]? {
        let data: Data? = self[column]
        return data.map { Array($0) }
    }

    func instant(_ column: String) -> Instant? {
        let milliseconds: Int64? = self[column]
        return milliseconds.map { Instant(millisecondsSinceEpoch: $0) }
    }

    func platform(_ column: String = "platform") -> PlatformNumber {
        PlatformNumber(rawValue: self[column])
    }

    /// The value, or an error that names the place.
    func required<Value>(_ value: Value?, _ table: String, _ column: String) throws -> Value {
        guard let value else { throw UnreadableRow(table: table, column: column) }
        return value
    }
}

extension NoticeRecord {
    init(row: Row) throws {
        self.init(
            platform: row.platform(),
            webhookID: row["webhook_id"],
            bodyCode: row.bytes("body_code"),
            delivery: try row.required(
                DeliveryID(bytes: row.bytes("delivery")),
                "notices",
                "delivery"
            ),
            stage: try row.required(DeliveryStage(rawValue: row["stage"]), "notices", "stage"),
            acceptedAt: try row.required(row.instant("accepted_at"), "notices", "accepted_at"),
            answerItems: row.bytes("answer_items"),
            answerIgnored: row.bytes("answer_ignored"),
            leafIndex: UInt64(row["leaf_index"] as Int64)
        )
    }
}

extension DeliveryRecord {
    init(row: Row) throws {
        self.init(
            id: try row.required(DeliveryID(bytes: row.bytes("id")), "deliveries", "id"),
            platform: row.platform(),
            orderID: row["order_id"],
            firstNotice: NoticeNumber(rawValue: row["first_notice"]),
            createdAt: try row.required(row.instant("created_at"), "deliveries", "created_at")
        )
    }
}

extension ItemRecord {
    init(row: Row) throws {
        self.init(
            number: ItemNumber(rawValue: row["number"]),
            platform: row.platform(),
            delivery: try row.required(
                DeliveryID(bytes: row.bytes("delivery")),
                "items",
                "delivery"
            ),
            terms: try row.required(Stored(bytes: row.bytes("terms")), "items", "terms"),
            codeFingerprint: try row.required(
                CardFingerprint(bytes: row.bytes("code_fingerprint")),
                "items",
                "code_fingerprint"
            ),
            sealedCode: row.bytes("sealed_code"),
            notice: NoticeNumber(rawValue: row["notice"]),
            check: try row.required(CheckID(bytes: row.bytes("check_id")), "items", "check_id"),
            deliveredAt: row.instant("delivered_at")
        )
        if let check = row.optionalBytes("decided_by").flatMap({ CheckID(bytes: $0) }) {
            decision = try row.required(
                ItemDecision(check: check, storedBytes: row.bytes("decision")),
                "checks",
                "decision"
            )
        }
        if let bytes = row.optionalBytes("standing") {
            standing = try row.required(Standing(storedBytes: bytes), "items", "standing")
        }
    }
}

extension CheckRecord {
    init(row: Row) throws {
        let dueAt = row.instant("due_at")
        let leasedUntil = row.instant("leased_until")
        let createdAt = try row.required(row.instant("created_at"), "checks", "created_at")
        let id = try row.required(CheckID(bytes: row.bytes("id")), "checks", "id")
        self.init(
            id: id,
            item: ItemNumber(rawValue: row["item"]),
            platform: row.platform(),
            stage: try row.required(DeliveryStage(rawValue: row["stage"]), "checks", "stage"),
            trigger: try row.required(
                CheckTrigger(rawValue: row["requester"]),
                "checks",
                "requester"
            ),
            adapter: row["adapter"],
            state: dueAt == nil ? .done : leasedUntil == nil ? .pending : .leased,
            dueAt: dueAt ?? createdAt,
            createdAt: createdAt,
            decision: try row.optionalBytes("decision").map {
                try row.required(
                    ItemDecision(check: id, storedBytes: $0), "checks", "decision")
            }
        )
        self.leasedUntil = leasedUntil
        attempts = row["attempts"]
        firstAskedAt = row.instant("first_asked_at")
        continuation = row["continuation"]
        polls = row["polls"]
    }
}

extension ClaimRecord {
    init(row: Row) throws {
        self = try row.required(
            ClaimRecord(storedBytes: row.bytes("record")),
            "claims",
            "record"
        )
    }
}

extension EventRecord {
    init(row: Row) throws {
        let data = try JSONValue.parse(row.bytes("data"))
        self.init(
            id: try row.required(EventID(bytes: row.bytes("id")), "events", "id"),
            platform: row.platform(),
            type: try row.required(EventType(rawValue: row["type"]), "events", "type"),
            createdAt: try row.required(row.instant("created_at"), "events", "created_at"),
            data: data
        )
        attempts = row["attempts"]
        nextAttemptAt = row.instant("next_attempt_at")
        deliveredAt = row.instant("delivered_at")
    }
}

extension PlatformRecord {
    init(row: Row) throws {
        self.init(
            number: row.platform("number"),
            name: row["name"],
            origin: row["origin"],
            eventsURL: row["events_url"],
            sealedSecrets: row.bytes("sealed_secrets"),
            createdAt: try row.required(row.instant("created_at"), "platforms", "created_at")
        )
    }
}

extension LogEntryRecord {
    init(row: Row) throws {
        let notice: Int64? = row["notice"]
        self.init(
            leaf: row.bytes("leaf"),
            hash: try row.required(TreeHash(bytes: row.bytes("hash")), "entries", "hash"),
            sealedRecord: row.bytes("sealed_record"),
            notice: notice.map { NoticeNumber(rawValue: $0) }
        )
    }
}
