public import EvidenceLog
import WireFormat

/// The head of a platform's log: what the next commit appends to.
public struct LogHead: Sendable {
    public var range: CompactRange
    /// The signed checkpoint of this size as published (a signed note).
    public var checkpoint: [UInt8]

    public init(range: CompactRange, checkpoint: [UInt8]) {
        self.range = range
        self.checkpoint = checkpoint
    }
}

/// One leaf with what only the gateway may read of it.
public struct LogEntryRecord: Sendable {
    public var leaf: [UInt8]
    public var hash: TreeHash
    /// The private record (disclosures' secret, fields, transcripts) under the data key of
    /// ``notice``, bound to the leaf's hash.
    public var sealedRecord: [UInt8]
    public var notice: NoticeNumber?

    public init(leaf: [UInt8], hash: TreeHash, sealedRecord: [UInt8], notice: NoticeNumber?) {
        self.leaf = leaf
        self.hash = hash
        self.sealedRecord = sealedRecord
        self.notice = notice
    }
}
