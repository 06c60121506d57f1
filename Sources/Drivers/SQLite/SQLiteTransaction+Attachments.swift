import GRDB
import Gateway

extension SQLiteTransaction {
    func insert(_ attachment: AttachmentRecord) throws {
        try run(
            """
            INSERT INTO attachments (id, platform, delivery, notice, giver, source, slot,
                media_type, byte_count, sha256, added_at, leaf_index)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(attachment.id), .platform(attachment.platform), .id(attachment.delivery),
                .notice(attachment.notice), .word(attachment.giver), .word(attachment.source),
                .word(attachment.slot), .word(attachment.mediaType), .count(attachment.byteCount),
                .blob(attachment.sha256), .instant(attachment.addedAt),
                .index(attachment.leafIndex),
            ]
        )
    }

    func attachments(of delivery: DeliveryID) throws -> [AttachmentRecord] {
        try all(SQLiteQuery.attachmentsOfDelivery, [.id(delivery)])
            .map { try AttachmentRecord(row: $0) }
    }
}

extension AttachmentRecord {
    init(row: Row) throws {
        let table = "attachments"
        self.init(
            id: try row.required(AttachmentID(bytes: row.bytes("id")), table, "id"),
            platform: try row.platform(table),
            delivery: try row.required(DeliveryID(bytes: row.bytes("delivery")), table, "delivery"),
            notice: NoticeNumber(rawValue: row["notice"]),
            giver: try row.required(AttachmentGiver(rawValue: row["giver"]), table, "giver"),
            source: try row.required(AttachmentSource(rawValue: row["source"]), table, "source"),
            slot: try row.required(EvidenceSlot(rawValue: row["slot"]), table, "slot"),
            mediaType: try row.required(
                AttachmentMediaType(rawValue: row["media_type"]), table, "media_type"),
            byteCount: row["byte_count"],
            sha256: row.bytes("sha256"),
            addedAt: try row.required(row.instant("added_at"), table, "added_at"),
            leafIndex: try row.index(table, "leaf_index")
        )
    }
}
