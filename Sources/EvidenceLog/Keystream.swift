public import Crypto

/// Bytes that are uniformly random to everybody who lacks the key: AES-256 in counter mode
/// (NIST SP 800-38A), as AES-GCM encrypts zeros.
///
/// One call for the half kilobyte that a leaf needs (docs/decisions/0015).
public enum Keystream {
    /// Bytes of a nonce.
    public static let nonceByteCount = 12

    /// - Parameters:
    ///   - key: 32 random bytes, used for nothing but keystreams.
    ///   - nonce: ``nonceByteCount`` bytes; different ones give unrelated bytes.
    public static func bytes(_ count: Int, key: SymmetricKey, nonce: [UInt8]) -> [UInt8] {
        precondition(
            key.bitCount == 256 && nonce.count == nonceByteCount,
            "a keystream takes a key of 32 bytes and a nonce of 12"
        )
        let zeros = [UInt8](repeating: 0, count: count)
        // swift-format-ignore: NeverUseForceTry
        // `try!`: it throws for keys and nonces of other lengths alone, which cannot come here.
        let box = try! AES.GCM.seal(zeros, using: key, nonce: AES.GCM.Nonce(data: nonce))
        return Array(box.ciphertext)
    }
}
