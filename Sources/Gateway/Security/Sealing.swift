import Crypto
import WireFormat

/// AES-256-GCM over what must not be readable in a copy of the store: nonce ‖ ciphertext ‖ tag.
///
/// What a sealed value belongs to is its associated data, so that a value moved to another row
/// does not open.
enum Sealing {
    /// Bytes of an AES-GCM nonce.
    static let nonceByteCount = 12

    /// - Parameter nonce: fresh for every call under the same key.
    static func seal(
        _ plaintext: some Sequence<UInt8>,
        under key: SymmetricKey,
        nonce: some Sequence<UInt8>,
        context: [UInt8]
    ) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            Array(plaintext),
            using: key,
            nonce: AES.GCM.Nonce(data: Array(nonce)),
            authenticating: context
        )
        guard let combined = box.combined else {
            preconditionFailure("a nonce has \(nonceByteCount) bytes")
        }
        return Array(combined)
    }

    /// - Throws: `CryptoKitError` when the key, the context or a byte is wrong.
    static func open(_ sealed: [UInt8], under key: SymmetricKey, context: [UInt8]) throws -> [UInt8]
    {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: key, authenticating: context))
    }
}
