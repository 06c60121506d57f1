import Crypto
import WireFormat

/// HKDF-SHA256 (RFC 5869) with labels, so that one secret never serves two purposes.
enum KeyDerivation {
    /// A key of 32 bytes for `purpose` out of `secret`.
    static func key(from secret: SymmetricKey, purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret,
            info: Array("cardproof/v1/\(purpose)".utf8),
            outputByteCount: 32
        )
    }
}

extension SymmetricKey {
    /// The key's bytes; callers keep them no longer than one call.
    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension HMAC where H == SHA256 {
    /// The code over several parts, each preceded by its length, so that no two lists of parts
    /// share one message.
    static func code(over parts: [[UInt8]], key: SymmetricKey) -> [UInt8] {
        var message: [UInt8] = []
        for part in parts {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: part)
        }
        return Array(authenticationCode(for: message, using: key))
    }
}
