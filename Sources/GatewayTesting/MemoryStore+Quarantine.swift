public import Gateway

extension MemoryStore {
    public func keepQuarantined(_ record: QuarantineRecord) async throws(StoreError) -> Bool {
        changing { rows in
            let own = rows.quarantine.filter { $0.platform == record.platform }
            guard !own.contains(where: { $0.identity == record.identity }) else { return true }
            guard own.count < QuarantineRecord.mostOfAPlatform else { return false }
            var kept = record
            rows.lastQuarantineNumber += 1
            kept.number = rows.lastQuarantineNumber
            rows.quarantine.append(kept)
            return true
        }
    }

    public func removeQuarantined(number: Int64) async throws(StoreError) {
        changing { rows in rows.quarantine.removeAll { $0.number == number } }
    }

    public func quarantined(number: Int64) async throws(StoreError) -> QuarantineRecord? {
        reading { rows in rows.quarantine.first { $0.number == number } }
    }

    public func quarantined(
        platform: PlatformNumber?,
        after number: Int64?,
        limit: Int
    ) async throws(StoreError) -> [QuarantineRecord] {
        reading { rows in
            let found = rows.quarantine.filter {
                $0.number > number ?? 0 && (platform == nil || $0.platform == platform)
            }
            return Array(found.prefix(limit))
        }
    }
}
