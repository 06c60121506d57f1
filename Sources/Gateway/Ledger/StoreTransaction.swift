public import AdapterKit
public import CardModel
public import EvidenceLog
public import WireFormat

/// The rows that ``Ledger`` reads and writes inside one transaction of a driver.
///
/// Each method is one row operation; an insert that says whether it happened rests on a unique
/// constraint. All decisions are the ledger's, so that every driver decides alike. Errors of
/// the driver pass through.
public protocol StoreTransaction {
    /// Nil when the platform has used the webhook id before.
    func insert(_ notice: NoticeRecord) throws -> NoticeNumber?
    func notice(platform: PlatformNumber, webhookID: String) throws -> NoticeRecord?
    /// Completes a notice of this transaction with what its items brought.
    func complete(_ notice: NoticeNumber, with record: NoticeRecord) throws

    /// A kept policy's canonical text.
    func policyText(hash: [UInt8]) throws -> [UInt8]?

    func insertDataKey(_ wrapped: [UInt8], of notice: NoticeNumber) throws

    /// The delivery of an order: the one that stands, or `fresh` when the order is new.
    func delivery(orInsert fresh: DeliveryRecord) throws -> DeliveryRecord
    func delivery(_ id: DeliveryID) throws -> DeliveryRecord?

    func item(
        of delivery: DeliveryID,
        line: Int,
        code: CardFingerprint
    ) throws -> ItemRecord?
    func item(_ number: ItemNumber) throws -> ItemRecord?
    func items(of delivery: DeliveryID) throws -> [ItemRecord]
    func insert(_ item: ItemRecord) throws -> ItemNumber
    func update(_ item: ItemRecord) throws

    /// The item that holds a code on this platform: `item` when nobody did before.
    func holder(
        of code: CardFingerprint,
        platform: PlatformNumber,
        orTake item: ItemNumber
    ) throws -> ItemNumber
    func holder(of code: CardFingerprint, platform: PlatformNumber) throws -> ItemNumber?
    /// Notes that an item was told of with a code that another one holds.
    func noteRepeat(
        of code: CardFingerprint,
        platform: PlatformNumber,
        by item: ItemNumber
    ) throws

    func insert(_ check: CheckRecord) throws
    func check(_ id: CheckID) throws -> CheckRecord?
    func update(_ check: CheckRecord) throws
    /// Makes every check of an adapter that was asked before, and that no worker holds, due at
    /// `instant` at the latest.
    func makeReasksDue(of adapter: String, at instant: Instant) throws

    func degradedAdapter(_ id: String) throws -> DegradedAdapter?
    func insert(_ adapter: DegradedAdapter) throws
    func removeDegradedAdapter(_ id: String) throws

    func filing(of claim: ClaimID, at channel: EscalationChannel) throws -> FilingRecord?
    /// Inserts or replaces: one filing a claim and channel.
    func put(_ filing: FilingRecord) throws

