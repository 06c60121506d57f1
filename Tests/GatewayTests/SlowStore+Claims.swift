import CardModel
import WireFormat

@testable import Gateway

extension SlowStore {
    func claims(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await store.claims(
            platform: platform, merchant: merchant, after: cursor, limit: limit)
    }
    func claim(tracking: TrackingNumber) async throws(StoreError) -> ClaimRecord? {
        try await store.claim(tracking: tracking)
    }
    func claims(
        platform: PlatformNumber?,
        merchant: String?,
        dueBefore instant: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await store.claims(
            platform: platform, merchant: merchant, dueBefore: instant, limit: limit)
    }
    func dueRings(now: Instant, limit: Int) async throws(StoreError) -> [ClaimRing] {
        try await store.dueRings(now: now, limit: limit)
    }
    func nextRingDue() async throws(StoreError) -> Instant? { try await store.nextRingDue() }
    func outcomes(
        of platform: PlatformNumber,
        merchant: String?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [OutcomeRecord] {
        try await store.outcomes(of: platform, merchant: merchant, after: number, limit: limit)
    }
    func outcomeCount(
        of platform: PlatformNumber,
        before index: UInt64
    ) async throws(StoreError) -> Int {
        try await store.outcomeCount(of: platform, before: index)
    }
    func deliveryCounts(
        of platform: PlatformNumber,
        on days: ClosedRange<CalendarDate>
    ) async throws(StoreError) -> [String: Int] {
        try await store.deliveryCounts(of: platform, on: days)
    }
    func incident(_ id: IncidentID) async throws(StoreError) -> IncidentRecord? {
        try await store.incident(id)
    }
    func incidents(
        platform: PlatformNumber?,
        state: IncidentRecord.State?,
        after cursor: IncidentID?,
        limit: Int
    ) async throws(StoreError) -> [IncidentRecord] {
        try await store.incidents(platform: platform, state: state, after: cursor, limit: limit)
    }
    func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) async throws(StoreError) -> [IncidentRecord] {
        try await store.incidents(of: platform, reachingPast: instant)
    }
    func penalty(_ id: PenaltyID) async throws(StoreError) -> PenaltyRecord? {
        try await store.penalty(id)
    }
    func penalties(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: PenaltyID?,
        limit: Int
    ) async throws(StoreError) -> [PenaltyRecord] {
        try await store.penalties(
            platform: platform, merchant: merchant, after: cursor, limit: limit)
    }
    func remedy(_ id: RemedyID) async throws(StoreError) -> RemedyRecord? {
        try await store.remedy(id)
    }
    func remedies(of claim: ClaimID) async throws(StoreError) -> [RemedyRecord] {
        try await store.remedies(of: claim)
    }
    func remedies(
        platform: PlatformNumber?,
        state: RemedyRecord.State?,
        after cursor: RemedyID?,
        limit: Int
    ) async throws(StoreError) -> [RemedyRecord] {
        try await store.remedies(platform: platform, state: state, after: cursor, limit: limit)
    }
    func ledgerBalances(
        platform: PlatformNumber,
        merchant: String?
    ) async throws(StoreError) -> [LedgerBalance] {
        try await store.ledgerBalances(platform: platform, merchant: merchant)
    }
    func ledgerBalances(
        of account: LedgerAccount,
        platform: PlatformNumber
    ) async throws(StoreError) -> [Money] {
        try await store.ledgerBalances(of: account, platform: platform)
    }
    func ledgerEntries(
        platform: PlatformNumber,
        after cursor: Int64?,
        limit: Int
    ) async throws(StoreError) -> [(number: Int64, entry: LedgerEntry)] {
        try await store.ledgerEntries(platform: platform, after: cursor, limit: limit)
    }
    func addPartyAccount(_ account: PartyAccount) async throws(StoreError) -> Bool {
        try await store.addPartyAccount(account)
    }
    func revokePartyAccount(
        platform: PlatformNumber,
        name: String,
        at instant: Instant
    ) async throws(StoreError) -> Bool {
        try await store.revokePartyAccount(platform: platform, name: name, at: instant)
    }
    func partyAccount(tokenDigest: [UInt8]) async throws(StoreError) -> PartyAccount? {
        try await store.partyAccount(tokenDigest: tokenDigest)
    }
    func partyAccounts(platform: PlatformNumber) async throws(StoreError) -> [PartyAccount] {
        try await store.partyAccounts(platform: platform)
    }

    func claims(
        in states: [ClaimState],
        platform: PlatformNumber?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        try await store.claims(in: states, platform: platform, limit: limit)
    }
}
