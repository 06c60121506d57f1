public import CardModel
public import WireFormat

/// What is known of claims, and of what came of them: remedies, outcomes, penalties, deposits. A
/// part of ``StoreReading``.
public protocol ClaimReading: Sendable {
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
}

extension ClaimReading {
    /// Those of every merchant.
    public func claims(
        platform: PlatformNumber?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await claims(platform: platform, merchant: nil, after: cursor, limit: limit)
    }
}
