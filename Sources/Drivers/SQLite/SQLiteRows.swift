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

/// Columns as they are, whatever somebody wrote into them: a value of another storage class is an
/// error that names the place, where GRDB's own subscripts would end the process.
extension Row {
    /// The bytes of a blob; of text, its UTF-8. Empty for anything else.
    func bytes(_ column: String) -> [UInt8] { optionalBytes(column) ?? [] }

    func optionalBytes(_ column: String) -> [UInt8]? {
        switch storage(column) {
        case .blob(let data): Array(data)
        case .string(let text): Array(text.utf8)
        case .int64, .double, .null: nil
        }
    }

    func optionalText(_ column: String) -> String? {
        if case .string(let text) = storage(column) { text } else { nil }
    }

    func optionalInteger(_ column: String) -> Int64? {
        if case .int64(let number) = storage(column) { number } else { nil }
    }

    func instant(_ column: String) -> Instant? {
        optionalInteger(column).map { Instant(millisecondsSinceEpoch: $0) }
    }

    func text(_ table: String, _ column: String) throws -> String {
        try required(optionalText(column), table, column)
    }

    func integer(_ table: String, _ column: String) throws -> Int64 {
        try required(optionalInteger(column), table, column)
    }

    /// An index of a log, or a size.
    func index(_ table: String, _ column: String) throws -> UInt64 {
        try required(optionalInteger(column).flatMap { UInt64(exactly: $0) }, table, column)
    }

    /// A number of things.
    func count(_ table: String, _ column: String) throws -> Int {
        try required(optionalInteger(column).flatMap { Int(exactly: $0) }, table, column)
    }

    func platform(_ table: String, _ column: String = "platform") throws -> PlatformNumber {
        PlatformNumber(rawValue: try integer(table, column))
    }

    /// The value, or an error that names the place.
    func required<Value>(_ value: Value?, _ table: String, _ column: String) throws -> Value {
        guard let value else { throw UnreadableRow(table: table, column: column) }
        return value
    }

    private func storage(_ column: String) -> DatabaseValue.Storage {
        let value: DatabaseValue = self[column]
        return value.storage
    }
}

extension NoticeRecord {
    init(row: Row) throws {
        self.init(
            platform: try row.platform("notices"),
            webhookID: row.optionalText("webhook_id"),
            bodyCode: row.bytes("body_code"),
            delivery: try row.required(
                DeliveryID(bytes: row.bytes("delivery")),
                "notices",
                "delivery"
            ),
            stage: try row.required(
                DeliveryStage(rawValue: row.text("notices", "stage")), "notices", "stage"),
            acceptedAt: try row.required(row.instant("accepted_at"), "notices", "accepted_at"),
            answerItems: row.bytes("answer_items"),
            answerIgnored: row.bytes("answer_ignored"),
            leafIndex: try row.index("notices", "leaf_index")
        )
    }
}

extension DeliveryRecord {
    init(row: Row) throws {
        self.init(
            id: try row.required(DeliveryID(bytes: row.bytes("id")), "deliveries", "id"),
            platform: try row.platform("deliveries"),
            orderID: try row.text("deliveries", "order_id"),
            firstNotice: NoticeNumber(rawValue: try row.integer("deliveries", "first_notice")),
            createdAt: try row.required(row.instant("created_at"), "deliveries", "created_at"),
            buyerCode: row.optionalBytes("buyer_code")
        )
        restrictedAt = row.instant("restricted_at")
    }
}

extension ItemRecord {
    init(row: Row) throws {
        self.init(
            number: ItemNumber(rawValue: try row.integer("items", "number")),
            platform: try row.platform("items"),
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
            notice: NoticeNumber(rawValue: try row.integer("items", "notice")),
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
            item: ItemNumber(rawValue: try row.integer("checks", "item")),
            platform: try row.platform("checks"),
            stage: try row.required(
                DeliveryStage(rawValue: row.text("checks", "stage")), "checks", "stage"),
            trigger: try row.required(
                CheckTrigger(rawValue: row.text("checks", "requester")),
                "checks",
                "requester"
            ),
            adapter: row.optionalText("adapter"),
            state: dueAt == nil ? .done : leasedUntil == nil ? .pending : .leased,
            dueAt: dueAt ?? createdAt,
            createdAt: createdAt,
            decision: try row.optionalBytes("decision").map {
                try row.required(
                    ItemDecision(check: id, storedBytes: $0), "checks", "decision")
            }
        )
        self.leasedUntil = leasedUntil
        attempts = try row.count("checks", "attempts")
        firstAskedAt = row.instant("first_asked_at")
        continuation = row.optionalText("continuation")
        polls = try row.count("checks", "polls")
    }
}

