public import AdapterKit
public import CardModel
public import EvidenceLog
public import WireFormat

/// Why the store could not do what was asked. Nothing was written.
public enum StoreError: Error, Sendable, Equatable {
    /// Cannot write now (disk full, busy, closing) and may later: callers answer 503.
    case unavailable(String)
    /// What was acknowledged may not be durable (a failed fsync), or the store contradicts
    /// itself: the process must stop acknowledging and end. Never retried.
    case broken(String)
}

/// Durable memory, which is also the evidence log (DESIGN §3).
///
/// The demands on a driver: `commit` is atomic for the whole batch, serialisable across
/// processes, and durable (fsync) once it returns; unique constraints, not checks, decide
/// between two callers; a caller that goes away never rolls a batch back.
public protocol Store: StoreReading, CosignatureStore {
    /// Yields once when what was acknowledged may not be durable, whoever had written: the process
    /// must end (``StoreError/broken(_:)``).
    var failure: AsyncStream<StoreError> { get }

    /// Makes all changes true in one transaction, in order, with their leaves, tiles and signed
    /// checkpoints. One outcome a change, in the same order. A refused change costs its
    /// neighbours nothing.
    /// - Throws: ``StoreError`` only when nothing was written.
    func commit(_ changes: [Change]) async throws(StoreError) -> [CommitOutcome]

    /// Takes up to `limit` due checks of one adapter (nil: of products that none answers for)
    /// and marks them as held until `leasedUntil`: those never asked first, then by due time.
    /// Expired leases are due again. A lease need not
    /// survive a crash: who held it is gone then too.
    func leaseChecks(
        adapter: String?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedCheck]

    /// Gives leases back untouched, due at once.
    func releaseChecks(_ checks: [CheckID], leasedUntil: Instant) async throws(StoreError)

    /// Takes up to `limit` due orders of one adapter and marks them as held until `leasedUntil`, by
    /// due time; those of one phase, or of both. As with checks, expired leases are due again, and
    /// a lease need not survive a crash; an order's state does, so that one that was intended is
    /// never planned again.
    func leaseRedemptions(
        adapter: String,
        in phase: RedemptionPhase?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedRedemption]

    /// Gives leases on orders back, due at once, in whatever state the orders are.
    func releaseRedemptions(
        _ orders: [RedemptionNumber],
        leasedUntil: Instant
    ) async throws(StoreError)

    /// Takes up to `limit` events of these platforms that are due, and postpones them to `until`,
    /// so that a sender that dies loses nothing.
    func leaseEvents(
        of platforms: [PlatformNumber],
        limit: Int,
        now: Instant,
        until: Instant
    ) async throws(StoreError) -> [EventRecord]

    /// Writes down how attempts to send ended.
    func record(_ attempts: [EventAttempt]) async throws(StoreError)

    /// Adds a platform; the store gives it its number.
    /// - Returns: nil when the name or the origin is taken.
    func addPlatform(_ platform: PlatformRecord) async throws(StoreError) -> PlatformRecord?

    /// Gives a platform its first log: a signed checkpoint of size 0. Does nothing when it has one.
    func beginLog(_ log: LogRecord) async throws(StoreError)

    /// Ends a platform's open log and begins the next, all in one transaction
    /// (``Ledger/rotateLog(_:)``): before it the old log is open under the old key, after it the
    /// new one, and the store has the old log's private key no more.
    /// - Returns: the log that began; nil when the one to end is not open, or the origin is taken:
    ///   then nothing changed.
    func rotateLog(_ rotation: LogRotation) async throws(StoreError) -> LogRecord?

    /// Replaces what may change of a platform: sealed secrets and events address.
    func updatePlatform(_ platform: PlatformRecord) async throws(StoreError)

