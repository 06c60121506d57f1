import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// All rows of a ``MemoryStore``: a value, so that a transaction is a copy and a rollback is
/// forgetting it.
struct MemoryRows: Sendable {
    struct Order: Hashable {
        let platform: PlatformNumber
        let id: String
    }
    struct Holding: Hashable {
        let fingerprint: CardFingerprint
        let platform: PlatformNumber
    }
    struct ItemKey: Hashable {
        let delivery: DeliveryID
        let line: Int
        let code: CardFingerprint
    }
    struct ClaimKey: Hashable {
        let item: ItemNumber
        let family: DefectFamily
    }
    struct Account: Hashable {
        let platform: PlatformNumber
        let account: LedgerAccount
        let currency: String
    }
    struct CosignedLog: Hashable {
        let platform: PlatformNumber
        let quorum: [UInt8]
    }
    struct StockPlace: Hashable {
        let batch: BatchNumber
        let position: Int
    }
    struct StockLevel: Hashable {
        let batch: BatchNumber
        let level: Int
    }
    struct Selling: Hashable {
        let platform: PlatformNumber
        let merchant: String
    }
    struct Recall: Hashable {
        let batch: BatchNumber
        let delivery: DeliveryID
    }
    struct Level: Hashable {
        let platform: PlatformNumber
        let level: Int
    }

    var deploymentSecrets: [UInt8]?
    var platforms: [PlatformRecord] = []
    var policies: [[UInt8]: [UInt8]] = [:]
    var notices: [NoticeRecord] = []
    var noticeOfWebhook: [Order: Int] = [:]
    var dataKeys: [NoticeNumber: [UInt8]] = [:]
    var deliveries: [DeliveryID: DeliveryRecord] = [:]
    var deliveryOfOrder: [Order: DeliveryID] = [:]
    var items: [ItemRecord] = []
    var itemOfKey: [ItemKey: Int] = [:]
    /// Their places stay taken, so that every other item keeps its number.
    var erasedItems: Set<ItemNumber> = []
    var holders: [Holding: ItemNumber] = [:]
    /// Items with a code that another one holds.
    var codeRepeats: [Holding: Set<ItemNumber>] = [:]
    var checks: [CheckID: CheckRecord] = [:]
    var degradedAdapters: [String: DegradedAdapter] = [:]
    var claims: [ClaimID: ClaimRecord] = [:]
    /// In the order in which they were committed.
    var claimOrder: [ClaimID] = []
    var claimOfItem: [ClaimKey: ClaimID] = [:]
    var claimHistory: [ClaimID: [ClaimHistoryEntry]] = [:]
    var filings: [ClaimID: [EscalationChannel: FilingRecord]] = [:]
    /// By claim, timer and round, with the time it rang.
    var rings: [ClaimRing.Key: (ring: ClaimRing, rungAt: Instant?)] = [:]
    /// As they were made.
    var remedies: [RemedyRecord] = []
    var ledger: [LedgerEntry] = []
    var partyAccounts: [PartyAccount] = []
    /// By number within a platform.
    var outcomes: [PlatformNumber: [OutcomeRecord]] = [:]
    /// As they were told.
    var penalties: [PenaltyRecord] = []
    var deliveryCounts: [Selling: [CalendarDate: Int]] = [:]
    var ledgerKeys: Set<Order> = []
    var balances: [Account: Int64] = [:]
    /// Codes of acts by claim and idempotency key.
    var acts: [String: [UInt8]] = [:]
    /// As they were given.
    var consents: [ConsentRecord] = []
    /// As they were made.
    var redemptions: [RedemptionRecord] = []
    var callbacks: [RedemptionNumber: Set<[UInt8]>] = [:]
    /// As they were added.
    var attachments: [AttachmentRecord] = []
    /// As they were declared.
    var incidents: [IncidentRecord] = []
    var events: [EventID: EventRecord] = [:]
    var spending: [DeliveryID: SelfTestSpending] = [:]
    var erasures: [DeliveryID: ErasureRecord] = [:]
    /// Identifiers of erased checks and claims.
    var erasedNames: [[UInt8]: DeliveryID] = [:]
    /// In the order of their anchors within a platform.
    var timeStamps: [TimeStampRecord] = []
    var batches: [StockBatchRecord] = []
    var stock: [BatchNumber: [StockCodeRecord]] = [:]
    /// The line that stands for a code.
    var standingCodes: [Holding: StockPlace] = [:]
    var stockNodes: [StockLevel: [TreeHash]] = [:]
    var recalls: Set<Recall> = []
    var quarantine: [QuarantineRecord] = []
    /// The number of a discarded message is not given again.
    var lastQuarantineNumber: Int64 = 0
    /// Of all platforms, as they began.
    var logs: [LogRecord] = []
    var heads: [PlatformNumber: LogHead] = [:]
    var checkpoints: [PlatformNumber: [(size: UInt64, note: [UInt8])]] = [:]
    /// As they came.
    var cosignatures: [CosignatureRecord] = []
    /// Sizes of the checkpoints that a quorum has cosigned, by its code.
    var cosignedSizes: [CosignedLog: Set<UInt64>] = [:]
    var entries: [PlatformNumber: [LogEntryRecord]] = [:]
    /// Nil where one log's nodes end before the next one's begin.
    var nodes: [Level: [TreeHash?]] = [:]
}

