public import WireFormat

/// A shop's message that was authentic and held no code we could read: kept sealed until the
/// operator mended the configuration and has it read again.
public struct QuarantineRecord: Sendable {
    /// Given by the store.
    public var number: Int64
    public var platform: PlatformNumber
    public var shop: ShopInbox.Kind
    /// A stable word: `no_code`, `ambiguous`, `unknown_goods`, `too_many_lines`,
    /// `stock_blocked`.
    public var reason: String
    public var receivedAt: Instant
    /// Keyed hash of the shop's order and its text: the same message is kept once.
    public var identity: [UInt8]
    /// The message, sealed under a data key of its own.
    public var sealedMessage: [UInt8]
    public var wrappedDataKey: [UInt8]

    public init(
        number: Int64,
        platform: PlatformNumber,
        shop: ShopInbox.Kind,
        reason: String,
        receivedAt: Instant,
        identity: [UInt8],
        sealedMessage: [UInt8],
        wrappedDataKey: [UInt8]
    ) {
        self.number = number
        self.platform = platform
        self.shop = shop
        self.reason = reason
        self.receivedAt = receivedAt
        self.identity = identity
        self.sealedMessage = sealedMessage
        self.wrappedDataKey = wrappedDataKey
    }

    /// Messages of one platform that are kept; further ones are refused, so that a shop with a
    /// wrong setting cannot fill the disk.
    public static let mostOfAPlatform = 1_000
    /// Bytes of a kept message; a text of a thousand codes fits.
    public static let longestMessageBytes = 256 << 10
}
