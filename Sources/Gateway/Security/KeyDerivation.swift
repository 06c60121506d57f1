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

/// HMAC-SHA256 under a key that is absorbed once: a copy of it saves two SHA-256 blocks a message.
struct KeyedHash: Sendable {
    private let seeded: HMAC<SHA256>

    init(key: SymmetricKey) {
        seeded = HMAC(key: key)
    }

    func code(of message: [UInt8]) -> [UInt8] {
        var authenticator = seeded
        authenticator.update(data: message)
        return Array(authenticator.finalize())
    }

    /// The code over several parts, each preceded by its length, so that no two lists of parts
    /// share one message.
    func code(over parts: [[UInt8]]) -> [UInt8] {
        var message: [UInt8] = []
        for part in parts {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: part)
        }
        return code(of: message)
    }
}
