public import CardModel
public import EvidenceLog
public import WireFormat

/// Where in its life a code is when a notice speaks of it.
public enum DeliveryStage: String, Sendable, Hashable {
    /// Before it is handed over: custody point t1.
    case dispense
    /// At hand-over: custody point t2.
    case receipt
}

/// The store's number of an item; never shown outside.
public struct ItemNumber: Sendable, Hashable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

/// The store's number of an accepted notice; its data key is kept under it.
public struct NoticeNumber: Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One accepted webhook: what answers a repeat of it.
public struct NoticeRecord: Sendable {
    public var platform: PlatformNumber
    /// Nil once the delivery was erased.
    public var webhookID: String?
    /// Keyed hash of the raw body: tells a repeat from another body under the same id without
    /// giving a short key away to anyone who guesses.
    public var bodyCode: [UInt8]
    public var delivery: DeliveryID
    public var stage: DeliveryStage
    public var acceptedAt: Instant
    /// The `items` of the answer, as JSON, exactly as first written.
    public var answerItems: [UInt8]
    /// The `ignored` of the answer, as JSON.
    public var answerIgnored: [UInt8]
    /// Index of the delivery leaf. The answer's proof speaks of the smallest tree published with
    /// this leaf.
    public var leafIndex: UInt64

    public init(
        platform: PlatformNumber,
        webhookID: String?,
        bodyCode: [UInt8],
        delivery: DeliveryID,
        stage: DeliveryStage,
        acceptedAt: Instant,
        answerItems: [UInt8],
        answerIgnored: [UInt8],
        leafIndex: UInt64
    ) {
        self.platform = platform
        self.webhookID = webhookID
        self.bodyCode = bodyCode
        self.delivery = delivery
        self.stage = stage
        self.acceptedAt = acceptedAt
        self.answerItems = answerItems
        self.answerIgnored = answerIgnored
        self.leafIndex = leafIndex
    }
}

/// All that was handed over under one order of a platform.
public struct DeliveryRecord: Sendable {
    public var id: DeliveryID
    public var platform: PlatformNumber
    public var orderID: String
    /// The notice that brought the order.
    public var firstNotice: NoticeNumber
    public var createdAt: Instant
    /// Whose order it is, as a keyed hash (``Platform/buyerCode(_:)``); nil when nobody said.
    public var buyerCode: [UInt8]?
    /// Since when only the operator reads it, because its erasure was asked for and a legal hold
    /// stands; nil otherwise.
    public var restrictedAt: Instant?

    public init(
        id: DeliveryID,
        platform: PlatformNumber,
        orderID: String,
        firstNotice: NoticeNumber,
        createdAt: Instant,
        buyerCode: [UInt8]? = nil
    ) {
        self.id = id
        self.platform = platform
        self.orderID = orderID
        self.firstNotice = firstNotice
        self.createdAt = createdAt
        self.buyerCode = buyerCode
    }
}

/// What the notice said of an item and what never changes.
public struct ItemTerms: Sendable, Hashable {
    public var line: Int
    public var product: String
    public var merchant: String
    public var expiresOn: CalendarDate?
    public var faceValue: Money?
    /// The notice named no value, and the product's own stands for it.
    public var isFaceValueTheProducts: Bool
    public var placedAt: Instant?
    public var termsDisclosedAt: Instant?
    public var policy: PolicyPin
    /// The item's share of what was paid for the order; nil when the platform did not say.
    public var price: Money?
    /// What the order promised beside value and label.
    public var promised: PromisedTerms
    /// The issuer domain of the product as it was configured at the sale; nil for a product that
    /// nobody configured.
    public var issuer: String?
    /// The order was paid or handed over outside the platform (M3-51).
    public var isOffPlatform: Bool

    public init(
        line: Int,
        product: String,
        merchant: String,
        expiresOn: CalendarDate?,
        faceValue: Money?,
        isFaceValueTheProducts: Bool = false,
        placedAt: Instant?,
        termsDisclosedAt: Instant?,
        policy: PolicyPin,
        price: Money? = nil,
        promised: PromisedTerms = .none,
        issuer: String? = nil,
        isOffPlatform: Bool = false
    ) {
        self.line = line
        self.product = product
        self.merchant = merchant
        self.expiresOn = expiresOn
        self.faceValue = faceValue
        self.isFaceValueTheProducts = isFaceValueTheProducts
        self.placedAt = placedAt
        self.termsDisclosedAt = termsDisclosedAt
        self.policy = policy
        self.price = price
        self.promised = promised
        self.issuer = issuer
        self.isOffPlatform = isOffPlatform
    }
}

