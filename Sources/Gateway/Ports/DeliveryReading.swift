public import AdapterKit
public import WireFormat

/// What is known of deliveries: who told of them, their items, and what was agreed and ordered for
/// those. A part of ``StoreReading``.
public protocol DeliveryReading: Sendable {
    func notice(
        platform: PlatformNumber,
        webhookID: String
    ) async throws(StoreError) -> NoticeRecord?
    func firstNotice(of delivery: DeliveryID) async throws(StoreError) -> NoticeRecord?
    func notice(_ number: NoticeNumber) async throws(StoreError) -> NoticeRecord?
    /// All notices that told of a delivery, in the order of acceptance.
    func notices(
        of delivery: DeliveryID
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)]
    /// Accepted notices in the order of acceptance, after `cursor`, not older than `since`.
    func notices(
        platform: PlatformNumber?,
        since: Instant?,
        after cursor: NoticeNumber?,
        limit: Int
    ) async throws(StoreError) -> [(number: NoticeNumber, record: NoticeRecord)]

    func quarantined(number: Int64) async throws(StoreError) -> QuarantineRecord?
    /// Kept messages by number, after `number`; of all platforms for nil.
    func quarantined(
        platform: PlatformNumber?,
        after number: Int64?,
        limit: Int
    ) async throws(StoreError) -> [QuarantineRecord]

    func delivery(_ id: DeliveryID) async throws(StoreError) -> DeliveryRecord?
    /// Items of a delivery by line, then in the order they came.
    func items(of delivery: DeliveryID) async throws(StoreError) -> [ItemRecord]
    func item(_ number: ItemNumber) async throws(StoreError) -> ItemRecord?
    func check(_ id: CheckID) async throws(StoreError) -> CheckRecord?
    func wrappedDataKey(of notice: NoticeNumber) async throws(StoreError) -> [UInt8]?

    func erasure(of delivery: DeliveryID) async throws(StoreError) -> ErasureRecord?
    /// The erasure by which a check or a claim went.
    func erasure(naming name: ErasedName) async throws(StoreError) -> ErasureRecord?
    /// Deliveries whose erasure waits for the end of a legal hold, by identifier.
    func restrictedDeliveries(
        after cursor: DeliveryID?,
        limit: Int
    ) async throws(StoreError) -> [DeliveryRecord]

    /// The files of a delivery, as they were added.
    func attachments(of delivery: DeliveryID) async throws(StoreError) -> [AttachmentRecord]

    /// The latest consent to the operation on an item.
    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) async throws(StoreError) -> ConsentRecord?
    func consent(_ id: ConsentID) async throws(StoreError) -> ConsentRecord?

    func redemption(_ number: RedemptionNumber) async throws(StoreError) -> RedemptionRecord?
    /// All orders about an item, as they were made.
    func redemptions(of item: ItemNumber) async throws(StoreError) -> [RedemptionRecord]
    /// Orders as they were made, after the order `cursor`, in one state or in all.
    func redemptions(
        platform: PlatformNumber?,
        state: RedemptionRecord.State?,
        after cursor: RedemptionNumber?,
        limit: Int
    ) async throws(StoreError) -> [RedemptionRecord]
    /// When the next order of `adapter` is due, in one phase or in both; nil when none waits.
    func nextRedemptionDue(
        adapter: String,
        in phase: RedemptionPhase?
    ) async throws(StoreError) -> Instant?
}
