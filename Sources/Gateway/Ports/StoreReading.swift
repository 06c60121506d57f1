public import CardModel
public import EvidenceLog
public import WireFormat

/// What the store answers without changing.
public protocol StoreReading: DeliveryReading, ClaimReading, LogReading, CosignatureReading {
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

    /// One cheap read that needs the disk, for readiness.
    func ping() async throws(StoreError)
}
