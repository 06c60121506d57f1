public import AdapterKit
public import WireFormat

/// Who agreed. A code belongs to the seller's side until it is handed over, and to the buyer from
/// then on; only its owner's word counts.
public enum ConsentGiver: String, Sendable, Hashable, CaseIterable {
    case buyer
    case merchant
    /// The platform as the seller's side: before the hand-over, as the merchant.
    case platform
}

/// The recorded word of a code's owner that one operation may be done with this code.
public struct ConsentRecord: Sendable {
    public var id: ConsentID
    public var item: ItemNumber
    public var operation: AdapterOperation
    public var givenBy: ConsentGiver
    /// When the owner agreed, as told.
    public var givenAt: Instant
    public var recordedAt: Instant
    /// SHA-256 of the text that the owner agreed to; nil when it was not told.
    public var statementSHA256: [UInt8]?
    /// Whose account is credited, sealed under the data key of the item's notice.
    public var sealedBeneficiary: [UInt8]?
    /// Index of the leaf that records the consent.
    public var leafIndex: UInt64
    /// The caller's key and what was sent with it.
    public var idempotency: Idempotency?

    public init(
        id: ConsentID,
        item: ItemNumber,
        operation: AdapterOperation,
        givenBy: ConsentGiver,
        givenAt: Instant,
        recordedAt: Instant,
        statementSHA256: [UInt8]?,
        sealedBeneficiary: [UInt8]?,
        leafIndex: UInt64 = 0,
        idempotency: Idempotency?
    ) {
        self.id = id
        self.item = item
        self.operation = operation
        self.givenBy = givenBy
        self.givenAt = givenAt
        self.recordedAt = recordedAt
        self.statementSHA256 = statementSHA256
        self.sealedBeneficiary = sealedBeneficiary
        self.leafIndex = leafIndex
        self.idempotency = idempotency
    }

    /// Consents about one code: more are a mistake of the caller's, and would grow without end.
    public static let mostOfAnItem = 16
    /// Characters of a beneficiary: a phone number, an account, a player's name.
    public static let longestBeneficiary = 128

    /// Whether the giver owns the code now. The hand-over ends what the seller's side agreed to.
    public func holds(for item: ItemRecord) -> Bool {
        switch givenBy {
        case .buyer: item.deliveredAt != nil
        case .merchant, .platform: item.deliveredAt == nil
        }
    }
}