/// One code in one line of one order, and what is known of it now.
public struct ItemRecord: Sendable {
    public var number: ItemNumber
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    public var terms: Stored<ItemTerms>
    public var codeFingerprint: CardFingerprint
    /// Serial and key, sealed under the data key of ``notice``.
    public var sealedCode: [UInt8]
    public var notice: NoticeNumber
    /// The check that answers for this item: of the latest stage, or the buyer's latest.
    public var check: CheckID
    public var deliveredAt: Instant?
    /// Time of the good verdict at dispense (custody point t1).
    public var dispenseGoodAt: Instant?
    /// Time of the first verdict at dispense that showed the code dead: nobody can have killed it
    /// after that.
    public var dispenseBadAt: Instant?
    /// The first check the buyer asked for, and the first of these that showed a good code.
    public var firstVerificationAt: Instant?
    public var buyerSawGoodAt: Instant?
    /// The issuer's earliest time of activation or use.
    public var activatedAt: Instant?
    /// Since when no issuer has decided; nil while there is no question or an answer.
    public var undecidedSince: Instant?
    /// Time already lost to undecided answers, which tolls the window.
    public var undecidedIncidents: [Incident]
    /// The end of the window of the code that this one replaces.
    public var replacesEndingAt: Instant?
    public var decision: ItemDecision?

    public init(
        number: ItemNumber,
        platform: PlatformNumber,
        delivery: DeliveryID,
        terms: Stored<ItemTerms>,
        codeFingerprint: CardFingerprint,
        sealedCode: [UInt8],
        notice: NoticeNumber,
        check: CheckID,
        deliveredAt: Instant?
    ) {
        self.number = number
        self.platform = platform
        self.delivery = delivery
        self.terms = terms
        self.codeFingerprint = codeFingerprint
        self.sealedCode = sealedCode
        self.notice = notice
        self.check = check
        self.deliveredAt = deliveredAt
        undecidedIncidents = []
    }
}

extension ItemRecord {
    /// The instants between which the code was in somebody's hands.
    var custody: Custody {
        Custody(
            dispenseOKAt: dispenseGoodAt,
            dispenseBadAt: dispenseBadAt,
            deliveredAt: deliveredAt
        )
    }
}

/// Where a leaf lies and what it hashes to.
public struct LeafReference: Sendable, Hashable {
    public var index: UInt64
    public var hash: TreeHash

    public init(index: UInt64, hash: TreeHash) {
        self.index = index
        self.hash = hash
    }
}

/// The verdict that stands for an item or a check, with what follows from it.
///
/// Stored once, with the check that brought it; an item names that check.
public struct ItemDecision: Sendable {
    public var check: CheckID
    public var verdict: Stored<Verdict>
    /// When the question was put whose answer this is: an answer to an older one does not replace
    /// it.
    public var askedAt: Instant
    public var decidedAt: Instant
    public var liability: LiableParty
    /// The row of the table, or the rule beside it, that said so.
    public var liabilityRule: String
    public var claim: ClaimID?
    /// Why no claim was opened for a bad verdict; a stable reason code.
    public var claimRefusal: String?
    /// The leaf that records the verdict.
    public var leaf: LeafReference
    /// Nil for an answer from which nothing follows.
    public var judgement: JudgementRecord?

    /// - Parameter askedAt: nil: when it was decided.
    public init(
        check: CheckID,
        verdict: Stored<Verdict>,
        askedAt: Instant? = nil,
        decidedAt: Instant,
        liability: LiableParty,
        liabilityRule: String,
        claim: ClaimID?,
        claimRefusal: String?,
        leaf: LeafReference,
        judgement: JudgementRecord? = nil
    ) {
        self.check = check
        self.verdict = verdict
        self.askedAt = askedAt ?? decidedAt
        self.decidedAt = decidedAt
        self.liability = liability
        self.liabilityRule = liabilityRule
        self.claim = claim
        self.claimRefusal = claimRefusal
        self.leaf = leaf
        self.judgement = judgement
    }
}
