import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// All that is known of a delivery, read from the store, from which a bundle is composed.
struct BundleMaterial: LogMaterial, Sendable {
    /// As it is now: its key signs what is composed now.
    let platform: Platform
    /// The platform's logs from the one that the bundle is of to the one that ``platform`` signs.
    let logs: [LogRecord]
    /// Ordinals of other logs that have entries of the delivery.
    let otherLogs: [Int]
    /// `.tlog-proof` files of the last leaf of each log that ended, of ``logs``, under its last
    /// checkpoint: they lead from the log's key to the one that signs.
    let succession: [[UInt8]]
    let delivery: DeliveryRecord
    let notices: [(number: NoticeNumber, record: NoticeRecord)]
    let items: [ItemRecord]
    let claims: [(record: ClaimRecord, history: [ClaimHistoryEntry])]
    /// The delivery's own entries in the log, by index there.
    let entries: [MaterialEntry]
    /// Other sales of its codes.
    let otherSales: OtherSales
    /// Time stamps around all of these, by size.
    let stamps: [TimeStampRecord]
    /// Anchor leaves of stamps that entries are younger than, by index.
    let anchors: [MaterialEntry]
    /// The gateway's own `health` leaves before and after the delivery.
    let health: [MaterialEntry]
    /// From the size of each stamped checkpoint to ``head``.
    let consistency: [UInt64: [TreeHash]]
    /// Files that were added, with their contents as far as this bundle carries them.
    let attachments: [(record: AttachmentRecord, content: AttachedContent)]
    /// Pinned policies by hexadecimal hash.
    let policies: [(hash: String, policy: WarrantyPolicy, text: [UInt8])]
    /// Recorded incidents that may touch its items.
    let incidents: [IncidentRecord]
    /// Whom a reader should believe about the log.
    let logPolicy: LogPolicy
    /// What every proof ends in.
    let head: SignedCheckpoint
    /// `.tlog-proof` files by index, all under ``head``.
    let proofs: [UInt64: [UInt8]]

    /// Every entry that the bundle proves, by index.
    var provenEntries: [MaterialEntry] {
        (entries + anchors + health + otherSales.entries).sorted { $0.index < $1.index }
    }

    /// The last instant that the bundle speaks of; what depends on a time is judged at it, so that
    /// the same evidence always gives the same bundle.
    var asOf: Instant {
        entries.compactMap(\.leaf?.time).max() ?? delivery.createdAt
    }
}

extension BundleMaterial {
    /// An entry's index in the log; null for an entry of another log.
    /// - Parameter index: the running one.
    func entryNumber(_ index: UInt64) -> JSONValue {
        log.holds(index) ? .integer(Int64(index - log.firstIndex)) : .null
    }

    /// What this bundle should have and has not.
    func omissions(isDrawn: Bool) -> [BundleOmission] {
        var omissions: [BundleOmission] = []
        if !isDrawn { omissions.append(.drawing) }
        if health.isEmpty { omissions.append(.health) }
        if otherSales.withheldCount > 0 {
            omissions.append(.otherSales(count: otherSales.withheldCount))
        }
        if otherSales.elsewhereCount > 0 {
            omissions.append(.otherSalesElsewhere(count: otherSales.elsewhereCount))
        }
        if brackets.values.allSatisfy({ $0.notAfter == nil }) { omissions.append(.timeStamps) }
        if head.note.signatures.count < 2 { omissions.append(.witnesses) }
        if !otherLogs.isEmpty { omissions.append(.otherLogs(otherLogs)) }
        let erased = entries.count { $0.record == nil }
        if erased > 0 { omissions.append(.erasedRecords(count: erased)) }
        let large = attachments.count { $0.content == .tooLarge }
        if large > 0 { omissions.append(.largeAttachments(count: large)) }
        let damaged = attachments.count { $0.content == .unreadable }
        if damaged > 0 { omissions.append(.damagedAttachments(count: damaged)) }
        return omissions
    }
}

/// An attachment's content as far as a bundle carries it.
enum AttachedContent: Sendable, Equatable {
    case bytes([UInt8])
    case tooLarge
    /// The sealed file is gone or damaged.
    case unreadable

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }
}

/// An entry of the log with what its sealed record says, as far as it can be opened.
struct MaterialEntry: Sendable {
    /// In its log.
    let index: UInt64
    let bytes: [UInt8]
    /// Nil when its data key was erased.
    let record: EvidenceRecord?
    /// The items of it that are shown; nil for all.
    var shownItems: Set<Int>?
    /// Nil for bytes that are no leaf.
    let leaf: EvidenceLeaf?

    init(index: UInt64, bytes: [UInt8], record: EvidenceRecord?) {
        self.index = index
        self.bytes = bytes
        self.record = record
        leaf = try? EvidenceLeaf(bytes: bytes)
    }

    /// A field of the event.
    subscript(name: String) -> JSONValue? { record?.fields[name] }

    var type: EvidenceType? { self["typ"]?.stringValue.flatMap { EvidenceType(rawValue: $0) } }

    /// Of a leaf that everybody can read.
    var publicType: PublicLeafType? {
        if case .disclosed(let type, _) = leaf?.content { type } else { nil }
    }

    /// The verdict that the entry records.
    var verdict: Verdict? { self["verdict"].flatMap { Verdict(jsonValue: $0) } }
}
