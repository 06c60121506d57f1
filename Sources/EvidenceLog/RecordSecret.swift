import Crypto

/// The 32 random bytes from which all salts of one record are derived. Secret: whoever has them
/// can test guesses of short keys against the public digests. Prints as `••••`.
///
/// What is derived from it is the keystream of AES-256 under it: uniformly random to whoever lacks
/// it. One fresh secret a record counts as a fresh salt a field (RFC 9901 §9.3 asks for 128 bits of
/// entropy a salt); destroying the secret closes every disclosure that nobody holds a copy of.
public struct RecordSecret: Sendable {
    /// Bytes of a secret.
    public static let byteCount = 32

    private let bytes: [UInt8]

    /// Nil unless there are 32 bytes. They come from a cryptographic random source.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The bytes, for sealing them into the private record.
    public func withUnredacted<R, E: Error>(_ body: ([UInt8]) throws(E) -> R) throws(E) -> R {
        try body(bytes)
    }

    /// The secret of item `index` of a delivery, so that one item can be opened by itself.
    public func itemSecret(_ index: Int) -> RecordSecret {
        RecordSecret(
            derived: keystream(.item(UInt32(truncatingIfNeeded: index)), byteCount: Self.byteCount)
        )
    }

    /// The salts of `count` fields, 16 bytes each: salt i depends on the secret and on i alone.
    func salts(count: Int) -> [UInt8] {
        keystream(.salts, byteCount: count * Self.saltByteCount)
    }

    /// 128 bits, the least that RFC 9901 §9.3 recommends.
    static let saltByteCount = 16
    private init(derived bytes: [UInt8]) {
        self.bytes = bytes
    }

    private enum Purpose {
        case salts
        case item(UInt32)

        /// Nonces that differ in their first byte or in the item.
        var nonce: [UInt8] {
            switch self {
            case .salts: [0x01] + [UInt8](repeating: 0, count: 11)
            case .item(let index): [0x02] + [UInt8](repeating: 0, count: 7) + index.bigEndianBytes
            }
        }
    }

    private func keystream(_ purpose: Purpose, byteCount: Int) -> [UInt8] {
        Keystream.bytes(byteCount, key: SymmetricKey(data: bytes), nonce: purpose.nonce)
    }
}

extension RecordSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
