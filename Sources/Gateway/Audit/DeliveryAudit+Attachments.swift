import Crypto
import WireFormat

extension DeliveryAudit {
    /// The row against its leaf, and the sealed file against the digest that the leaf commits to.
    func check(_ attachment: AttachmentRecord, _ report: inout AuditReport) {
        let key = attachment.id.text
        func note(_ column: String, _ detail: String) {
            report.add(.attachment, location("attachments", key, column), detail)
        }
        if attachment.platform != platform.number { note("platform", "is not its delivery's") }
        let place = location("attachments", key, "leaf_index")
        guard let leaf = leaf(at: attachment.leafIndex, of: .attachment, place, &report) else {
            return
        }
        if leaf.notice != attachment.notice { note("notice", "is not that of leaf \(leaf.index)") }
        let told = leaf.fields["attachment"]
        var compared = LeafComparison(.attachment, "attachments", key, leaf)
        compared.text(key, "id", "event_id", &report)
        compared.text(attachment.giver.rawValue, "giver", "given_by", &report)
        compared.text(attachment.source.rawValue, "source", "handed_in_by", &report)
        compared.text(attachment.slot.rawValue, "slot", "slot", &report)
        compared.expect(
            told?["media_type"]?.stringValue == attachment.mediaType.rawValue,
            "media_type", "attachment", &report)
        compared.expect(
            told?["bytes"]?.integerValue == Int64(attachment.byteCount),
            "byte_count", "attachment", &report)
        compared.expect(
            told?["sha256"]?.stringValue == Hexadecimal.encode(attachment.sha256),
            "sha256", "attachment", &report)
        compared.time(attachment.addedAt, "added_at", &report)
        checkContent(of: attachment, &report)
    }

    private func checkContent(of attachment: AttachmentRecord, _ report: inout AuditReport) {
        guard let dataKey = dataKeys[attachment.notice] else { return }
        let place = location("attachments", attachment.id.text, "file")
        guard let sealed = sealedAttachment(attachment.id) else {
            return report.add(.attachment, place, "is not there")
        }
        let sealing = AttachmentSealing(id: attachment.id, dataKey: dataKey)
        guard let content = try? sealing.open(sealed) else {
            return report.add(.attachment, place, "does not open under its delivery's key")
        }
        guard Array(SHA256.hash(data: content)) == attachment.sha256 else {
            return report.add(.attachment, place, "is not the file that was added")
        }
    }

    func checkThatAttachmentsAreThere(_ report: inout AuditReport) {
        guard delivery.unreadable.isEmpty else { return }
        let known = Set(delivery.attachments.map(\.id.text))
        for leaf in leaves(.attachment) {
            guard let id = leaf.text("event_id"), !known.contains(id) else { continue }
            report.add(
                .attachment, location("attachments", id),
                "leaf \(leaf.index) tells of it, and it is not there")
        }
    }
}
