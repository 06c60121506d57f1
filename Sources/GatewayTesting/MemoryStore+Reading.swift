public import EvidenceLog
public import Gateway
public import WireFormat

extension MemoryStore {
    public func platforms() async throws(StoreError) -> [PlatformRecord] {
        reading(\.platforms)
    }

    public func deploymentSecrets() async throws(StoreError) -> [UInt8]? {
        reading(\.deploymentSecrets)
    }

    public func policyText(hash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        reading { $0.policies[hash] }
    }

    public func policyTexts(
        of references: Set<String>
    ) async throws(StoreError) -> [[UInt8]: [UInt8]] {
        reading { rows in
            rows.policies.filter { _, text in
                guard let policy = try? JSONValue.parse(text),
                    let id = policy["policy"]?.stringValue,
                    let version = policy["version"]?.integerValue
                else { return false }
                return references.contains("\(id)@\(version)")
            }
        }
    }

    public func notice(
        platform: PlatformNumber,
        webhookID: String
    ) async throws(StoreError) -> NoticeRecord? {
        reading { rows in
            rows.notices.first { $0.platform == platform && $0.webhookID == webhookID }
        }
    }

    public func firstNotice(of delivery: DeliveryID) async throws(StoreError) -> NoticeRecord? {
        reading { rows in rows.deliveries[delivery].flatMap { rows.notice($0.firstNotice) } }
    }

    public func notice(_ number: NoticeNumber) async throws(StoreError) -> NoticeRecord? {
        reading { $0.notice(number) }
    }

    public func notices(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        reading { rows in
            rows.notices.enumerated().filter { $0.element.delivery == delivery }.map {
                (number: NoticeNumber(rawValue: Int64($0.offset + 1)), record: $0.element)
            }
        }
    }

    public func notices(
        platform: PlatformNumber?,
        since: Instant?,
        after cursor: NoticeNumber?,
        limit: Int
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)] {
        reading { rows in
            let numbered = rows.notices.enumerated().map {
                (number: NoticeNumber(rawValue: Int64($0.offset + 1)), record: $0.element)
            }
            let wanted = numbered.filter { row in
                (cursor.map { row.number > $0 } ?? true)
                    && (platform.map { row.record.platform == $0 } ?? true)
                    && (since.map { row.record.acceptedAt >= $0 } ?? true)
            }
            return Array(wanted.prefix(limit))
        }
    }

    public func delivery(_ id: DeliveryID) async throws(StoreError) -> DeliveryRecord? {
        reading { $0.deliveries[id] }
    }

    public func items(of delivery: DeliveryID) async throws(StoreError) -> [ItemRecord] {
        reading { $0.items(of: delivery) }
    }

    public func item(_ number: ItemNumber) async throws(StoreError) -> ItemRecord? {
        reading { rows in
            rows.items.first { $0.number == number && !rows.erasedItems.contains(number) }
        }
    }

    public func check(_ id: CheckID) async throws(StoreError) -> CheckRecord? {
        reading { $0.checks[id] }
    }

    public func wrappedDataKey(of notice: NoticeNumber) async throws(StoreError) -> [UInt8]? {
        reading { $0.dataKeys[notice] }
    }

    public func attachments(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [AttachmentRecord] {
        reading { $0.attachments.filter { $0.delivery == delivery } }
    }

    public func nextCheckDue(adapter: String?) async throws(StoreError) -> Instant? {
        reading { rows in
            rows.checks.values.filter { $0.adapter == adapter }.compactMap(\.openDueAt).min()
        }
    }

    public func nextEventDue(
        of platforms: [PlatformNumber]
    ) async throws(StoreError) -> Instant? {
        reading { rows in
            rows.events.values.filter { platforms.contains($0.platform) }
                .compactMap(\.nextAttemptAt).min()
        }
    }

    public func openCheckCount() async throws(StoreError) -> Int {
        reading { $0.checks.values.count { $0.openDueAt != nil } }
    }

    public func reaskCount(adapter: String) async throws(StoreError) -> Int {
        reading { rows in
            rows.checks.values.count {
                $0.adapter == adapter && $0.attempts > 0 && $0.openDueAt != nil
            }
        }
    }

    public func degradedAdapters() async throws(StoreError) -> [DegradedAdapter] {
        reading { $0.degradedAdapters.values.sorted { $0.adapter < $1.adapter } }
    }

    public func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord] {
        reading { $0.logs.filter { $0.platform == platform } }
    }

    public func logHead(of platform: PlatformNumber) async throws(StoreError) -> LogHead? {
        reading { $0.heads[platform] }
    }

    public func checkpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        reading { $0.checkpoints[platform]?.first { $0.size >= size } }
    }

    public func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [LogEntryRecord] {
        reading { slice($0.entries[platform] ?? [], range) }
    }

    public func entries(
        of notice: NoticeNumber
    ) async throws(StoreError) -> [(index: UInt64, entry: LogEntryRecord)] {
        reading { rows in
            guard let platform = rows.notice(notice)?.platform else { return [] }
            return (rows.entries[platform] ?? []).enumerated()
                .filter { $0.element.notice == notice }
                .map { (index: UInt64($0.offset), entry: $0.element) }
        }
    }

    public func publicEntries(
        of platform: PlatformNumber,
        in range: Range<UInt64>,
        newestFirst: Bool,
        limit: Int
    ) async throws(StoreError) -> [(index: UInt64, leaf: [UInt8])] {
        reading { rows in
            let entries = (rows.entries[platform] ?? []).enumerated()
                .filter { range.contains(UInt64($0.offset)) && $0.element.owner == .log }
                .map { (index: UInt64($0.offset), leaf: $0.element.leaf) }
            return Array((newestFirst ? entries.reversed() : entries).prefix(limit))
        }
    }

    public func nodes(
        of platform: PlatformNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        reading { rows in
            level == 0
                ? slice((rows.entries[platform] ?? []).map(\.hash), range)
                : slice(
                    rows.nodes[MemoryRows.Level(platform: platform, level: level)] ?? [],
                    range
                ).compactMap(\.self)
        }
    }

    public func ping() async throws(StoreError) {}

    private func slice<Element>(_ all: [Element], _ range: Range<UInt64>) -> [Element] {
        let upper = min(Int(range.upperBound), all.count)
        let lower = Int(range.lowerBound)
        return lower < upper ? Array(all[lower..<upper]) : []
    }
}
