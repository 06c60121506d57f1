import CardModel

/// A file whose content lies durable in the vault, to be recorded with its leaf.
public struct Attaching: Sendable {
    public var record: AttachmentRecord
    public var leaf: SealedLeaf

    public init(record: AttachmentRecord, leaf: SealedLeaf) {
        self.record = record
        self.leaf = leaf
    }
}

/// Why a file is not taken, though its delivery is known.
public enum AttachmentRefusal: String, Sendable {
    case tooMany = "too_many_attachments"
}

extension Ledger {
    /// Records a file. The unique pair of content and purpose decides between two who add the same.
    mutating func attach(_ attaching: Attaching) throws -> PendingOutcome {
        var record = attaching.record
        guard let delivery = try transaction.delivery(record.delivery),
            delivery.platform == record.platform
        else { return PendingOutcome(.refused(.unknown)) }
        var receipt = Receipt()
        let standing = try transaction.attachments(of: record.delivery)
        let same = standing.first {
            $0.isSame(
                sha256: record.sha256,
                slot: record.slot,
                giver: record.giver,
                source: record.source
            )
        }
        if let same {
            receipt.attachment = same
            receipt.isRepeat = true
            return PendingOutcome(.committed(receipt))
        }
        guard
            AttachmentRecord.allows(
                byteCount: record.byteCount,
                of: record.giver,
                by: record.source,
                beside: standing
            )
        else {
            return PendingOutcome(
                .refused(.notAllowed(reason: AttachmentRefusal.tooMany.rawValue))
            )
        }
        record.leafIndex = try append(
            attaching.leaf,
            of: .notice(record.notice),
            platform: record.platform
        )
        try transaction.insert(record)
        receipt.attachment = record
        return PendingOutcome(
            receipt,
            leaf: attaching.leaf,
            index: record.leafIndex,
            platform: record.platform
        )
    }
}
