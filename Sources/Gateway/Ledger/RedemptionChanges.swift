public import AdapterKit
public import CardModel
import EvidenceLog
public import WireFormat

/// The owner of a code agrees to an operation. A consent to redeem brings the order along.
public struct ConsentGrant: Sendable {
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    /// As it will stand; the index of its leaf is still open.
    public var consent: ConsentRecord
    /// The order, when the operation is `redeem`.
    public var plan: RedemptionPlan?
    public var leaf: SealedLeaf

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        consent: ConsentRecord,
        plan: RedemptionPlan?,
        leaf: SealedLeaf
    ) {
        self.platform = platform
        self.delivery = delivery
        self.consent = consent
        self.plan = plan
        self.leaf = leaf
    }
}

/// An order that may be made for a code.
public struct RedemptionPlan: Sendable {
    public var number: RedemptionNumber
    /// The check that will carry its verdict.
    public var check: CheckID
    public var adapter: String
    public var fingerprint: CardFingerprint
    public var dueAt: Instant

    public init(
        number: RedemptionNumber,
        check: CheckID,
        adapter: String,
        fingerprint: CardFingerprint,
        dueAt: Instant
    ) {
        self.number = number
        self.check = check
        self.adapter = adapter
        self.fingerprint = fingerprint
        self.dueAt = dueAt
    }
}

/// Written before the issuer is told to redeem. What is refused is not sent.
public struct RedemptionIntent: Sendable {
    public var number: RedemptionNumber
    /// The lease under which the order will be sent.
    public var leasedUntil: Instant
    public var at: Instant
    public var leaf: SealedLeaf

    public init(
        number: RedemptionNumber,
        leasedUntil: Instant,
        at: Instant,
        leaf: SealedLeaf
    ) {
        self.number = number
        self.leasedUntil = leasedUntil
        self.at = at
        self.leaf = leaf
    }
}

/// Where a word about an order came from.
public enum RedemptionSource: String, Sendable, Hashable {
    /// The answer to the call that spends the code.
    case redeem
    /// The issuer was asked about the order.
    case query
    /// The issuer reported by itself.
    case callback
    /// Another adapter asked for the state of the code.
    case inquiry
    /// Nobody was asked: nothing can be, or nothing may be.
    case gateway
}

/// What was heard of an order.
public struct RedemptionWord: Sendable {
    public var number: RedemptionNumber
    public var platform: PlatformNumber
    public var source: RedemptionSource
    public var disposition: RedemptionAnswer.Disposition
    public var verdict: Stored<Verdict>
    /// When the issuer was asked, or its report came in.
    public var askedAt: Instant
    public var at: Instant
    /// The lease that ends with this word; nil for one that no worker asked for.
    public var leasedUntil: Instant?
    /// When to ask again if the order stays open; nil: a person decides.
    public var askAgainAt: Instant?
    /// The number and time of a further order, should this one have taken nothing.
    public var retry: (number: RedemptionNumber, dueAt: Instant)?
    /// Of what a callback says: the same word a second time is no news, however it is spelled.
    public var digest: [UInt8]?
    public var skewMargin: Duration
    public var rules: ClaimRules
    public var leaf: SealedLeaf
    public var drafting: LeafDrafting

    public init(
        number: RedemptionNumber,
        platform: PlatformNumber,
        source: RedemptionSource,
        disposition: RedemptionAnswer.Disposition,
        verdict: Verdict,
        askedAt: Instant,
        at: Instant,
        leasedUntil: Instant? = nil,
        askAgainAt: Instant? = nil,
        retry: (number: RedemptionNumber, dueAt: Instant)? = nil,
        digest: [UInt8]? = nil,
        skewMargin: Duration,
        rules: ClaimRules,
        leaf: SealedLeaf,
        drafting: LeafDrafting
    ) {
        self.number = number
        self.platform = platform
        self.source = source
        self.disposition = disposition
        self.verdict = Stored(verdict)
        self.askedAt = askedAt
        self.at = at
        self.leasedUntil = leasedUntil
        self.askAgainAt = askAgainAt
        self.retry = retry
        self.digest = digest
        self.skewMargin = skewMargin
        self.rules = rules
        self.leaf = leaf
        self.drafting = drafting
    }

    /// Different words that an issuer may report by itself about one order: more are noise, but
    /// for the one that settles it.
    public static let mostCallbacks = 32
}