    /// Keeps the sealed deployment secrets unless some are there; returns those that stand.
    func keepDeploymentSecrets(_ sealed: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Keeps a shop's message for the operator; one that is kept already stays as it is.
    /// - Returns: false when the platform has as many as it may have.
    func keepQuarantined(_ record: QuarantineRecord) async throws(StoreError) -> Bool
    func removeQuarantined(number: Int64) async throws(StoreError)

    /// Replaces all sealed secrets by what `rewrap` makes of them, in one transaction.
    ///
    /// - Parameter rewrap: nil leaves everything as it is.
    /// - Returns: what stands now; nil when nothing was replaced.
    func rewrapSecrets(
        _ rewrap: @escaping @Sendable (SealedSecrets) -> SealedSecrets?
    ) async throws(StoreError) -> SealedSecrets?

    /// Overwrites what erased rows have left in the driver's files.
    ///
    /// - Parameter isRewrite: also when that takes as long as the whole store is large.
    func removeTraces(rewriting isRewrite: Bool) async throws(StoreError) -> TraceRemoval

    /// Adds an account that acts on claims.
    /// - Returns: false when the platform has one of that name.
    func addPartyAccount(_ account: PartyAccount) async throws(StoreError) -> Bool
    /// - Returns: false when there is none of that name, or it was revoked before.
    func revokePartyAccount(
        platform: PlatformNumber,
        name: String,
        at instant: Instant
    ) async throws(StoreError) -> Bool

    /// Keeps a policy's canonical text under its hash; policies are never changed.
    func keepPolicy(hash: [UInt8], text: [UInt8]) async throws(StoreError)
}

/// How far the traces of erased rows are gone from a driver's files.
public enum TraceRemoval: String, Sendable, Hashable {
    case complete
    /// Deleted rows are overwritten and the log is empty; copies that pages kept when rows moved
    /// go when the file is rewritten.
    case fileNotRewritten = "file_not_rewritten"
    /// Somebody reads the store, and the write-ahead log cannot be emptied before he has done.
    case logInUse = "log_in_use"
}

/// How one attempt to send an event ended.
public struct EventAttempt: Sendable {
    public var event: EventID
    public var attempts: Int
    public var deliveredAt: Instant?
    /// Nil: never again.
    public var nextAttemptAt: Instant?

    public init(event: EventID, attempts: Int, deliveredAt: Instant?, nextAttemptAt: Instant?) {
        self.event = event
        self.attempts = attempts
        self.deliveredAt = deliveredAt
        self.nextAttemptAt = nextAttemptAt
    }
}

/// What the store answers without changing.
public protocol StoreReading: CosignatureReading {
    func platforms() async throws(StoreError) -> [PlatformRecord]
    func deploymentSecrets() async throws(StoreError) -> [UInt8]?
    func policyText(hash: [UInt8]) async throws(StoreError) -> [UInt8]?
    /// The kept policies that call themselves one of `references`, each an `id@version`: their
    /// canonical texts by their hashes. A text that is no JSON calls itself nothing.
    func policyTexts(
        of references: Set<String>
    ) async throws(StoreError) -> [[UInt8]: [UInt8]]

    /// The account that a token opens, revoked or not.
    func partyAccount(tokenDigest: [UInt8]) async throws(StoreError) -> PartyAccount?
    /// By name.
    func partyAccounts(platform: PlatformNumber) async throws(StoreError) -> [PartyAccount]

