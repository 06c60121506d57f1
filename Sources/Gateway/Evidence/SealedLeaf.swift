public import EvidenceLog
import WireFormat

/// What a leaf records (evidence.md §4.2). The type is a disclosure like any other, so that the
/// public log does not tell what happens at a platform.
public enum EvidenceType: String, Sendable {
    case delivery
    case inquiry
    case duplicate
    case claim
    case claimResult = "claim_result"
    /// The owner of a code agreed to an operation.
    case consent
    /// The intent to spend a code, and every word about what became of it.
    case redemption
    /// A file that a party added.
    case attachment
    /// A batch of stock was audited and registered.
    case audit
}

/// A leaf ready to be appended, with its private record sealed.
public struct SealedLeaf: Sendable {
    /// The entry of the log: JCS with salted digests only.
    public let bytes: [UInt8]
    /// RFC 6962 leaf hash of ``bytes``.
    public let hash: TreeHash
    /// Secret and fields, from which the disclosures are made again, under the notice's data
    /// key, bound to ``hash``.
    public let sealedRecord: [UInt8]

    public init(bytes: [UInt8], hash: TreeHash, sealedRecord: [UInt8]) {
        self.bytes = bytes
        self.hash = hash
        self.sealedRecord = sealedRecord
    }
}
