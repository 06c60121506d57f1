import AdapterKit
public import CardModel
public import WireFormat

/// The number of an order of ours at an issuer: random, so that a store restored from a copy does
/// not give the same one to another code, and unique in the deployment for all time.
public struct RedemptionNumber: Sendable, Hashable, Comparable {
    /// Random bytes that a number is made from: far more than its digits, so that none is likelier.
    public static let randomByteCount = 16

    public let rawValue: UInt64

    /// Nil outside of `RedemptionOrder.numberRange`.
    public init?(rawValue: UInt64) {
        guard RedemptionOrder.numberRange.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter random: ``randomByteCount`` fresh random bytes.
    public init(random: [UInt8]) {
        precondition(random.count >= Self.randomByteCount, "a number takes 16 random bytes")
        let range = RedemptionOrder.numberRange
        let value = random.prefix(Self.randomByteCount).reduce(UInt128(0)) {
            $0 << 8 | UInt128($1)
        }
        rawValue = range.lowerBound + UInt64(value % UInt128(range.upperBound))
    }

    /// The decimal spelling without leading zeros, and no other.
    public init?(_ text: some StringProtocol) {
        guard let value = UInt64(text), String(value) == text else { return nil }
        self.init(rawValue: value)
    }

    public var text: String { String(rawValue) }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Which orders of an adapter are carried on together: whoever is told to redeem need not be who
/// says what became of it.
public enum RedemptionPhase: Sendable, Hashable {
    /// Agreed to, and nothing sent.
    case planned
    /// Sent, or perhaps: to be found out about.
    case open

    /// Nil when nothing is left to do.
    public init?(_ state: RedemptionRecord.State) {
        switch state {
        case .planned: self = .planned
        case .intended, .accepted, .unknown: self = .open
        case .settled, .notTaken, .person: return nil
        }
    }
}

/// One order to spend one code, and what became of it.
public struct RedemptionRecord: Sendable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Agreed to, and nothing sent: the only state from which the issuer is told to redeem.
        case planned
        /// Written before the call. Found so with an ended lease, nobody knows what the issuer did:
        /// it is asked, never told again.
        case intended
        /// The issuer took it and decides later.
        case accepted
        /// No answer said what happened to the code.
        case unknown
        /// The issuer's word is known. Another word of the issuer's may supersede it.
        case settled
        /// The issuer took nothing, and never will of this order.
        case notTaken = "not_taken"
        /// Nothing more can be asked: a person decides. An issuer's late word still settles it.
        case person

        /// Whether the issuer may still be asked what became of the order.
        public var isOpen: Bool {
            switch self {
            case .intended, .accepted, .unknown: true
            case .planned, .settled, .notTaken, .person: false
            }
        }
    }

    public var number: RedemptionNumber
    public var platform: PlatformNumber
    public var item: ItemNumber
    /// The check that carries the order's verdict; a further order of the same consent shares it.
    public var check: CheckID
    public var consent: ConsentID
    /// The configured adapter that redeems.
    public var adapter: String
    /// Of the key where it has one of its own, else of the code: what makes the order unique.
    public var fingerprint: CardFingerprint
    /// Whether no other order may be made for the code. One that took nothing holds nothing.
    public var holdsCode: Bool
    public var state: State
    /// The order's place among those of one consent, from 1.
    public var ordinal: Int
    /// How often the issuer was asked what became of it.
    public var polls: Int
    public var createdAt: Instant
    /// When the intent was written; nil before.
    public var placedAt: Instant?
    /// When a worker may take it; nil when nothing is to be done.
    public var dueAt: Instant?
    public var leasedUntil: Instant?
    /// When the word that stands was asked for or came in: an older one does not replace it.
    public var wordAt: Instant?

    public init(
        number: RedemptionNumber,
        platform: PlatformNumber,
        item: ItemNumber,
        check: CheckID,
        consent: ConsentID,
        adapter: String,
        fingerprint: CardFingerprint,
        state: State = .planned,
        ordinal: Int,
        createdAt: Instant,
        dueAt: Instant?
    ) {
        self.number = number
        self.platform = platform
        self.item = item
        self.check = check
        self.consent = consent
        self.adapter = adapter
        self.fingerprint = fingerprint
        self.state = state
        self.ordinal = ordinal
        self.createdAt = createdAt
        self.dueAt = dueAt
        holdsCode = true
        polls = 0
    }

    /// When a worker may take the order: the end of its lease while one holds it.
    public var openDueAt: Instant? { leasedUntil ?? dueAt }

    /// Whether the code may not be ordered again: an order may be on its way, or had its word. A
    /// late word can settle one that let the code go.
    var barsAnother: Bool { holdsCode || state == .settled }
}

/// An order that a worker may carry out until ``leasedUntil``, with all it needs.
public struct LeasedRedemption: Sendable {
    public var redemption: RedemptionRecord
    public var item: ItemRecord
    public var consent: ConsentRecord
    public var orderID: String
    /// The data key of the item's notice, wrapped; nil after erasure.
    public var wrappedDataKey: [UInt8]?
    public var leasedUntil: Instant

    public init(
        redemption: RedemptionRecord,
        item: ItemRecord,
        consent: ConsentRecord,
        orderID: String,
        wrappedDataKey: [UInt8]?,
        leasedUntil: Instant
    ) {
        self.redemption = redemption
        self.item = item
        self.consent = consent
        self.orderID = orderID
        self.wrappedDataKey = wrappedDataKey
        self.leasedUntil = leasedUntil
    }
}
