import Crypto
import FoundationEssentials

/// The 32 random bytes from which all salts of one record are derived. Secret: whoever has them
/// can test guesses of short keys against the public digests. Prints as `••••`.
///
/// One fresh secret a record counts as a fresh salt a field (RFC 9901 §9.3 asks for 128 bits of
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
        let info = Self.itemLabel + UInt32(truncatingIfNeeded: index).bigEndianBytes
        return RecordSecret(derived: expand(info: info, byteCount: Self.byteCount))
    }

    /// The salts of `count` fields, 16 bytes each: salt i depends on the secret and on i alone.
    func salts(count: Int) -> [UInt8] {
        expand(info: Self.saltLabel, byteCount: count * Self.saltByteCount)
    }

    /// 128 bits, the least that RFC 9901 §9.3 recommends.
    static let saltByteCount = 16
    private static let saltLabel = Array("cardproof/salts/v1".utf8)
    private static let itemLabel = Array("cardproof/item/v1".utf8)

    private init(derived bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// HKDF-Expand of RFC 5869 §2.3; the secret is uniformly random, so no extraction is needed.
    /// The library's own keys the HMAC anew for each block, which was half of a leaf's cost.
    private func expand(info: [UInt8], byteCount: Int) -> [UInt8] {
        let keyed = HMAC<SHA256>(key: SymmetricKey(data: bytes))
        var output: [UInt8] = []
        output.reserveCapacity(byteCount + SHA256.byteCount)
        var input = info
        var block: UInt8 = 1
        while output.count < byteCount {
            input.append(block)
            var code = keyed
            input.withUnsafeBytes { code.update(data: $0) }
            let start = output.count
            code.finalize().withUnsafeBytes { output.append(contentsOf: $0) }
            input = output[start...] + info
            block += 1
        }
        output.removeLast(output.count - byteCount)
        return output
    }
}

extension RecordSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
