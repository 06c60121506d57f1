import CardModel
public import Gateway
import WireFormat

extension MemoryTransaction {
    func lastDeliveryDay(
        of merchant: String,
        platform: PlatformNumber
    ) throws -> CalendarDate? {
        let selling = MemoryRows.Selling(platform: platform, merchant: merchant)
        return rows.deliveryCounts[selling, default: [:]].filter { $0.value > 0 }.keys.max()
    }

    func responses(
        of merchant: String,
        platform: PlatformNumber,
        filedFrom start: Instant,
        before end: Instant,
        limit: Int
    ) throws -> ResponseCount {
        let latest = rows.claims(
            from: .merchant(merchant), platform: platform, since: start - .milliseconds(1)
        ).filter { $0.claim.against == .merchant && $0.claim.filedAt < end }.suffix(limit)
        let rung = Set(
            rows.rings.filter { $0.key.timer == .firstResponse && $0.value.rungAt != nil }.keys
                .map(\.claim))
        return ResponseCount(
            claims: latest.count, missed: latest.count { rung.contains($0.id) })
    }

    func withdrawn(
        by merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64 {
        rows.ledger.filter {
            $0.platform == platform && $0.merchant == merchant && $0.at >= instant
                && $0.transaction.currency == currency && $0.transaction.kind == .withdrawal
        }.reduce(0) { $0.addingSaturated($1.transaction.leavingMinorUnits) }
    }

    func insert(_ penalty: PenaltyRecord) throws -> Bool {
        let isTold = rows.penalties.contains {
            $0.platform == penalty.platform && $0.merchant == penalty.merchant
                && $0.event.row.id == penalty.event.row.id && $0.period == penalty.period
        }
        guard !isTold else { return false }
        guard !rows.penalties.contains(where: { $0.id == penalty.id }) else {
            throw TakenIdentifier()
        }
        rows.penalties.append(penalty)
        return true
    }

    func penalty(_ id: PenaltyID) throws -> PenaltyRecord? {
        rows.penalties.first { $0.id == id }
    }

    func update(_ penalty: PenaltyRecord) throws {
        guard let index = rows.penalties.firstIndex(where: { $0.id == penalty.id }) else { return }
        rows.penalties[index] = penalty
    }
}

extension MemoryStore {
    public func penalty(_ id: PenaltyID) async throws(StoreError) -> PenaltyRecord? {
        reading { $0.penalties.first { $0.id == id } }
    }

    public func penalties(
        platform: PlatformNumber?,
        merchant: String?,
        after cursor: PenaltyID?,
        limit: Int
    ) async throws(StoreError) -> [PenaltyRecord] {
        reading { rows in
            rows.penalties.page(after: cursor, by: \.id, limit: limit) { penalty in
                (platform.map { penalty.platform == $0 } ?? true)
                    && (merchant.map { penalty.merchant == $0 } ?? true)
            }
        }
    }
}
