public import AdapterKit
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
    case reportProblem(ProblemReport)
    case postDeposit(DepositChange)
    case giveConsent(ConsentGrant)
    case intendRedemption(RedemptionIntent)
    case recordRedemption(RedemptionWord)
    case reportAdapter(AdapterReport)
    /// Everything of an adapter that waits to be asked again is due, and not only at its time.
    case makeReasksDue(adapter: String, at: Instant)
    case attach(Attaching)
    case erase(ErasureOrder)
    case recordTimeStamp(TimeStampReport)
    case recordHealth(HealthReport)
    case stock(StockChange)
    case incident(IncidentChange)
}

/// An accepted delivery notice, prepared in the caller's task: parsed, normalised,
/// fingerprinted, sealed, its leaf built. A class, like its items, because it goes from hand to
/// hand and never changes.
public final class Admission: Sendable {
    /// The row that takes the webhook id, as it will stand if the order is new and nothing
    /// repeats; only the index of its leaf is still open.
    public let notice: NoticeRecord
    public let orderID: String
    /// Whose order it is, by the platform's keyed hash; nil when the platform does not say.
    public let buyerCode: [UInt8]?
    public let deliveredAt: Instant?
    public let items: [AdmittedItem]
    /// The notice's data key under the platform's.
    public let wrappedDataKey: [UInt8]
    public let leaf: SealedLeaf
    /// Makes the leaves that only the transaction can write (duplicates, claims).
    public let drafting: LeafDrafting

    /// - Parameters:
    ///   - delivery: taken if the order is new.
    ///   - ignored: JSON pointers of the fields that were not understood.
    public init(
        platform: PlatformNumber,
        webhookID: String,
        bodyCode: [UInt8],
        stage: DeliveryStage,
        orderID: String,
        buyerCode: [UInt8]? = nil,
        acceptedAt: Instant,
        deliveredAt: Instant?,
        delivery: DeliveryID,
        items: [AdmittedItem],
        ignored: [String],
        wrappedDataKey: [UInt8],
        leaf: SealedLeaf,
        drafting: LeafDrafting
    ) {
        notice = NoticeRecord(
            platform: platform,
            webhookID: webhookID,
            bodyCode: bodyCode,
            delivery: delivery,
            stage: stage,
            acceptedAt: acceptedAt,
            answerItems: AnsweredItem.json(
                items.map { AnsweredItem(line: $0.terms.line, check: $0.check, repeats: nil) }
            ),
            answerIgnored: JSONValue.array(ignored.map { .string($0) }).serialized(),
            leafIndex: 0
        )
        self.wrappedDataKey = wrappedDataKey
        self.orderID = orderID
        self.buyerCode = buyerCode
        self.deliveredAt = deliveredAt
        self.items = items
        self.leaf = leaf
        self.drafting = drafting
    }
}

/// What the answer to a notice says of one of its items.
struct AnsweredItem {
    let line: Int
    let check: CheckID
    /// The delivery that told of it before.
    let repeats: DeliveryID?

    static func json(_ items: [AnsweredItem]) -> [UInt8] {
        JSONValue.array(
            items.map { item in
                var members: [JSONObject.Member] = [
                    .init(name: "line", value: .integer(Int64(item.line))),
                    .init(name: "check", value: .string(item.check.text)),
                ]
                if let repeats = item.repeats {
                    members.append(.init(name: "repeats", value: .string(repeats.text)))
                }
                return .object(JSONObject(members))
            }
        ).serialized()
    }
}

/// One item of an admission.
public final class AdmittedItem: Sendable {
    public let terms: Stored<ItemTerms>
    public let rules: ClaimRules
    public let codeFingerprint: CardFingerprint
    /// Present for keys of 12 symbols or more (CONTRACT, Duplicates).
    public let keyFingerprint: CardFingerprint?
    public let sealedCode: [UInt8]
    /// Codes of this product are sold repeatedly by design and never duplicates.
    public let isReusable: Bool
    /// Only codes of registered stock of this product may be handed over.
    public let requiresStock: Bool
    public let answerer: Answerer
    public let check: CheckID
    /// The remedy that the code replaces a bad one for.
    public let remedy: RemedyID?

    public init(
        terms: ItemTerms,
        rules: ClaimRules,
        codeFingerprint: CardFingerprint,
        keyFingerprint: CardFingerprint?,
        sealedCode: [UInt8],
        isReusable: Bool,
        requiresStock: Bool = false,
        answerer: Answerer,
        check: CheckID,
        remedy: RemedyID? = nil
    ) {
        self.terms = Stored(terms)
        self.rules = rules
        self.codeFingerprint = codeFingerprint
        self.keyFingerprint = keyFingerprint
        self.sealedCode = sealedCode
        self.isReusable = isReusable
        self.requiresStock = requiresStock
        self.answerer = answerer
        self.check = check
        self.remedy = remedy
    }
}

/// Who says what an admitted code is worth.
public enum Answerer: Sendable {
    /// An issuer or carrier: asked when the notice is durable.
    case issuer(adapter: String)
    /// Nobody outside. What stands on the card was read while the notice was prepared.
    case card(CardReading)

