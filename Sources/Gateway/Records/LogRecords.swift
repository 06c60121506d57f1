public import EvidenceLog
public import WireFormat

/// One of a platform's logs: an origin and a key for all its life, because auditors pin both.
/// Another key is another log.
///
/// A platform's entries have one running index over all its logs, so that whatever refers to an
/// entry stays true when a log ends. The log itself, its tiles and its proofs count from 0.
public struct LogRecord: Sendable, Hashable {
    public var platform: PlatformNumber
    /// 1 for the platform's first log, and one more for each that follows.
    public var ordinal: Int
    /// Running index of its first entry: the entries of all logs before it.
    public var firstIndex: UInt64
    /// Running index after its last entry; nil while it is open.
    public var end: UInt64?
    public var origin: String
    /// The key that signs it, in vkey form (C2SP signed-note).
    public var vkey: String
    public var begunAt: Instant

    public init(
        platform: PlatformNumber,
        ordinal: Int,
        firstIndex: UInt64,
        end: UInt64? = nil,
        origin: String,
        vkey: String,
        begunAt: Instant
    ) {
        self.platform = platform
        self.ordinal = ordinal
        self.firstIndex = firstIndex
        self.end = end
        self.origin = origin
        self.vkey = vkey
        self.begunAt = begunAt
    }

    public var name: LogName { LogName(platform: platform, ordinal: ordinal) }

    /// Entries of a log that has ended; nil for the open one.
    public var finalSize: UInt64? { end.map { $0 - min($0, firstIndex) } }

    /// Whether an entry of this running index lies in it, if there is such an entry.
    public func holds(_ index: UInt64) -> Bool {
        firstIndex <= index && end.map { index < $0 } ?? true
    }

    /// Where its node 0 of a level lies among all the platform's nodes of that level.
    ///
    /// A log of n entries has n / 256^L complete nodes at level L. Rounded up here, the nodes of
    /// one log end before those of the next begin; at level 0 they are the entries themselves.
    public func firstNode(level: Int) -> UInt64 {
        let bits = UInt64(8 * level)
        let whole = firstIndex >> bits
        return whole << bits == firstIndex ? whole : whole + 1
    }
}

/// Which log of a deployment.
public struct LogName: Sendable, Hashable, Comparable {
    public let platform: PlatformNumber
    public let ordinal: Int

    public init(platform: PlatformNumber, ordinal: Int) {
        self.platform = platform
        self.ordinal = ordinal
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.platform, left.ordinal) < (right.platform, right.ordinal)
    }
}

/// The head of a platform's open log: what the next commit appends to.
public struct LogHead: Sendable {
    public var log: LogRecord
    public var range: CompactRange
    /// The signed checkpoint of this size as published (a signed note).
    public var checkpoint: [UInt8]

    public init(log: LogRecord, range: CompactRange, checkpoint: [UInt8]) {
        self.log = log
        self.range = range
        self.checkpoint = checkpoint
    }

    /// Running index that the platform's next entry takes.
    public var end: UInt64 { log.firstIndex + range.size }
}

/// Whose leaf an entry of the log is: under whose data key its private record is sealed.
public enum LeafOwner: Sendable, Hashable {
    case notice(NoticeNumber)
    case batch(BatchNumber)
    /// The log's own, which everybody can read.
    case log
}

/// One leaf with what only the gateway may read of it.
public struct LogEntryRecord: Sendable {
    public var leaf: [UInt8]
    public var hash: TreeHash
    /// The private record (disclosures' secret, fields, transcripts) under the data key of
    /// ``owner``, bound to the leaf's hash.
    public var sealedRecord: [UInt8]
    public var owner: LeafOwner

    public init(leaf: [UInt8], hash: TreeHash, sealedRecord: [UInt8], owner: LeafOwner) {
        self.leaf = leaf
        self.hash = hash
        self.sealedRecord = sealedRecord
        self.owner = owner
    }

    public var notice: NoticeNumber? {
        if case .notice(let number) = owner { number } else { nil }
    }

    public var batch: BatchNumber? {
        if case .batch(let number) = owner { number } else { nil }
    }
}

/// Ends a platform's open log and begins its next.
public struct LogRotation: Sendable {
    /// The log that ends; nothing happens when another one is open by now.
    public var ending: LogName
    /// Of the log that begins.
    public var origin: String
    public var vkey: String
    /// The platform's secrets with the new log key in the old one's place.
    public var sealedSecrets: [UInt8]
    public var at: Instant

    public init(
        ending: LogName,
        origin: String,
        vkey: String,
        sealedSecrets: [UInt8],
        at: Instant
    ) {
        self.ending = ending
        self.origin = origin
        self.vkey = vkey
        self.sealedSecrets = sealedSecrets
        self.at = at
    }
}