/// A row that a unique constraint keeps out; the fault of one change alone.
struct TakenIdentifier: Error {}

/// The rows of one open transaction.
final class MemoryTransaction: StoreTransaction {
    var rows: MemoryRows

    init(_ rows: MemoryRows) {
        self.rows = rows
    }

    func insert(_ notice: NoticeRecord) throws -> NoticeNumber? {
        let key = MemoryRows.Order(platform: notice.platform, id: notice.webhookID ?? "")
        guard rows.noticeOfWebhook[key] == nil else { return nil }
        rows.noticeOfWebhook[key] = rows.notices.count
        rows.notices.append(notice)
        return NoticeNumber(rawValue: Int64(rows.notices.count))
    }

    func notice(platform: PlatformNumber, webhookID: String) throws -> NoticeRecord? {
        rows.noticeOfWebhook[MemoryRows.Order(platform: platform, id: webhookID)]
            .map { rows.notices[$0] }
    }

    func complete(_ notice: NoticeNumber, with record: NoticeRecord) throws {
        rows.notices[Int(notice.rawValue) - 1] = record
    }

    func insert(_ attachment: AttachmentRecord) throws { rows.attachments.append(attachment) }

    func attachments(of delivery: DeliveryID) throws -> [AttachmentRecord] {
        rows.attachments.filter { $0.delivery == delivery }
    }

    func policyText(hash: [UInt8]) throws -> [UInt8]? { rows.policies[hash] }

    func insertDataKey(_ wrapped: [UInt8], of notice: NoticeNumber) throws {
        rows.dataKeys[notice] = wrapped
    }

    func delivery(orInsert fresh: DeliveryRecord) throws -> DeliveryRecord {
        let key = MemoryRows.Order(platform: fresh.platform, id: fresh.orderID)
        if let id = rows.deliveryOfOrder[key], let known = rows.deliveries[id] { return known }
        rows.deliveryOfOrder[key] = fresh.id
        rows.deliveries[fresh.id] = fresh
        return fresh
    }

    func delivery(_ id: DeliveryID) throws -> DeliveryRecord? { rows.deliveries[id] }

    func item(
        of delivery: DeliveryID,
        line: Int,
        code: CardFingerprint
    ) throws -> ItemRecord? {
        rows.itemOfKey[MemoryRows.ItemKey(delivery: delivery, line: line, code: code)]
            .map { rows.items[$0] }
    }

    func item(_ number: ItemNumber) throws -> ItemRecord? {
        let index = Int(number.rawValue) - 1
        guard rows.items.indices.contains(index), !rows.erasedItems.contains(number) else {
            return nil
        }
        return rows.items[index]
    }

    func items(of delivery: DeliveryID) throws -> [ItemRecord] {
        rows.items(of: delivery)
    }

    func insert(_ item: ItemRecord) throws -> ItemNumber {
        var item = item
        item.number = ItemNumber(rawValue: Int64(rows.items.count + 1))
        let key = MemoryRows.ItemKey(
            delivery: item.delivery,
            line: item.terms.line,
            code: item.codeFingerprint
        )
        guard rows.itemOfKey[key] == nil else { throw TakenIdentifier() }
        rows.itemOfKey[key] = rows.items.count
        rows.items.append(item)
        return item.number
    }

    func update(_ item: ItemRecord) throws {
        rows.items[Int(item.number.rawValue) - 1] = item
    }

    func holder(
        of code: CardFingerprint,
        platform: PlatformNumber,
        orTake item: ItemNumber
    ) throws -> ItemNumber {
        let key = MemoryRows.Holding(fingerprint: code, platform: platform)
        if let holder = rows.holders[key] { return holder }
        rows.holders[key] = item
        return item
    }

