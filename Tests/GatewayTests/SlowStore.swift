import AdapterKit
import CardModel
import EvidenceLog
import GatewayTesting
import Synchronization
import WireFormat

@testable import Gateway

/// Holds every commit up before a gate and writes down how large the batches were; cannot read the
/// claim that a test names.
final class SlowStore: Store {
    let store: any Store
    private let gate: Gate
    private let sizes = Mutex<[Int]>([])
    private let unreadable = Mutex<(claim: ClaimID?, readCount: Int)>((nil, 0))

    init(_ store: any Store, gate: Gate) {
        self.store = store
        self.gate = gate
    }

    var failure: AsyncStream<StoreError> { store.failure }

    var batchSizes: [Int] { sizes.withLock { $0 } }

    /// From now on this claim cannot be read; nil: all can.
    func hide(_ claim: ClaimID?) { unreadable.withLock { $0.claim = claim } }

    /// How often a hidden claim was to be read.
    var hiddenReadCount: Int { unreadable.withLock { $0.readCount } }

    func commit(_ changes: [Change]) async throws(StoreError) -> [CommitOutcome] {
        sizes.withLock { $0.append(changes.count) }
        await gate.pass()
        return try await store.commit(changes)
    }

    func leaseChecks(
        adapter: String?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedCheck] {
        try await store.leaseChecks(adapter: adapter, limit: limit, now: now, until: leasedUntil)
    }
    func reaskCount(adapter: String) async throws(StoreError) -> Int {
        try await store.reaskCount(adapter: adapter)
    }
    func degradedAdapters() async throws(StoreError) -> [DegradedAdapter] {
        try await store.degradedAdapters()
    }
    func releaseChecks(_ checks: [CheckID], leasedUntil: Instant) async throws(StoreError) {
        try await store.releaseChecks(checks, leasedUntil: leasedUntil)
    }
    func leaseRedemptions(
        adapter: String,
        in phase: RedemptionPhase?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedRedemption] {
        try await store.leaseRedemptions(
            adapter: adapter, in: phase, limit: limit, now: now, until: leasedUntil)
    }
    func releaseRedemptions(
        _ orders: [RedemptionNumber],
        leasedUntil: Instant
    ) async throws(StoreError) {
        try await store.releaseRedemptions(orders, leasedUntil: leasedUntil)
    }
    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) async throws(StoreError) -> ConsentRecord? {
        try await store.consent(of: item, for: operation)
    }
    func consent(_ id: ConsentID) async throws(StoreError) -> ConsentRecord? {
        try await store.consent(id)
    }
    func redemption(_ number: RedemptionNumber) async throws(StoreError) -> RedemptionRecord? {
        try await store.redemption(number)
    }
    func redemptions(of item: ItemNumber) async throws(StoreError) -> [RedemptionRecord] {
        try await store.redemptions(of: item)
    }
    func redemptions(
        platform: PlatformNumber?,
        state: RedemptionRecord.State?,
        after cursor: RedemptionNumber?,
        limit: Int
    ) async throws(StoreError) -> [RedemptionRecord] {
        try await store.redemptions(
            platform: platform, state: state, after: cursor, limit: limit)
    }
    func nextRedemptionDue(
        adapter: String,
        in phase: RedemptionPhase?
    ) async throws(StoreError) -> Instant? {
        try await store.nextRedemptionDue(adapter: adapter, in: phase)
    }
    func leaseEvents(
        of platforms: [PlatformNumber],
        limit: Int,
        now: Instant,
        until: Instant
    ) async throws(StoreError) -> [EventRecord] {
        try await store.leaseEvents(of: platforms, limit: limit, now: now, until: until)
    }
    func record(_ attempts: [EventAttempt]) async throws(StoreError) {
        try await store.record(attempts)
    }
    func rewrapSecrets(
        _ rewrap: @escaping @Sendable (SealedSecrets) -> SealedSecrets?
    ) async throws(StoreError) -> SealedSecrets? {
        try await store.rewrapSecrets(rewrap)
    }
    func removeTraces(rewriting isRewrite: Bool) async throws(StoreError) -> TraceRemoval {
        try await store.removeTraces(rewriting: isRewrite)
    }
    func erasure(of delivery: DeliveryID) async throws(StoreError) -> ErasureRecord? {
        try await store.erasure(of: delivery)
    }
    func erasure(naming name: ErasedName) async throws(StoreError) -> ErasureRecord? {
        try await store.erasure(naming: name)
    }
    func restrictedDeliveries(
        after cursor: DeliveryID?,
        limit: Int
    ) async throws(StoreError) -> [DeliveryRecord] {
        try await store.restrictedDeliveries(after: cursor, limit: limit)
    }
    func keepQuarantined(_ record: QuarantineRecord) async throws(StoreError) -> Bool {
        try await store.keepQuarantined(record)
    }
    func removeQuarantined(number: Int64) async throws(StoreError) {
        try await store.removeQuarantined(number: number)
    }
    func quarantined(number: Int64) async throws(StoreError) -> QuarantineRecord? {
        try await store.quarantined(number: number)
    }
    func quarantined(
        platform: PlatformNumber?,
        after number: Int64?,
        limit: Int
    ) async throws(StoreError) -> [QuarantineRecord] {
        try await store.quarantined(platform: platform, after: number, limit: limit)
    }
    func addPlatform(_ platform: PlatformRecord) async throws(StoreError) -> PlatformRecord? {
        try await store.addPlatform(platform)
    }
    func beginLog(_ log: LogRecord) async throws(StoreError) {
        try await store.beginLog(log)
    }
    func rotateLog(_ rotation: LogRotation) async throws(StoreError) -> LogRecord? {
        try await store.rotateLog(rotation)
    }
    func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord] {
        try await store.logs(of: platform)
    }
    func updatePlatform(_ platform: PlatformRecord) async throws(StoreError) {
        try await store.updatePlatform(platform)
    }
    func keepCosignature(
        _ cosignature: CosignatureRecord,
        quorum: WitnessQuorum
    ) async throws(StoreError) {
        try await store.keepCosignature(cosignature, quorum: quorum)
    }
    func keepDeploymentSecrets(_ sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await store.keepDeploymentSecrets(sealed)
    }
    func keepPolicy(hash: [UInt8], text: [UInt8]) async throws(StoreError) {
        try await store.keepPolicy(hash: hash, text: text)
    }
}

