import Crypto
import WireFormat

/// How a text becomes a signature that the other side can make, too.
///
/// MD5 and SHA-1 are what some protocols still ask for; nothing of our own uses them.
enum SigningAlgorithm: String, Sendable, Hashable, CaseIterable {
    case md5
    case sha1
    case sha256
    case hmacMD5 = "hmac_md5"
    case hmacSHA1 = "hmac_sha1"
    case hmacSHA256 = "hmac_sha256"
    case hmacSHA512 = "hmac_sha512"

    /// A plain digest has no key: the secret stands in the text itself.
    var hasKey: Bool {
        switch self {
        case .md5, .sha1, .sha256: false
        case .hmacMD5, .hmacSHA1, .hmacSHA256, .hmacSHA512: true
        }
    }

    func signature(of text: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return switch self {
        case .md5: Array(Insecure.MD5.hash(data: text))
        case .sha1: Array(Insecure.SHA1.hash(data: text))
        case .sha256: Array(SHA256.hash(data: text))
        case .hmacMD5: Array(HMAC<Insecure.MD5>.authenticationCode(for: text, using: key))
        case .hmacSHA1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: text, using: key))
        case .hmacSHA256: Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
        case .hmacSHA512: Array(HMAC<SHA512>.authenticationCode(for: text, using: key))
        }
    }
}

/// How a signature is written.
enum SignatureNotation: String, Sendable, Hashable, CaseIterable {
    case hex
    case hexUpper = "hex_upper"
    case base64

    func text(_ bytes: [UInt8]) -> String {
        switch self {
        case .hex: Hexadecimal.encode(bytes)
        case .hexUpper: Hexadecimal.encode(bytes).uppercased()
        case .base64: Base64.encode(bytes)
        }
    }

    /// Hexadecimal in either case; nil for what is not written so.
    func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .hex, .hexUpper: Hexadecimal.decode(text.lowercased())
        case .base64: Base64.decode(text)
        }
    }
}

/// How the key of an HMAC is written in the operator's file.
enum KeyNotation: String, Sendable, Hashable, CaseIterable {
    /// Its own bytes.
    case text
    case hex
    case base64

    func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .text: Array(text.utf8)
        case .hex: Hexadecimal.decode(text.lowercased())
        case .base64: Base64.decode(text)
        }
    }
}
