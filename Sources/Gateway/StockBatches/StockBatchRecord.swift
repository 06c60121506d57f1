public import CardModel
public import EvidenceLog
public import WireFormat

/// The store's number of a batch; its data key is kept with it.
public struct BatchNumber: Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What never changes of a batch.
public struct BatchTerms: Sendable, Hashable {
    public var merchant: String
    public var product: String
    /// As the operator calls it: a file's name, a supplier's invoice.
    public var name: String
    public var supplier: String?
    /// Lines that it will have.
    public var lineCount: Int
    /// The day on which its expiry was judged.
    public var asOf: CalendarDate

    public init(
        merchant: String,
        product: String,
        name: String,
        supplier: String?,
        lineCount: Int,
        asOf: CalendarDate
    ) {
        self.merchant = merchant
        self.product = product
        self.name = name
        self.supplier = supplier
        self.lineCount = lineCount
        self.asOf = asOf
    }

    /// Lines of one batch: what an item's salt can count, and what fits a disk.
    public static let mostLines = 100_000_000
}

/// Stock that was audited and registered: custody point t0.
public struct StockBatchRecord: Sendable {
    /// Given by the store.
    public var number: BatchNumber
    public var id: BatchID
    public var platform: PlatformNumber
    /// The caller's `Idempotency-Key`: the same registration under it is the same batch. Nil once
    /// the batch is withdrawn, so that the same file can be registered again.
    public var registrationKey: String?
    public var terms: BatchTerms
    /// As it was when the batch was registered: a change of the rule never reaches back.
    public var recallRule: RecallRule
    public var createdAt: Instant
    /// The batch's data key under the platform's.
    public var wrappedDataKey: [UInt8]
    /// The secret of the lines' salts under the data key, bound to ``id``.
    public var sealedSecret: [UInt8]
    public var standing: BatchStanding
    /// Lines by class; a line of two classes counts in both.
    public var classCounts: [StockLineClass: Int]
    /// The tree over the records of its lines.
    public var range: CompactRange
    /// The physical line that came last; 0 before the first.
    public var lastLine: Int
    /// The `audit` leaf; nil until the batch is sealed.
    public var leaf: LeafReference?
    /// Since when what was released of it may not be handed over.
    public var blockedSince: Instant
    /// While its holders are being told of the recall: the place of the last that were; -1 before
    /// the first, nil when there is nobody left to tell.
    public var toldThrough: Int?
    public var history: [BatchStep]

    public init(
        id: BatchID,
        platform: PlatformNumber,
        registrationKey: String?,
        terms: BatchTerms,
        recallRule: RecallRule,
        createdAt: Instant,
        wrappedDataKey: [UInt8],
        sealedSecret: [UInt8]
    ) {
        number = BatchNumber(rawValue: 0)
        self.id = id
        self.platform = platform
        self.registrationKey = registrationKey
        self.terms = terms
        self.recallRule = recallRule
        self.createdAt = createdAt
        self.wrappedDataKey = wrappedDataKey
        self.sealedSecret = sealedSecret
        standing = BatchStanding()
        classCounts = [:]
        range = CompactRange()
        lastLine = 0
        blockedSince = createdAt
        history = []
    }

    /// Whether a code of it was handed over before it was stopped, as a notice tells. Times of
    /// notices are often whole seconds: within the same second it was not before.
    func wasOpen(rank: Int?, at deliveredAt: Instant) -> Bool {
        let since =
            rank.map { $0 < standing.releasedCount } == true ? blockedSince : createdAt
        let millisecond = since.millisecondsSinceEpoch
        return deliveredAt.millisecondsSinceEpoch < millisecond - millisecond % 1_000
    }

    /// Lines that are there.
    public var count: Int { Int(clamping: range.size) }

    /// The steps that are kept; of more, the first and the latest.
    public static let longestHistory = 64
}

/// A step of a batch.
public struct BatchStep: Sendable, Hashable {
    public enum Actor: String, Sendable {
        case platform
        /// The rule that recalls a batch by itself.
        case gateway
    }

    public var at: Instant
    public var act: String
    public var from: BatchStanding.State
    public var to: BatchStanding.State
    public var actor: Actor
    public var releasedCount: Int
    public var badCount: Int
    /// Whether the buyer did without the verification of the stage before.
    public var isWaived: Bool

    public init(
        at: Instant,
        act: String,
        from: BatchStanding.State,
        to: BatchStanding.State,
        actor: Actor,
        releasedCount: Int,
        badCount: Int,
        isWaived: Bool
    ) {
        self.at = at
        self.act = act
        self.from = from
        self.to = to
        self.actor = actor
        self.releasedCount = releasedCount
        self.badCount = badCount
        self.isWaived = isWaived
    }
}

extension StockBatchRecord {
    /// Takes a new standing, and remembers the step to it.
    mutating func take(
        _ next: BatchStanding,
        by act: BatchAct,
        actor: BatchStep.Actor,
        at instant: Instant
    ) {
        guard next != standing else { return }
        var isWaived = false
        if case .release(_, let waived) = act { isWaived = waived }
        let step = BatchStep(
            at: instant,
            act: act.word,
            from: standing.state,
            to: next.state,
            actor: actor,
            releasedCount: next.releasedCount,
            badCount: next.badCount,
            isWaived: isWaived
        )
        if history.count >= Self.longestHistory { history.remove(at: 1) }
        history.append(step)
        let wasOpen = standing.state == .released
        let isOpen = next.state == .released
        if wasOpen, !isOpen { blockedSince = instant }
        if next.state == .recalled, standing.state != .recalled { toldThrough = -1 }
        if next.state == .withdrawn { registrationKey = nil }
        standing = next
    }
}

/// One line of a batch, as it is kept.
public struct StockCodeRecord: Sendable {
    public var batch: BatchNumber
    public var platform: PlatformNumber
    /// Its place among the batch's lines, from 0.
    public var position: Int
    /// The physical line in the file, from 1.
    public var line: Int
    /// Nil for a line without a readable code, and once the order that holds it was erased.
    public var fingerprint: CardFingerprint?
    /// Whether this line stands for its code on the platform: one does.
    public var isStanding: Bool
    /// Its place among the batch's good codes, from 0; nil for one that failed the audit.
    public var rank: Int?
    public var classes: [StockLineClass]
    public var expiresOn: CalendarDate?
    public var issuerState: VerdictState?
    public var sealedCode: [UInt8]
    /// Of the line's salted record.
    public var hash: TreeHash
    /// The item that it was handed over as; a code that has one never returns to stock.
    public var item: ItemNumber?
    public var soldAt: Instant?
    public var outcome: StockOutcome?

    public init(
        batch: BatchNumber,
        platform: PlatformNumber,
        position: Int,
        line: Int,
        fingerprint: CardFingerprint?,
        isStanding: Bool,
        rank: Int?,
        classes: [StockLineClass],
        expiresOn: CalendarDate?,
        issuerState: VerdictState?,
        sealedCode: [UInt8],
        hash: TreeHash
    ) {
        self.batch = batch
        self.platform = platform
        self.position = position
        self.line = line
        self.fingerprint = fingerprint
        self.isStanding = isStanding
        self.rank = rank
        self.classes = classes
        self.expiresOn = expiresOn
        self.issuerState = issuerState
        self.sealedCode = sealedCode
        self.hash = hash
    }
}
