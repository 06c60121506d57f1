import EvidenceLog
public import Gateway

extension MemoryTransaction {
    func stampedEnd(of platform: PlatformNumber, by authority: String) throws -> UInt64? {
        rows.timeStamps.filter { $0.platform == platform && $0.authority == authority }
            .map(\.end).max()
    }

    func insert(_ stamp: TimeStampRecord) throws { rows.timeStamps.append(stamp) }
}

extension MemoryStore {
    public func timeStamp(
        of log: LogRecord,
        anchoredBefore index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        stamps(over: log).last { $0.anchorIndex < index }
    }

    public func timeStamp(
        of log: LogRecord,
        coveringEntry index: UInt64
    ) async throws(StoreError) -> TimeStampRecord? {
        stamps(over: log).first { $0.end > index }
    }

    public func latestTimeStamp(
        of platform: PlatformNumber,
        by authority: String
    ) async throws(StoreError) -> TimeStampRecord? {
        stamps(of: platform).last { $0.authority == authority }
    }

    public func timeStamps(
        of platform: PlatformNumber,
        after index: UInt64?,
        limit: Int
    ) async throws(StoreError) -> [TimeStampRecord] {
        let later = stamps(of: platform).filter { stamp in
            index.map { stamp.anchorIndex > $0 } ?? true
        }
        return Array(later.prefix(limit))
    }

    private func stamps(over log: LogRecord) -> [TimeStampRecord] {
        stamps(of: log.platform).filter { $0.firstIndex == log.firstIndex }
    }

    private func stamps(of platform: PlatformNumber) -> [TimeStampRecord] {
        reading { $0.timeStamps.filter { $0.platform == platform } }
    }
}
