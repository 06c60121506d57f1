public import CardModel
public import Gateway
public import WireFormat

extension MemoryStore {
    public func claim(_ id: ClaimID) async throws(StoreError) -> ClaimRecord? {
        reading { $0.claims[id] }
    }

    public func claimHistory(_ id: ClaimID) async throws(StoreError) -> [ClaimHistoryEntry] {
        reading { $0.claimHistory[id] ?? [] }
    }

    public func filings(of claim: ClaimID) async throws(StoreError) -> [FilingRecord] {
        reading { rows in
            (rows.filings[claim] ?? [:]).values.sorted {
                $0.filing.channel.rawValue < $1.filing.channel.rawValue
            }
        }
    }

    public func claims(of item: ItemNumber) async throws(StoreError) -> [ClaimRecord] {
        reading { rows in rows.claimOrder.compactMap { rows.claims[$0] }.filter { $0.item == item }
        }
    }

    public func claims(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: ClaimID?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        reading { rows in
            let seen = cursor.flatMap { rows.claimOrder.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            let wanted = rows.claimOrder[seen...].compactMap { rows.claims[$0] }.filter { claim in
                (platform.map { claim.platform == $0 } ?? true)
                    && (merchant.map { claim.merchant == $0 } ?? true)
            }
            return Array(wanted.prefix(limit))
        }
    }

    public func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        reading {
            Array($0.claims(from: source, platform: platform, since: since).suffix(limit))
        }
    }

    public func claim(
        tracking: TrackingNumber
    ) async throws(StoreError) -> ClaimRecord? {
        reading { $0.claims.values.first { $0.tracking == tracking } }
    }

    public func claims(
        platform: PlatformNumber?,
        merchant: String?,
        dueBefore instant: Instant,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        reading { rows in
            let due = rows.claimOrder.compactMap { rows.claims[$0] }.filter { claim in
                (platform.map { claim.platform == $0 } ?? true)
                    && (merchant.map { claim.merchant == $0 } ?? true)
                    && claim.dueAt.map { $0 < instant } ?? false
            }
            // Stable: what is due at once comes in the order of opening.
            let sorted = due.enumerated().sorted {
                ($0.element.dueAt ?? instant, $0.offset) < ($1.element.dueAt ?? instant, $1.offset)
            }
            return sorted.prefix(limit).map(\.element)
        }
    }

    public func claims(
        in states: [ClaimState],
        platform: PlatformNumber?,
        limit: Int
    ) async throws(StoreError) -> [ClaimRecord] {
        reading { rows in
            let found = rows.claimOrder.compactMap { rows.claims[$0] }.filter { claim in
                (platform.map { claim.platform == $0 } ?? true)
                    && states.contains(claim.claim.state)
            }
            // Stable: what is due at once comes in the order of opening.
            let sorted = found.enumerated().compactMap { offset, claim in
                claim.dueAt.map { (due: $0, offset: offset, claim: claim) }
            }.sorted { ($0.due, $0.offset) < ($1.due, $1.offset) }
            return sorted.prefix(limit).map(\.claim)
        }
    }

    public func dueRings(now: Instant, limit: Int) async throws(StoreError) -> [ClaimRing] {
        reading { rows in
            rows.rings.values.filter { $0.rungAt == nil && $0.ring.dueAt <= now }.map(\.ring)
                .sorted {
                    ($0.dueAt, $0.claim, $0.timer.rawValue)
                        < ($1.dueAt, $1.claim, $1.timer.rawValue)
                }.prefix(limit).map { $0 }
        }
    }

    public func nextRingDue() async throws(StoreError) -> Instant? {
        reading { $0.rings.values.filter { $0.rungAt == nil }.map(\.ring.dueAt).min() }
    }

    public func remedy(_ id: RemedyID) async throws(StoreError) -> RemedyRecord? {
        reading { $0.remedies.first { $0.id == id } }
    }

    public func remedies(of claim: ClaimID) async throws(StoreError) -> [RemedyRecord] {
        reading { $0.remedies.filter { $0.claim == claim } }
    }

    public func remedies(
        platform: PlatformNumber?,
        state: RemedyRecord.State?,
        after cursor: RemedyID?,
        limit: Int
    ) async throws(StoreError) -> [RemedyRecord] {
        reading { rows in
            rows.remedies.page(after: cursor, by: \.id, limit: limit) { remedy in
                (platform.map { remedy.platform == $0 } ?? true)
                    && (state.map { remedy.state == $0 } ?? true)
            }
        }
    }

    public func ledgerBalances(
        platform: PlatformNumber,
        merchant: String?
    ) async throws(StoreError) -> [LedgerBalance] {
        reading { rows in
            rows.balances.filter { account, minorUnits in
                account.platform == platform && minorUnits != 0
                    && (merchant == nil || account.account.merchant == merchant)
            }.sorted {
                ($0.key.account.name, $0.key.currency) < ($1.key.account.name, $1.key.currency)
            }.compactMap { account, minorUnits in
                Money(minorUnits: minorUnits, currency: account.currency).map {
                    LedgerBalance(account: account.account, balance: $0)
                }
            }
        }
    }

    public func ledgerBalances(
        of account: LedgerAccount,
        platform: PlatformNumber
    ) async throws(StoreError) -> [Money] {
        try await ledgerBalances(platform: platform, merchant: nil)
            .filter { $0.account == account }.map(\.balance)
    }

    public func ledgerEntries(
        platform: PlatformNumber,
        after cursor: Int64?,
        limit: Int
    ) async throws(StoreError) -> [(number: Int64, entry: LedgerEntry)] {
        reading { rows in
            rows.ledger.enumerated().map { (number: Int64($0.offset + 1), entry: $0.element) }
                .filter { $0.entry.platform == platform && $0.number > cursor ?? 0 }
                .prefix(limit).map { $0 }
        }
    }
}

// MARK: Accounts

extension MemoryStore {
    public func addPartyAccount(_ account: PartyAccount) async throws(StoreError) -> Bool {
        changing { rows in
            let isTaken = rows.partyAccounts.contains {
                $0.platform == account.platform && $0.name == account.name
            }
            guard !isTaken else { return false }
            rows.partyAccounts.append(account)
            return true
        }
    }

    public func revokePartyAccount(
        platform: PlatformNumber,
        name: String,
        at instant: Instant
    ) async throws(StoreError) -> Bool {
        changing { rows in
            let place = rows.partyAccounts.firstIndex {
                $0.platform == platform && $0.name == name && $0.revokedAt == nil
            }
            guard let place else { return false }
            rows.partyAccounts[place].revokedAt = instant
            return true
        }
    }

    public func partyAccount(tokenDigest: [UInt8]) async throws(StoreError) -> PartyAccount? {
        reading { $0.partyAccounts.first { $0.tokenDigest == tokenDigest } }
    }

    public func partyAccounts(
        platform: PlatformNumber
    ) async throws(StoreError) -> [PartyAccount] {
        reading { rows in
            rows.partyAccounts.filter { $0.platform == platform }.sorted { $0.name < $1.name }
        }
    }
}

extension MemoryRows {
    /// In the order of opening.
    func claims(
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant
    ) -> [ClaimRecord] {
        claimOrder.compactMap { claims[$0] }.filter {
            $0.platform == platform && source.holds($0) && $0.claim.filedAt > since
        }
    }
}