    /// What a later question goes to; nil for a product that nobody configured.
    public var adapter: String? {
        switch self {
        case .issuer(let adapter): adapter
        case .card(let reading): reading.adapter
        }
    }

    var reading: CardReading? {
        switch self {
        case .issuer: nil
        case .card(let reading): reading
        }
    }
}

/// A verdict that needed no question.
public struct CardReading: Sendable {
    public var verdict: Stored<Verdict>
    /// The adapter that read; nil for a product that nobody configured.
    public var adapter: String?
    public var skewMargin: Duration

    public init(verdict: Verdict, adapter: String?, skewMargin: Duration) {
        self.verdict = Stored(verdict)
        self.adapter = adapter
        self.skewMargin = skewMargin
    }

    /// The reading of a product that nobody configured.
    public static let unsupported = CardReading(
        verdict: Verdict(state: .unsupported, certainty: .local),
        adapter: nil,
        skewMargin: Timing.defaultSkewMargin
    )
}

/// What one attempt of a check brought.
public struct CheckOutcome: Sendable {
    public var check: CheckID
    /// The lease under which the issuer was asked; another worker's outcome is refused.
    public var leasedUntil: Instant
    /// When the question was put: an answer to an older one does not replace a newer word.
    public var askedAt: Instant
    public var answeredAt: Instant
    public var verdict: Stored<Verdict>
    public var skewMargin: Duration
    public var rules: ClaimRules
    public var leaf: SealedLeaf
    public var drafting: LeafDrafting
    /// When to ask again; nil when the answer decides or nobody can be asked.
    public var askAgainAt: Instant?
    /// What the next ask of the same question gets.
    public var continuation: String?
    /// Whether the issuer only wants to be asked again, so that the ask counts as part of this one.
    public var isPoll = false
    /// The operation whose consent is missing: then nobody was asked.
    public var missingConsent: AdapterOperation?

    /// - Parameter askedAt: nil: when it was answered.
    public init(
        check: CheckID,
        leasedUntil: Instant,
        askedAt: Instant? = nil,
        answeredAt: Instant,
        verdict: Verdict,
        skewMargin: Duration,
        rules: ClaimRules,
        leaf: SealedLeaf,
        drafting: LeafDrafting,
        askAgainAt: Instant?
    ) {
        self.check = check
        self.leasedUntil = leasedUntil
        self.askedAt = askedAt ?? answeredAt
        self.answeredAt = answeredAt
        self.verdict = Stored(verdict)
        self.skewMargin = skewMargin
        self.rules = rules
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
    /// Adapters that can only spend a code: what stands is all that a self-test can say.
    public var unaskedAdapters: Set<String>
    /// The one item that is asked about; nil for all of the order.
    public var item: ItemNumber?

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        requestedAt: Instant,
        newChecks: [CheckID],
        budget: SelfTestBudget,
        unaskedAdapters: Set<String> = [],
        item: ItemNumber? = nil
    ) {
        self.item = item
        self.platform = platform
        self.delivery = delivery
        self.requestedAt = requestedAt
        self.newChecks = newChecks
        self.budget = budget
        self.unaskedAdapters = unaskedAdapters
    }
}

/// What somebody does on a claim.
public enum ClaimMove: Sendable {
    case event(ClaimEvent)
    /// Reports of a filing outside, which moves no clock and no state.
    case filing(EscalationChannel, OutsideFiling.Event)
    /// One side says that words of the other's are abuse; moves no clock and no state (M2-19).
    case abuse(AbuseKind)
    /// A person decides on a penalty that the claim led to; the claim itself stays as it is.
    case penalty(PenaltyID, PenaltyRecord.Decision.Outcome, reason: String)
}

/// Somebody acts on a claim, or one of its clocks rings.
public struct ClaimAdvance: Sendable {
    public var platform: PlatformNumber
    public var claim: ClaimID
    public var move: ClaimMove
    /// The event's name in the history.
    public var name: String
    /// What the event came with, for the history and the leaf: no code and no person.
    public var detail: JSONValue
    /// Why it was done, in words, for the sealed record of the step alone.
    public var reason: String?
    public var principal: ClaimPrincipal
    /// Of the policy the claim's order pinned.
    public var rules: ClaimRules
    public var at: Instant
    public var drafting: LeafDrafting
    public var idempotency: Idempotency?

    public init(
        platform: PlatformNumber,
        claim: ClaimID,
        move: ClaimMove,
        name: String,
        detail: JSONValue = .null,
        reason: String? = nil,
        principal: ClaimPrincipal,
        rules: ClaimRules,
        at: Instant,
        drafting: LeafDrafting,
        idempotency: Idempotency? = nil
    ) {
        self.platform = platform
        self.claim = claim
        self.move = move
        self.name = name
        self.detail = detail
        self.reason = reason
        self.principal = principal
        self.rules = rules
        self.at = at
        self.drafting = drafting
        self.idempotency = idempotency
    }
}

/// The caller's `Idempotency-Key`, and what it was sent with.
public struct Idempotency: Sendable, Hashable {
    public var key: String
    /// Keyed hash of the act's body: tells a repeat from another act under the same key.
    public var actCode: [UInt8]

    public init(key: String, actCode: [UInt8]) {
        self.key = key
        self.actCode = actCode
    }
}