    func notice(
        platform: PlatformNumber,
        webhookID: String
    ) async throws(StoreError) -> NoticeRecord?
    func firstNotice(of delivery: DeliveryID) async throws(StoreError) -> NoticeRecord?
    func notice(_ number: NoticeNumber) async throws(StoreError) -> NoticeRecord?
    /// All notices that told of a delivery, in the order of acceptance.
    func notices(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)]
    /// Accepted notices in the order of acceptance, after `cursor`, not older than `since`.
    func notices(
        platform: PlatformNumber?,
        since: Instant?,
        after cursor: NoticeNumber?,
        limit: Int
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)]

    func quarantined(number: Int64) async throws(StoreError) -> QuarantineRecord?
    /// Kept messages by number, after `number`; of all platforms for nil.
    func quarantined(
        platform: PlatformNumber?,
        after number: Int64?,
        limit: Int
    ) async throws(StoreError) -> [QuarantineRecord]

    func delivery(_ id: DeliveryID) async throws(StoreError) -> DeliveryRecord?
    /// Items of a delivery by line, then in the order they came.
    func items(of delivery: DeliveryID) async throws(StoreError) -> [ItemRecord]
    func item(_ number: ItemNumber) async throws(StoreError) -> ItemRecord?
    func check(_ id: CheckID) async throws(StoreError) -> CheckRecord?
    func wrappedDataKey(of notice: NoticeNumber) async throws(StoreError) -> [UInt8]?

    func erasure(of delivery: DeliveryID) async throws(StoreError) -> ErasureRecord?
    /// The erasure by which a check or a claim went.
    func erasure(naming name: ErasedName) async throws(StoreError) -> ErasureRecord?
    /// Deliveries whose erasure waits for the end of a legal hold, by identifier.
    func restrictedDeliveries(
        after cursor: DeliveryID?,
        limit: Int
    ) async throws(StoreError) -> [DeliveryRecord]

    func claim(_ id: ClaimID) async throws(StoreError) -> ClaimRecord?
    func claimHistory(_ id: ClaimID) async throws(StoreError) -> [ClaimHistoryEntry]
    /// By channel.
    func filings(of claim: ClaimID) async throws(StoreError) -> [FilingRecord]
    /// All claims about an item, in the order of opening.
    func claims(of item: ItemNumber) async throws(StoreError) -> [ClaimRecord]
    /// Claims, of one merchant or of all, in the order in which they were committed, after the
    /// claim `cursor`; from the first when there is no such claim. So a reader who goes on from the
    /// last he saw misses none.
    func claims(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord]

    func claim(tracking: TrackingNumber) async throws(StoreError) -> ClaimRecord?
    /// Counted claims of one source (``ClaimSource``) that were filed after `since`, the latest
    /// `limit` of them in the order of opening.
    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord]
    /// Open claims whose owner must act before an instant, the earliest first.
    func claims(
        platform: PlatformNumber?,
        merchant: String?,
        dueBefore instant: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord]
    /// Claims in one of these states, the earliest due first.
    func claims(
        in states: [ClaimState],
        platform: PlatformNumber?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord]
    /// Clocks of claims whose time is over, the earliest first.
    func dueRings(now: Instant, limit: Int) async throws(StoreError) -> [ClaimRing]
    /// When the next clock of a claim rings; nil when none runs.
    func nextRingDue() async throws(StoreError) -> Instant?

    /// Outcomes of one merchant's claims, or of all, by number, after `number`.
    func outcomes(
        of platform: PlatformNumber,
        merchant: String?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [OutcomeRecord]
    /// How many outcomes have leaves before a running index.
    func outcomeCount(
        of platform: PlatformNumber,
        before index: UInt64
    ) async throws(StoreError) -> Int
    /// Orders that each merchant handed over on these days of UTC; 0 for one that ever sold
    /// something, and nothing then. What was erased counts as before.
    func deliveryCounts(
        of platform: PlatformNumber,
        on days: ClosedRange<CalendarDate>
    ) async throws(StoreError) -> [String: Int]

    func penalty(_ id: PenaltyID) async throws(StoreError) -> PenaltyRecord?
    /// Rows of the ladder that merchants reached, of one merchant or of all, as they were told,
    /// after `cursor`.
    func penalties(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: PenaltyID?,
        limit: Int
    ) async throws(StoreError) -> [PenaltyRecord]

    func remedy(_ id: RemedyID) async throws(StoreError) -> RemedyRecord?
    /// All attempts for a claim, as they were made.
    func remedies(of claim: ClaimID) async throws(StoreError) -> [RemedyRecord]
    /// Attempts as they were made, after `cursor`, in one state or in all.
    func remedies(
        platform: PlatformNumber?,
        state: RemedyRecord.State?,
        after cursor: RemedyID?,
        limit: Int
    ) async throws(StoreError) -> [RemedyRecord]

    /// Balances that are not zero, by account: of one merchant's deposit and what is held of it,
    /// or of all accounts.
    func ledgerBalances(
        platform: PlatformNumber,
        merchant: String?
    ) async throws(StoreError) -> [LedgerBalance]
    /// What one account holds, by currency; empty where that is nothing.
    func ledgerBalances(
        of account: LedgerAccount,
        platform: PlatformNumber
    ) async throws(StoreError) -> [Money]
    /// Transactions of the deposits' book as they were written, after the one at `cursor`.
    func ledgerEntries(
        platform: PlatformNumber,
        after cursor: Int64?,
        limit: Int
    ) async throws(StoreError) -> [(number: Int64, entry: LedgerEntry)]

    func incident(_ id: IncidentID) async throws(StoreError) -> IncidentRecord?
    /// Incidents as they were declared, after `cursor`, in one state or in all.
    func incidents(
        platform: PlatformNumber?,
        state: IncidentRecord.State?,
        after cursor: IncidentID?,
        limit: Int
    ) async throws(StoreError) -> [IncidentRecord]
    /// A platform's incidents that are open or ended after an instant, by start.
    func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) async throws(StoreError) -> [IncidentRecord]

    /// The files of a delivery, as they were added.
    func attachments(of delivery: DeliveryID) async throws(StoreError) -> [AttachmentRecord]

    /// The latest consent to the operation on an item.
    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) async throws(StoreError) -> ConsentRecord?
    func consent(_ id: ConsentID) async throws(StoreError) -> ConsentRecord?

    func redemption(_ number: RedemptionNumber) async throws(StoreError) -> RedemptionRecord?
    /// All orders about an item, as they were made.
    func redemptions(of item: ItemNumber) async throws(StoreError) -> [RedemptionRecord]
    /// Orders as they were made, after the order `cursor`, in one state or in all.
    func redemptions(
        platform: PlatformNumber?,
        state: RedemptionRecord.State?,
        after cursor: RedemptionNumber?,
        limit: Int
    ) async throws(StoreError) -> [RedemptionRecord]
    /// When the next order of `adapter` is due, in one phase or in both; nil when none waits.
    func nextRedemptionDue(
        adapter: String,
        in phase: RedemptionPhase?
    ) async throws(StoreError) -> Instant?

    func batch(_ id: BatchID) async throws(StoreError) -> StockBatchRecord?
    func batch(_ number: BatchNumber) async throws(StoreError) -> StockBatchRecord?
    /// Batches as they were registered, after `cursor`.
    func batches(
        platform: PlatformNumber?,
        after cursor: BatchID?,
        limit: Int
    ) async throws(StoreError) -> [StockBatchRecord]
    /// Recalled batches whose holders are not all told.
    func recallsUnderWay() async throws(StoreError) -> [StockBatchRecord]
    /// The line of a batch by its physical number; nil when no code or defect stands there.
    func stockCode(of batch: BatchNumber, line: Int) async throws(StoreError) -> StockCodeRecord?
    /// What the platform keeps under a code's fingerprint: at most `limit` lines of registered
    /// stock and `limit` items.
    func codeTrail(
        of fingerprint: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) async throws(StoreError) -> CodeTrail
    /// Hashes of the tree over a batch's lines: level 0 holds the lines, level L roots of 256^L.
    func stockNodes(
        of batch: BatchNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash]

    /// When the next check of `adapter` is due; nil when none waits.
    func nextCheckDue(adapter: String?) async throws(StoreError) -> Instant?
    /// Checks of `adapter` that were asked before and are asked again.
    func reaskCount(adapter: String) async throws(StoreError) -> Int
    /// Adapters whose word does not count now, by name.
    func degradedAdapters() async throws(StoreError) -> [DegradedAdapter]
    /// When the next event of one of these platforms is due; nil when none waits.
    func nextEventDue(of platforms: [PlatformNumber]) async throws(StoreError) -> Instant?
    /// Checks that wait or are held, for the metrics and the drain at shutdown.
    func openCheckCount() async throws(StoreError) -> Int

    /// The platform's logs, by ordinal: all but the last have ended.
    func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord]
    /// Of the open log.
    func logHead(of platform: PlatformNumber) async throws(StoreError) -> LogHead?
    /// The first published checkpoint that ends at running index `size` or later, with that index;
    /// nil when the logs do not reach so far. What is below a log's end has one in that log.
    func checkpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])?
    func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [LogEntryRecord]
    /// The leaves that were written for a notice, by index.
    func entries(
        of notice: NoticeNumber
    ) async throws(StoreError) -> [(index: UInt64, entry: LogEntryRecord)]
    /// Leaves that belong to no notice and no batch: those that everybody can read, above all.
    func publicEntries(
        of platform: PlatformNumber,
        in range: Range<UInt64>,
        newestFirst: Bool,
        limit: Int
    ) async throws(StoreError) -> [(index: UInt64, leaf: [UInt8])]
    /// Hashes of a hash tile: level 0 holds leaves, level L roots of 256^L leaves. Fewer than
    /// asked when the logs do not reach so far.
    /// - Parameter range: among all the platform's nodes of the level
    ///   (``LogRecord/firstNode(level:)``).
    func nodes(
        of platform: PlatformNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash]

    /// The latest stamp over the log whose `anchor` leaf stands before an entry: the entry is
    /// younger.
    func timeStamp(
        of log: LogRecord,
        anchoredBefore index: UInt64
    ) async throws(StoreError) -> TimeStampRecord?
    /// The first stamp over a checkpoint of the log that holds an entry: the entry is older.
    func timeStamp(
        of log: LogRecord,
        coveringEntry index: UInt64
    ) async throws(StoreError) -> TimeStampRecord?
    /// The latest stamp of an authority.
    func latestTimeStamp(
        of platform: PlatformNumber,
        by authority: String
    ) async throws(StoreError) -> TimeStampRecord?
    /// Stamps in the order of their `anchor` leaves, after the one at `index`.
    func timeStamps(
        of platform: PlatformNumber,
        after index: UInt64?,
        limit: Int
    ) async throws(StoreError) -> [TimeStampRecord]

    /// One cheap read that needs the disk, for readiness.
    func ping() async throws(StoreError)
}

extension StoreReading {
    /// Those of every merchant.
    public func claims(
        platform: PlatformNumber?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await claims(platform: platform, merchant: nil, after: cursor, limit: limit)
    }
}
