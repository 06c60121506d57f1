public import CardModel
import EvidenceLog
public import WireFormat

/// What a caller wants to become true. The ledger makes all of it true in one transaction, or
/// none of it (DESIGN §3).
public enum Change: Sendable {
    case admit(Admission)
    case recordCheck(CheckOutcome)
    case requestSelfTest(SelfTestRequest)
    case advanceClaim(ClaimAdvance)
}

/// An accepted delivery notice, prepared in the caller's task: parsed, normalised,
/// fingerprinted, sealed, its leaf built.
public struct Admission: Sendable {
    public var platform: PlatformNumber
    public var webhookID: String
    public var bodyCode: [UInt8]
    public var stage: DeliveryStage
    public var orderID: String
    public var acceptedAt: Instant
    public var deliveredAt: Instant?
    /// Taken if the order is new.
    public var delivery: DeliveryID
    public var items: [AdmittedItem]
    /// JSON pointers of the fields that were not understood.
    public var ignored: [String]
    public var wrappedDataKey: [UInt8]
    public var leaf: SealedLeaf
    /// Makes the leaves that only the transaction can write (duplicates, claims).
    public var drafting: LeafDrafting

    public init(
        platform: PlatformNumber,
        webhookID: String,
        bodyCode: [UInt8],
        stage: DeliveryStage,
        orderID: String,
        acceptedAt: Instant,
        deliveredAt: Instant?,
        delivery: DeliveryID,
        items: [AdmittedItem],
        ignored: [String],
        wrappedDataKey: [UInt8],
        leaf: SealedLeaf,
        drafting: LeafDrafting
    ) {
        self.platform = platform
        self.webhookID = webhookID
        self.bodyCode = bodyCode
        self.stage = stage
        self.orderID = orderID
        self.acceptedAt = acceptedAt
        self.deliveredAt = deliveredAt
        self.delivery = delivery
        self.items = items
        self.ignored = ignored
        self.wrappedDataKey = wrappedDataKey
        self.leaf = leaf
        self.drafting = drafting
    }
}

/// One item of an admission.
public struct AdmittedItem: Sendable {
    public var terms: ItemTerms
    public var policy: WarrantyPolicy
    public var codeFingerprint: CardFingerprint
    /// Present for keys of 12 symbols or more (CONTRACT, Duplicates).
    public var keyFingerprint: CardFingerprint?
    public var sealedCode: [UInt8]
    /// Codes of this product are sold repeatedly by design and never duplicates.
    public var isReusable: Bool
    /// The adapter that answers for the product; nil: nobody can be asked.
    public var adapter: String?
    public var check: CheckID

    public init(
        terms: ItemTerms,
        policy: WarrantyPolicy,
        codeFingerprint: CardFingerprint,
        keyFingerprint: CardFingerprint?,
        sealedCode: [UInt8],
        isReusable: Bool,
        adapter: String?,
        check: CheckID
    ) {
        self.terms = terms
        self.policy = policy
        self.codeFingerprint = codeFingerprint
        self.keyFingerprint = keyFingerprint
        self.sealedCode = sealedCode
        self.isReusable = isReusable
        self.adapter = adapter
        self.check = check
    }
}

/// What one attempt of a check brought.
public struct CheckOutcome: Sendable {
    public var check: CheckID
    /// The lease under which the issuer was asked; another worker's outcome is refused.
    public var leasedUntil: Instant
    public var answeredAt: Instant
    public var verdict: Verdict
    public var skewMargin: Duration
    public var policy: WarrantyPolicy
    public var leaf: SealedLeaf
    public var drafting: LeafDrafting
    /// When to ask again; nil when the answer decides or nobody can be asked.
    public var askAgainAt: Instant?

    public init(
        check: CheckID,
        leasedUntil: Instant,
        answeredAt: Instant,
        verdict: Verdict,
        skewMargin: Duration,
        policy: WarrantyPolicy,
        leaf: SealedLeaf,
        drafting: LeafDrafting,
        askAgainAt: Instant?
    ) {
        self.check = check
        self.leasedUntil = leasedUntil
        self.answeredAt = answeredAt
        self.verdict = verdict
        self.skewMargin = skewMargin
        self.policy = policy
        self.leaf = leaf
        self.drafting = drafting
        self.askAgainAt = askAgainAt
    }
}

/// A buyer asks for his codes to be tested: spends his budget and enqueues the checks.
public struct SelfTestRequest: Sendable {
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    public var requestedAt: Instant
    /// One new check identifier for each item that may have to be asked.
    public var newChecks: [CheckID]
    public var budget: SelfTestBudget

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        requestedAt: Instant,
        newChecks: [CheckID],
        budget: SelfTestBudget
    ) {
        self.platform = platform
        self.delivery = delivery
        self.requestedAt = requestedAt
        self.newChecks = newChecks
        self.budget = budget
    }
}

/// Somebody acts on a claim.
public struct ClaimAdvance: Sendable {
    public var platform: PlatformNumber
    public var claim: ClaimID
    public var event: ClaimEvent
    /// The event's name in the history.
    public var name: String
    public var actor: ClaimActor
    /// The policy the claim's order pinned.
    public var policy: WarrantyPolicy
    public var at: Instant
    public var drafting: LeafDrafting
    /// The caller's `Idempotency-Key`, if it sent one.
    public var idempotencyKey: String?

    public init(
        platform: PlatformNumber,
        claim: ClaimID,
        event: ClaimEvent,
        name: String,
        actor: ClaimActor,
        policy: WarrantyPolicy,
        at: Instant,
        drafting: LeafDrafting,
        idempotencyKey: String?
    ) {
        self.platform = platform
        self.claim = claim
        self.event = event
        self.name = name
        self.actor = actor
        self.policy = policy
        self.at = at
        self.drafting = drafting
        self.idempotencyKey = idempotencyKey
    }
}
