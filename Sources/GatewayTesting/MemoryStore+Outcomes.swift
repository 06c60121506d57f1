import CardModel
public import Gateway
public import WireFormat

extension MemoryTransaction {
    func outcomeCount(of platform: PlatformNumber) throws -> Int {
        rows.outcomes[platform]?.last?.outcome.number ?? 0
    }

    func latestOutcome(of claim: ClaimID) throws -> OutcomeRecord? {
        rows.outcomes.values.lazy.flatMap { $0 }.filter { $0.claim == claim }
            .max { $0.outcome.number < $1.outcome.number }
    }

    func insert(_ outcome: OutcomeRecord) throws {
        let isTaken = rows.outcomes[outcome.platform, default: []].contains {
            $0.outcome.number == outcome.outcome.number || $0.leafIndex == outcome.leafIndex
        }
        guard !isTaken else { throw TakenIdentifier() }
        rows.outcomes[outcome.platform, default: []].append(outcome)
    }

    func countDeliveries(
        _ count: Int,
        of merchant: String,
        on day: CalendarDate,
        platform: PlatformNumber
    ) throws {
        let selling = MemoryRows.Selling(platform: platform, merchant: merchant)
        rows.deliveryCounts[selling, default: [:]][day, default: 0] += count
    }

    func deliveryCount(
        of merchant: String,
        since day: CalendarDate,
        platform: PlatformNumber
    ) throws -> Int {
        let selling = MemoryRows.Selling(platform: platform, merchant: merchant)
        return rows.deliveryCounts[selling, default: [:]]
            .reduce(0) { $1.key >= day ? $0 + $1.value : $0 }
    }
}

extension MemoryStore {
    public func outcomes(
        of platform: PlatformNumber,
        merchant: String?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [OutcomeRecord] {
        reading { rows in
            let later = rows.outcomes[platform, default: []].filter { record in
                record.outcome.number > number
                    && merchant.map { $0 == record.outcome.merchant } ?? true
            }
            return Array(later.prefix(limit))
        }
    }

    public func outcomeCount(
        of platform: PlatformNumber,
        before index: UInt64
    ) async throws(StoreError) -> Int {
        reading { rows in
            rows.outcomes[platform, default: []].last { $0.leafIndex < index }?.outcome.number ?? 0
        }
    }

    public func deliveryCounts(
        of platform: PlatformNumber,
        on days: ClosedRange<CalendarDate>
    ) async throws(StoreError) -> [String: Int] {
        reading { rows in
            var counts: [String: Int] = [:]
            for (selling, byDay) in rows.deliveryCounts where selling.platform == platform {
                counts[selling.merchant] = byDay.reduce(0) { sum, day in
                    days.contains(day.key) ? sum + day.value : sum
                }
            }
            return counts
        }
    }
}
