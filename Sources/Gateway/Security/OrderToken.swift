import WireFormat

/// What a buyer shows to test his own codes: names the delivery, is made under the platform's
/// token key, and is never stored, so a repeated notice gets the same one again.
///
/// `ot_` and base64url of the platform's number (8 bytes), the delivery's identifier (16) and a
/// code of 20 bytes.
public struct OrderToken: Sendable, Hashable {
    /// 160 bits: guessing one is hopeless, and the token stays short enough to be read out.
    static let codeByteCount = 20
    private static let prefix = "ot_"

    public let platform: PlatformNumber
    public let delivery: DeliveryID
    private let code: [UInt8]

    init(platform: PlatformNumber, delivery: DeliveryID, under hash: KeyedHash) {
        self.platform = platform
        self.delivery = delivery
        code = Self.code(platform: platform, delivery: delivery, under: hash)
    }

    /// Reads a token; whether it is genuine says ``isGenuine(under:)``.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64.decodeURL(text.dropFirst(3)),
            bytes.count == 8 + DeliveryID.byteCount + Self.codeByteCount,
            let delivery = DeliveryID(bytes: bytes[8..<24])
        else { return nil }
        platform = PlatformNumber(
            rawValue: Int64(bitPattern: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) })
        )
        self.delivery = delivery
        code = Array(bytes[24...])
    }

    public var text: String {
        Self.prefix + Base64.encodeURL(platform.bytes + delivery.bytes + code)
    }

    func isGenuine(under hash: KeyedHash) -> Bool {
        ConstantTime.equal(code, Self.code(platform: platform, delivery: delivery, under: hash))
    }

    private static func code(
        platform: PlatformNumber,
        delivery: DeliveryID,
        under hash: KeyedHash
    ) -> [UInt8] {
        Array(hash.code(over: [platform.bytes, delivery.bytes]).prefix(codeByteCount))
    }
}

/// Comparison whose duration does not depend on where two secrets differ.
enum ConstantTime {
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