extension FilingRecord {
    init(row: Row) throws {
        self = try row.required(
            FilingRecord(storedBytes: row.bytes("record")), "filings", "record")
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

extension RemedyRecord {
    init(row: Row) throws {
        self = try row.required(
            RemedyRecord(storedBytes: row.bytes("record")), "remedies", "record")
    }
}

extension ClaimRing {
    init(row: Row) throws {
        self.init(
            claim: try row.required(ClaimID(bytes: row.bytes("claim")), "claim_rings", "claim"),
            timer: try row.required(
                ClaimTimer(rawValue: row.text("claim_rings", "timer")), "claim_rings", "timer"),
            round: try row.count("claim_rings", "round"),
            dueAt: try row.required(row.instant("due_at"), "claim_rings", "due_at")
        )
    }
}

extension LedgerEntry {
    init(row: Row) throws {
        let posted = try row.required(
            try? JSONValue.parse(row.bytes("posted")), "ledger_entries", "posted")
        self.init(
            platform: try row.platform("ledger_entries"),
            at: try row.required(row.instant("at"), "ledger_entries", "at"),
            merchant: row.optionalText("merchant"),
            claim: try row.optionalBytes("claim").map {
                try row.required(ClaimID(bytes: $0), "ledger_entries", "claim")
            },
            transaction: try row.required(
                LedgerTransaction(jsonValue: posted), "ledger_entries", "posted"),
            reference: row.optionalText("reference")
        )
    }
}

extension EventRecord {
    init(row: Row) throws {
        let data = try row.required(try? JSONValue.parse(row.bytes("data")), "events", "data")
        self.init(
            id: try row.required(EventID(bytes: row.bytes("id")), "events", "id"),
            platform: try row.platform("events"),
            type: try row.required(
                EventType(rawValue: row.text("events", "type")), "events", "type"),
            createdAt: try row.required(row.instant("created_at"), "events", "created_at"),
            data: data
        )
        attempts = try row.count("events", "attempts")
        nextAttemptAt = row.instant("next_attempt_at")
        deliveredAt = row.instant("delivered_at")
    }
}

extension PlatformRecord {
    init(row: Row) throws {
        self.init(
            number: try row.platform("platforms", "number"),
            name: try row.text("platforms", "name"),
            origin: try row.text("platforms", "origin"),
            logOrdinal: try row.count("platforms", "log_ordinal"),
            eventsURL: row.optionalText("events_url"),
            sealedSecrets: row.bytes("sealed_secrets"),
            createdAt: try row.required(row.instant("created_at"), "platforms", "created_at")
        )
    }
}

extension LogRecord {
    init(row: Row) throws {
        self.init(
            platform: try row.platform("logs"),
            ordinal: try row.count("logs", "ordinal"),
            firstIndex: try row.index("logs", "first_index"),
            end: try row.optionalInteger("end_index").map { _ in try row.index("logs", "end_index")
            },
            origin: try row.text("logs", "origin"),
            vkey: try row.text("logs", "vkey"),
            begunAt: try row.required(row.instant("begun_at"), "logs", "begun_at")
        )
    }
}

extension LogEntryRecord {
    init(row: Row) throws {
        self.init(
            leaf: row.bytes("leaf"),
            hash: try row.required(TreeHash(bytes: row.bytes("hash")), "entries", "hash"),
            sealedRecord: row.bytes("sealed_record"),
            owner: try LeafOwner(row: row)
        )
    }
}

extension LeafOwner {
    fileprivate init(row: Row) throws {
        let notice = row.optionalInteger("notice").map { NoticeNumber(rawValue: $0) }
        let batch = row.optionalInteger("batch").map { BatchNumber(rawValue: $0) }
        switch (notice, batch) {
        case (let notice?, nil): self = .notice(notice)
        case (nil, let batch?): self = .batch(batch)
        case (nil, nil): self = .log
        case (.some, .some): throw UnreadableRow(table: "entries", column: "batch")
        }
    }
}
