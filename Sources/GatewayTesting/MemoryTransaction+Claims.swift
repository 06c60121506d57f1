import CardModel
import Gateway
import WireFormat

extension MemoryTransaction {
    func insert(_ claim: ClaimRecord) throws -> Bool {
        let key = MemoryRows.ClaimKey(item: claim.item, family: claim.claim.family)
        guard rows.claimOfItem[key] == nil else { return false }
        guard !rows.claims.values.contains(where: { $0.tracking == claim.tracking }) else {
            throw TakenIdentifier()
        }
        rows.claimOfItem[key] = claim.id
        rows.claims[claim.id] = claim
        rows.claimOrder.append(claim.id)
        return true
    }

    func claim(_ id: ClaimID) throws -> ClaimRecord? { rows.claims[id] }
    func claims(of item: ItemNumber) throws -> [ClaimRecord] {
        rows.claims.values.filter { $0.item == item }.sorted { $0.id < $1.id }
    }
    func update(_ claim: ClaimRecord) throws { rows.claims[claim.id] = claim }

    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        through last: Instant?,
        limit: Int
    ) throws -> [ClaimRecord] {
        let found = rows.claims(from: source, platform: platform, since: since)
        return Array(found.filter { $0.claim.filedAt <= last ?? $0.claim.filedAt }.suffix(limit))
    }

    func claimedDeliveries(
        against merchant: String,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> (deliveries: Int, first: Instant?) {
        let latest = rows.claims(from: .merchant(merchant), platform: platform, since: since)
            .suffix(limit)
        return (
            Set(latest.map(\.delivery)).count,
            latest.count >= limit ? latest.first?.claim.filedAt : nil
        )
    }

    func claimedCount(
        having trait: ClaimTrait,
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> ClaimedCount {
        let found = rows.claims(from: source, platform: platform, since: since).suffix(limit)
            .filter(trait.holds)
        return ClaimedCount(
            deliveries: Set(found.map(\.delivery)).count, items: Set(found.map(\.item)).count)
    }

    func claimedItemCount(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> Int {
        Set(
            rows.claims(from: source, platform: platform, since: since).prefix(limit).map(\.item)
        ).count
    }

    func append(_ entry: ClaimHistoryEntry, to claim: ClaimID) throws {
        rows.claimHistory[claim, default: []].append(entry)
    }

    func act(orInsert fresh: Idempotency, of claim: ClaimID) throws -> [UInt8]? {
        let name = "\(claim.text) \(fresh.key)"
        if let earlier = rows.acts[name] { return earlier }
        rows.acts[name] = fresh.actCode
        return nil
    }

    func forgetIdempotencyKey(_ key: String, of claim: ClaimID) throws {
        rows.acts["\(claim.text) \(key)"] = nil
    }

    // MARK: Filings

    func filing(of claim: ClaimID, at channel: EscalationChannel) throws -> FilingRecord? {
        rows.filings[claim]?[channel]
    }

    func put(_ filing: FilingRecord) throws {
        rows.filings[filing.claim, default: [:]][filing.filing.channel] = filing
    }

    // MARK: Clocks

    func replacePendingRings(of claim: ClaimID, by rings: [ClaimRing]) throws {
        rows.rings = rows.rings.filter { $0.value.rungAt != nil || $0.key.claim != claim }
        for ring in rings {
            guard rows.rings[ring.key] == nil else { throw TakenIdentifier() }
            rows.rings[ring.key] = (ring, nil)
        }
    }

    func markRung(_ ring: ClaimRing, at instant: Instant) throws -> Bool {
        guard let known = rows.rings[ring.key], known.rungAt == nil else { return false }
        rows.rings[ring.key] = (known.ring, instant)
        return true
    }

    // MARK: Remedies

    func insert(_ remedy: RemedyRecord) throws {
        let isTaken = rows.remedies.contains {
            $0.id == remedy.id
                || ($0.claim == remedy.claim && $0.execution.attempt == remedy.execution.attempt)
        }
        guard !isTaken else { throw TakenIdentifier() }
        rows.remedies.append(remedy)
    }

    func remedy(_ id: RemedyID) throws -> RemedyRecord? { rows.remedies.first { $0.id == id } }

    func remedy(of claim: ClaimID, attempt: Int) throws -> RemedyRecord? {
        rows.remedies.first { $0.claim == claim && $0.execution.attempt == attempt }
    }

    func remedy(checking item: ItemNumber) throws -> RemedyRecord? {
        rows.remedies.first { $0.replacement == item && $0.state == .checking }
    }

    func update(_ remedy: RemedyRecord) throws {
        guard let index = rows.remedies.firstIndex(where: { $0.id == remedy.id }) else { return }
        rows.remedies[index] = remedy
    }

    // MARK: The deposits' book

    func insert(_ entry: LedgerEntry) throws -> Bool {
        let posted = entry.transaction
        let key = MemoryRows.Order(platform: entry.platform, id: posted.key)
        guard rows.ledgerKeys.insert(key).inserted else { return false }
        rows.ledger.append(entry)
        for posting in posted.postings {
            let account = MemoryRows.Account(
                platform: entry.platform, account: posting.account, currency: posted.currency)
            let (after, overflow) = rows.balances[account, default: 0]
                .addingReportingOverflow(posting.amount.minorUnits)
            guard !overflow, after >= 0 || posting.account.mayBeNegative else {
                throw LedgerOverdraft(account: posting.account)
            }
            rows.balances[account] = after
        }
        return true
    }

    func ledgerEntry(key: String, platform: PlatformNumber) throws -> LedgerEntry? {
        rows.ledger.first { $0.platform == platform && $0.transaction.key == key }
    }

    func balance(
        of account: LedgerAccount,
        currency: String,
        platform: PlatformNumber
    ) throws -> Int64 {
        rows.balances[
            MemoryRows.Account(platform: platform, account: account, currency: currency)] ?? 0
    }

    func paidOut(
        for merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64 {
        rows.ledger.filter {
            $0.platform == platform && $0.merchant == merchant && $0.at >= instant
                && $0.transaction.currency == currency
                && [.payout, .cancellation].contains($0.transaction.kind)
        }.reduce(0) { $0 + $1.transaction.payableMinorUnits }
    }
}

extension ClaimRing {
    /// What makes it one ring.
    struct Key: Hashable {
        let claim: ClaimID
        let timer: ClaimTimer
        let round: Int
    }

    var key: Key { Key(claim: claim, timer: timer, round: round) }
}
