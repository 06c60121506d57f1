import CardModel
public import WireFormat

/// What is left of a delivery that was erased: that it was, when, and why so early.
public struct ErasureRecord: Sendable {
    public var delivery: DeliveryID
    public var platform: PlatformNumber
    public var erasedAt: Instant
    /// SHA-256 of the request that asked for it, as the public leaf has it.
    public var requestSHA256: [UInt8]
    /// Private records of leaves that were destroyed.
    public var count: UInt64
    /// The public leaf that tells of it.
    public var leafIndex: UInt64
    /// Why a legal hold was passed over; nil when none stood.
    public var overrideReason: String?

    public init(
        delivery: DeliveryID,
        platform: PlatformNumber,
        erasedAt: Instant,
        requestSHA256: [UInt8],
        count: UInt64,
        leafIndex: UInt64,
        overrideReason: String?
    ) {
        self.delivery = delivery
        self.platform = platform
        self.erasedAt = erasedAt
        self.requestSHA256 = requestSHA256
        self.count = count
        self.leafIndex = leafIndex
        self.overrideReason = overrideReason
    }

    /// Characters of a reason: a sentence and a file number.
    public static let longestReason = 500
}

/// An identifier whose record was erased, so that whoever asks for it hears so.
public enum ErasedName: Sendable, Hashable {
    case check(CheckID)
    case claim(ClaimID)

    /// Identifiers of all kinds are as long and as random as each other: one of them is enough.
    public var bytes: [UInt8] {
        switch self {
        case .check(let id): id.bytes
        case .claim(let id): id.bytes
        }
    }
}

/// What a store destroyed of a delivery.
public struct Destruction: Sendable {
    /// Private records of leaves.
    public var records: UInt64

    public init(records: UInt64) {
        self.records = records
    }
}

/// Somebody asks for a delivery to be forgotten.
public struct ErasureOrder: Sendable {
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    public var at: Instant
    public var requestSHA256: [UInt8]
    public var rule: RetentionRule
    /// Why a legal hold is passed over; nil: it is not.
    public var overrideReason: String?
    /// Shops' messages that tell of the same order.
    public var quarantined: [Int64]

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        at: Instant,
        requestSHA256: [UInt8],
        rule: RetentionRule,
        overrideReason: String?,
        quarantined: [Int64]
    ) {
        self.platform = platform
        self.delivery = delivery
        self.at = at
        self.requestSHA256 = requestSHA256
        self.rule = rule
        self.overrideReason = overrideReason
        self.quarantined = quarantined
    }
}

/// How an erasure ended.
public enum ErasureResult: Sendable {
    case erased(ErasureRecord)
    /// Kept for the hold, and read by the operator alone from then on.
    case restricted(since: Instant, hold: LegalHold)
}
