/// The keyed digest by which the same code is found again without keeping the code.
///
/// Without the pepper nothing can be guessed from it, although an eight-digit key has few values.
public struct CardFingerprint: Sendable, Hashable {
    /// 32 bytes of HMAC-SHA256.
    public let bytes: [UInt8]

    /// Takes 32 bytes read back from a store; `nil` for any other length.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    init(code: some Sequence<UInt8>) {
        bytes = Array(code)
    }

    /// The length of a fingerprint.
    public static let byteCount = 32
}