    func noteRepeat(
        of code: CardFingerprint,
        platform: PlatformNumber,
        by item: ItemNumber
    ) throws {
        let key = MemoryRows.Holding(fingerprint: code, platform: platform)
        rows.codeRepeats[key, default: []].insert(item)
    }

    func holder(of code: CardFingerprint, platform: PlatformNumber) throws -> ItemNumber? {
        rows.holders[MemoryRows.Holding(fingerprint: code, platform: platform)]
    }

    func insert(_ check: CheckRecord) throws {
        guard rows.checks[check.id] == nil else { throw TakenIdentifier() }
        rows.checks[check.id] = check
    }
    func check(_ id: CheckID) throws -> CheckRecord? { rows.checks[id] }
    func update(_ check: CheckRecord) throws { rows.checks[check.id] = check }

    func makeReasksDue(of adapter: String, at instant: Instant) throws {
        for (id, check) in rows.checks
        where check.adapter == adapter && check.state == .pending && check.attempts > 0 {
            rows.checks[id]?.dueAt = min(check.dueAt, instant)
        }
    }

    func degradedAdapter(_ id: String) throws -> DegradedAdapter? { rows.degradedAdapters[id] }
    func insert(_ adapter: DegradedAdapter) throws {
        rows.degradedAdapters[adapter.adapter] = adapter
    }
    func removeDegradedAdapter(_ id: String) throws { rows.degradedAdapters[id] = nil }

    func insert(_ event: EventRecord) throws {
        guard rows.events[event.id] == nil else { throw TakenIdentifier() }
        rows.events[event.id] = event
    }

    func selfTestSpending(of delivery: DeliveryID) throws -> SelfTestSpending? {
        rows.spending[delivery]
    }

    func update(_ spending: SelfTestSpending, of delivery: DeliveryID) throws {
        rows.spending[delivery] = spending
    }

    func logHead(of platform: PlatformNumber) throws -> LogHead {
        guard let head = rows.heads[platform] else { throw StoreError.broken("no log") }
        return head
    }

    func begin(_ next: LogRecord, by rotation: LogRotation) throws {
        guard let ended = rows.logs.firstIndex(where: { $0.name == rotation.ending }) else {
            throw StoreError.broken("no log ends")
        }
        rows.logs[ended].end = next.firstIndex
        rows.logs.append(next)
        for index in rows.platforms.indices where rows.platforms[index].number == next.platform {
            rows.platforms[index].origin = next.origin
            rows.platforms[index].logOrdinal = next.ordinal
            rows.platforms[index].sealedSecrets = rotation.sealedSecrets
        }
    }

    func insert(_ entry: LogEntryRecord, at index: UInt64, platform: PlatformNumber) throws {
        guard rows.entries[platform, default: []].count == Int(index) else {
            throw StoreError.broken("entry \(index) is out of order")
        }
        rows.entries[platform, default: []].append(entry)
    }

    func insertNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        platform: PlatformNumber
    ) throws {
        let key = MemoryRows.Level(platform: platform, level: level)
        // One place may stay free where a log ended: the next one's nodes begin behind it.
        let places = [index, index == 0 ? 0 : index - 1]
        guard places.contains(UInt64(rows.nodes[key, default: []].count)) else {
            throw StoreError.broken("node \(index) of level \(level) is out of order")
        }
        while rows.nodes[key, default: []].count < Int(index) {
            rows.nodes[key, default: []].append(nil)
        }
        rows.nodes[key, default: []].append(hash)
    }

    func update(_ head: LogHead, of platform: PlatformNumber, at instant: Instant) throws {
        rows.heads[platform] = head
        rows.checkpoints[platform, default: []].append((head.end, head.checkpoint))
    }
}

extension MemoryRows {
    mutating func record(_ attempt: EventAttempt) {
        events[attempt.event]?.attempts = attempt.attempts
        events[attempt.event]?.deliveredAt = attempt.deliveredAt
        events[attempt.event]?.nextAttemptAt = attempt.nextAttemptAt
    }

    func notice(_ number: NoticeNumber) -> NoticeRecord? {
        let index = Int(number.rawValue) - 1
        return notices.indices.contains(index) ? notices[index] : nil
    }

    func items(of delivery: DeliveryID) -> [ItemRecord] {
        items.filter { $0.delivery == delivery && !erasedItems.contains($0.number) }.sorted {
            ($0.terms.line, $0.number.rawValue) < ($1.terms.line, $1.number.rawValue)
        }
    }
}