extension SlowStore {
    func platforms() async throws(StoreError) -> [PlatformRecord] { try await store.platforms() }
    func deploymentSecrets() async throws(StoreError) -> [UInt8]? {
        try await store.deploymentSecrets()
    }
    func policyText(hash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        try await store.policyText(hash: hash)
    }
    func policyTexts(
        of references: Set<String>
    ) async throws(StoreError) -> [[UInt8]: [UInt8]] {
        try await store.policyTexts(of: references)
    }
    func notice(
        platform: PlatformNumber,
        webhookID: String
    ) async throws(StoreError) -> NoticeRecord? {
        try await store.notice(platform: platform, webhookID: webhookID)
    }
    func firstNotice(of delivery: DeliveryID) async throws(StoreError) -> NoticeRecord? {
        try await store.firstNotice(of: delivery)
    }
    func notice(_ number: NoticeNumber) async throws(StoreError) -> NoticeRecord? {
        try await store.notice(number)
    }
    func notices(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        try await store.notices(of: delivery)
    }
    func notices(
        platform: PlatformNumber?,
        since: Instant?,
        after cursor: NoticeNumber?,
        limit: Int
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        try await store.notices(platform: platform, since: since, after: cursor, limit: limit)
    }
    func delivery(_ id: DeliveryID) async throws(StoreError) -> DeliveryRecord? {
        try await store.delivery(id)
    }
    func items(of delivery: DeliveryID) async throws(StoreError) -> [ItemRecord] {
        try await store.items(of: delivery)
    }
    func item(_ number: ItemNumber) async throws(StoreError) -> ItemRecord? {
        try await store.item(number)
    }
    func check(_ id: CheckID) async throws(StoreError) -> CheckRecord? {
        try await store.check(id)
    }
    func wrappedDataKey(of notice: NoticeNumber) async throws(StoreError) -> [UInt8]? {
        try await store.wrappedDataKey(of: notice)
    }
    func claim(_ id: ClaimID) async throws(StoreError) -> ClaimRecord? {
        let isUnreadable = unreadable.withLock { unreadable in
            guard unreadable.claim == id else { return false }
            unreadable.readCount += 1
            return true
        }
        if isUnreadable { throw .unavailable("a claim that cannot be read") }
        return try await store.claim(id)
    }
    func claimHistory(_ id: ClaimID) async throws(StoreError) -> [ClaimHistoryEntry] {
        try await store.claimHistory(id)
    }
    func attachments(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [AttachmentRecord] {
        try await store.attachments(of: delivery)
    }
    func filings(of claim: ClaimID) async throws(StoreError) -> [FilingRecord] {
        try await store.filings(of: claim)
    }
    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await store.claims(from: source, platform: platform, since: since, limit: limit)
    }
    func claims(of item: ItemNumber) async throws(StoreError) -> [ClaimRecord] {
        try await store.claims(of: item)
    }
    func nextCheckDue(adapter: String?) async throws(StoreError) -> Instant? {
        try await store.nextCheckDue(adapter: adapter)
    }
    func nextEventDue(
        of platforms: [PlatformNumber]
    ) async throws(StoreError) -> Instant? {
        try await store.nextEventDue(of: platforms)
    }
    func openCheckCount() async throws(StoreError) -> Int { try await store.openCheckCount() }
    func logHead(of platform: PlatformNumber) async throws(StoreError) -> LogHead? {
        try await store.logHead(of: platform)
    }
    func checkpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        try await store.checkpoint(of: platform, atLeast: size)
    }
    func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [LogEntryRecord] {
        try await store.entries(of: platform, in: range)
    }
    func entries(
        of notice: NoticeNumber
    ) async throws(StoreError) -> [(index: UInt64, entry: LogEntryRecord)] {
        try await store.entries(of: notice)
    }
    func publicEntries(
        of platform: PlatformNumber,
        in range: Range<UInt64>,
        newestFirst: Bool,
        limit: Int
    ) async throws(StoreError) -> [(index: UInt64, leaf: [UInt8])] {
        try await store.publicEntries(
            of: platform, in: range, newestFirst: newestFirst, limit: limit)
    }
    func nodes(
        of platform: PlatformNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        try await store.nodes(of: platform, level: level, in: range)
    }
    func witnessPositions() async throws(StoreError) -> [WitnessPosition] {
        try await store.witnessPositions()
    }
    func cosignatures(
        of platform: PlatformNumber,
        size: UInt64
    ) async throws(StoreError) -> [CosignatureRecord] {
        try await store.cosignatures(of: platform, size: size)
    }
    func cosignedCheckpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64,
        by quorum: WitnessQuorum
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        try await store.cosignedCheckpoint(of: platform, atLeast: size, by: quorum)
    }
    func timeStamp(
        of log: LogRecord,
        anchoredBefore index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        try await store.timeStamp(of: log, anchoredBefore: index)
    }
    func timeStamp(
        of log: LogRecord,
        coveringEntry index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        try await store.timeStamp(of: log, coveringEntry: index)
    }
    func latestTimeStamp(
        of platform: PlatformNumber,
        by authority: String
    ) async throws(StoreError) -> TimeStampRecord? {
        try await store.latestTimeStamp(of: platform, by: authority)
    }
    func timeStamps(
        of platform: PlatformNumber,
        after index: UInt64?,
        limit: Int
    ) async throws(StoreError) -> [TimeStampRecord] {
        try await store.timeStamps(of: platform, after: index, limit: limit)
    }
    func batch(_ id: BatchID) async throws(StoreError) -> StockBatchRecord? {
        try await store.batch(id)
    }
    func batch(_ number: BatchNumber) async throws(StoreError) -> StockBatchRecord? {
        try await store.batch(number)
    }
    func batches(
        platform: PlatformNumber?,
        after cursor: BatchID?,
        limit: Int
    ) async throws(StoreError) -> [StockBatchRecord] {
        try await store.batches(platform: platform, after: cursor, limit: limit)
    }
    func recallsUnderWay() async throws(StoreError) -> [StockBatchRecord] {
        try await store.recallsUnderWay()
    }
    func stockCode(
        of batch: BatchNumber,
        line: Int
    ) async throws(StoreError) -> StockCodeRecord? {
        try await store.stockCode(of: batch, line: line)
    }
    func codeTrail(
        of fingerprint: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) async throws(StoreError) -> CodeTrail {
        try await store.codeTrail(of: fingerprint, platform: platform, limit: limit)
    }
    func stockNodes(
        of batch: BatchNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        try await store.stockNodes(of: batch, level: level, in: range)
    }
    func ping() async throws(StoreError) { try await store.ping() }
}