    /// False when the item has a claim of this family. Throws when the tracking number is taken.
    func insert(_ claim: ClaimRecord) throws -> Bool
    func claim(_ id: ClaimID) throws -> ClaimRecord?
    /// All claims about an item, in the order of opening: at most one for a family of defects.
    func claims(of item: ItemNumber) throws -> [ClaimRecord]
    func update(_ claim: ClaimRecord) throws
    /// Counted claims of one source (``ClaimSource``) that were filed after `since` and, where it
    /// is given, not after `last`: the latest `limit` of them in the order of opening.
    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        through last: Instant?,
        limit: Int
    ) throws -> [ClaimRecord]
    /// Orders with a counted claim of a merchant that was filed after `since`, among the latest
    /// `limit` of these claims; and when the first of these was filed, where there may be more.
    func claimedDeliveries(
        against merchant: String,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> (deliveries: Int, first: Instant?)
    /// What the claims of a trait are about, among the latest `limit` counted claims of a source
    /// that were filed after `since`. Asked for each claim that opens, so no record is read.
    func claimedCount(
        having trait: ClaimTrait,
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> ClaimedCount
    /// Items with a counted claim of a source; not more than `limit` claims are looked at.
    func claimedItemCount(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> Int
    func append(_ entry: ClaimHistoryEntry, to claim: ClaimID) throws
    /// The code of the act for which the key was used before; nil when it is used now.
    func act(orInsert fresh: Idempotency, of claim: ClaimID) throws -> [UInt8]?
    /// Gives a key of this transaction back: the act was refused.
    func forgetIdempotencyKey(_ key: String, of claim: ClaimID) throws

    /// The platform's outcomes of claims: the largest number, 0 without any.
    func outcomeCount(of platform: PlatformNumber) throws -> Int
    /// The outcome that the claim closed with last.
    func latestOutcome(of claim: ClaimID) throws -> OutcomeRecord?
    /// Throws when the platform has an outcome of this number, or of this leaf.
    func insert(_ outcome: OutcomeRecord) throws
    /// Adds to the number of orders that a merchant handed over on a day of UTC; 0 makes the
    /// merchant known.
    func countDeliveries(
        _ count: Int,
        of merchant: String,
        on day: CalendarDate,
        platform: PlatformNumber
    ) throws

    /// Orders that a merchant handed over from a day of UTC on.
    func deliveryCount(
        of merchant: String,
        since day: CalendarDate,
        platform: PlatformNumber
    ) throws -> Int

    /// The last day of UTC on which a merchant handed something over; nil when he never did.
    func lastDeliveryDay(of merchant: String, platform: PlatformNumber) throws -> CalendarDate?
    /// How counted claims (``ClaimSource``) against a merchant were answered that were filed at
    /// `start` or later and before `end`: of the latest `limit` of them.
    func responses(
        of merchant: String,
        platform: PlatformNumber,
        filedFrom start: Instant,
        before end: Instant,
        limit: Int
    ) throws -> ResponseCount

    /// False when the merchant was told of the row in this period.
    func insert(_ penalty: PenaltyRecord) throws -> Bool
    func penalty(_ id: PenaltyID) throws -> PenaltyRecord?
    /// The decision alone may change.
    func update(_ penalty: PenaltyRecord) throws

    /// Replaces the clocks of a claim that have yet to ring; those that rang stay as they are.
    func replacePendingRings(of claim: ClaimID, by rings: [ClaimRing]) throws
    /// Notes that a clock rang; false when that round of it rang before, or waits no more.
    func markRung(_ ring: ClaimRing, at instant: Instant) throws -> Bool

    /// Throws when the claim has this attempt.
    func insert(_ remedy: RemedyRecord) throws
    func remedy(_ id: RemedyID) throws -> RemedyRecord?
    func remedy(of claim: ClaimID, attempt: Int) throws -> RemedyRecord?
    /// The remedy that waits for the check of a replacement code.
    func remedy(checking item: ItemNumber) throws -> RemedyRecord?
    func update(_ remedy: RemedyRecord) throws

    /// Writes a transaction of the deposits' book and moves the balances; false when its key is
    /// taken, and then nothing is written. Throws when an account that must not be would be below
    /// zero, or above what 64 bits hold.
    func insert(_ entry: LedgerEntry) throws -> Bool
    func ledgerEntry(key: String, platform: PlatformNumber) throws -> LedgerEntry?
    /// In minor units; zero for an account that never had any.
    func balance(
        of account: LedgerAccount,
        currency: String,
        platform: PlatformNumber
    ) throws -> Int64
    /// Minor units that payouts took for claims against a merchant, since an instant.
    func paidOut(
        for merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64

    /// Minor units that a merchant withdrew of his deposit, since an instant.
    func withdrawn(
        by merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64

    /// False when the item has a consent under the same idempotency key.
    func insert(_ consent: ConsentRecord) throws -> Bool
    /// Takes a consent of this transaction back: it was refused.
    func forget(_ consent: ConsentID) throws
    func consent(_ id: ConsentID) throws -> ConsentRecord?
    func consent(of item: ItemNumber, key: String) throws -> ConsentRecord?
    /// The latest consent to the operation.
    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) throws -> ConsentRecord?
    func consentCount(of item: ItemNumber) throws -> Int

    /// False when another order holds the code on this platform. Throws when the number is taken.
    func insert(_ redemption: RedemptionRecord) throws -> Bool
    func redemption(_ number: RedemptionNumber) throws -> RedemptionRecord?
    /// All orders about an item, as they were made.
    func redemptions(of item: ItemNumber) throws -> [RedemptionRecord]
    func update(_ redemption: RedemptionRecord) throws
    /// Whether the issuer reported the same of this order before.
    func hasCallback(_ digest: [UInt8], of order: RedemptionNumber) throws -> Bool
    /// Throws when the order has this report.
    func insertCallback(_ digest: [UInt8], of order: RedemptionNumber, at: Instant) throws
    func callbackCount(of order: RedemptionNumber) throws -> Int

    func insert(_ attachment: AttachmentRecord) throws
    /// The files of a delivery, as they were added.
    func attachments(of delivery: DeliveryID) throws -> [AttachmentRecord]

    func insert(_ event: EventRecord) throws

    /// Throws when its identifier is taken, or the key under which the platform declared it.
    func insert(_ incident: IncidentRecord) throws
    func incident(_ id: IncidentID) throws -> IncidentRecord?
    func incident(
        declaredUnder key: String,
        platform: PlatformNumber
    ) throws -> IncidentRecord?
    /// How it ended may change.
    func update(_ incident: IncidentRecord) throws
    /// A platform's incidents that are open or ended after an instant, by start. Read for many
    /// decisions, so by an index.
    func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) throws -> [IncidentRecord]
    func incidentCount(of platform: PlatformNumber, declaredSince instant: Instant) throws -> Int

    /// Nil when the platform has used the batch's registration key before.
    func insert(_ batch: StockBatchRecord) throws -> BatchNumber?
    func batch(_ id: BatchID) throws -> StockBatchRecord?
    func batch(_ number: BatchNumber) throws -> StockBatchRecord?
    func batch(
        registeredAs key: String,
        platform: PlatformNumber
    ) throws -> StockBatchRecord?
    func update(_ batch: StockBatchRecord) throws
    /// False when another line stands for the code on the platform; nothing is written then.
    func insert(_ code: StockCodeRecord) throws -> Bool
    /// Item, time of sale, outcome, and that it stands for its code alone may change.
    func update(_ code: StockCodeRecord) throws
    /// The line that stands for a code.
    func stockCode(
        standingFor code: CardFingerprint,
        platform: PlatformNumber
    ) throws -> StockCodeRecord?
    /// Lines with a code for which another line stands, or none; `limit` of them, in any order.
    func stockCodes(
        beside code: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) throws -> [StockCodeRecord]
    /// The line whose code an item is.
    func stockCode(of item: ItemNumber) throws -> StockCodeRecord?
    /// Lines of a batch from a position on.
    func stockCodes(
        of batch: BatchNumber,
        from position: Int,
        limit: Int
    ) throws -> [StockCodeRecord]
    /// Lines of a batch whose codes were handed over.
    func soldStockCodeCount(of batch: BatchNumber) throws -> Int
    /// Lines after a position whose codes were handed over, and whose orders were not erased.
    func soldStockCodes(
        of batch: BatchNumber,
        after position: Int,
        limit: Int
    ) throws -> [StockCodeRecord]
    /// A node of the tree over a batch's lines; level 0, the lines, is not kept again.
    func insertStockNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        batch: BatchNumber
    ) throws
    /// False when the order was told of the recall before.
    func insertRecall(of batch: BatchNumber, to delivery: DeliveryID, at: Instant) throws -> Bool

    /// The largest running index up to which this authority has stamped the platform's entries.
    func stampedEnd(of platform: PlatformNumber, by authority: String) throws -> UInt64?
    func insert(_ stamp: TimeStampRecord) throws

    /// Spent self-tests of a delivery in the running period, and when that began.
    func selfTestSpending(of delivery: DeliveryID) throws -> SelfTestSpending?
    func update(_ spending: SelfTestSpending, of delivery: DeliveryID) throws

    func erasure(of delivery: DeliveryID) throws -> ErasureRecord?
    func insert(_ erasure: ErasureRecord) throws
    func restrict(_ delivery: DeliveryID, since: Instant) throws
    /// Every event whose data name the delivery.
    func events(naming delivery: DeliveryID) throws -> [EventRecord]
    func remove(_ event: EventID) throws
    func update(_ event: EventID, data: JSONValue) throws
    func removeQuarantined(_ number: Int64) throws
    /// Destroys a delivery, and with it all that names it: data keys, sealed records and codes,
    /// items, holdings, checks, claims, consents, orders, its self-tests. What stays is that its
    /// notices have places in the log, without webhook id, body and answer, and the identifiers of
    /// its checks and claims as names of something erased. Lines of stock that were its items
    /// keep their hashes, and lose code and fingerprint; outcomes of its claims stay as they were
    /// published, and name no claim any more (``OutcomeRecord``), and so do penalties.
    func destroy(_ delivery: DeliveryRecord) throws -> Destruction

    /// Of the open log.
    func logHead(of platform: PlatformNumber) throws -> LogHead
    /// Ends the open log, and makes `next` the platform's open one under the rotation's origin and
    /// secrets. Throws when the origin is, or was, some log's.
    func begin(_ next: LogRecord, by rotation: LogRotation) throws
    /// Indexes here are running ones (``LogRecord``).
    func insert(_ entry: LogEntryRecord, at index: UInt64, platform: PlatformNumber) throws
    /// - Parameter index: among all the platform's nodes of the level
    ///   (``LogRecord/firstNode(level:)``).
    func insertNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        platform: PlatformNumber
    ) throws
    /// Replaces the head and keeps its checkpoint under its running end forever.
    ///
    /// - Parameter at: when it was signed. What is kept is never before that of the checkpoint it
    ///   follows, as an audit demands: a clock may be set back, and the end of a log takes its time
    ///   before it waits for its turn.
    func update(_ head: LogHead, of platform: PlatformNumber, at: Instant) throws
}

extension StoreTransaction {
    /// The same with no end.
    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> [ClaimRecord] {
        try claims(from: source, platform: platform, since: since, through: nil, limit: limit)
    }
}

/// Makes a checkpoint of a platform's log: local and synchronous, because it runs inside the
/// transaction that the checkpoint is about. A checkpoint signed in a transaction that fails is
/// never shown to anyone.
public protocol CheckpointSigner: Sendable {
    /// The signed note over size and root under the log's origin and key.
    /// - Throws: when the log is not the platform's open one, or that which a rotation under way
    ///   makes.
    func signCheckpoint(
        of log: LogName,
        size: UInt64,
        root: TreeHash
    ) throws -> SignedCheckpoint

    /// Whether anybody wants the platform's events.
    func hasEventListener(_ platform: PlatformNumber) -> Bool
}

extension CheckpointSigner {
    public func hasEventListener(_ platform: PlatformNumber) -> Bool { true }
}
