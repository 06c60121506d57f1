import Crypto
import Foundation
import WireFormat

/// How an issuer signs its answers.
enum VerifyingAlgorithm: String, Sendable, Hashable, CaseIterable {
    case ed25519
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
    case rsaSHA256 = "rsa_sha256"
    case md5
    case sha1
    case sha256
    case hmacMD5 = "hmac_md5"
    case hmacSHA1 = "hmac_sha1"
    case hmacSHA256 = "hmac_sha256"
    case hmacSHA512 = "hmac_sha512"

    /// What both sides can make; nil for signatures with a public key.
    var shared: SigningAlgorithm? { SigningAlgorithm(rawValue: rawValue) }

    /// What stands in the `algorithm` parameter of an HTTP signature.
    var httpName: String { rawValue.replacing("_", with: "-") }
}

/// A key that verifies, read from an operator's setting.
enum VerifyingKey: Sendable {
    case ed25519(Curve25519.Signing.PublicKey)
    case rsaSHA256(AnswerSigningKey)
    case shared(SigningAlgorithm, key: [UInt8])

    /// Reads a public key in PEM, in base64 of its DER, or (Ed25519) in hexadecimal or base64 of
    /// its 32 bytes; or an HMAC's key. Nil when it is none.
    init?(_ text: String, for algorithm: VerifyingAlgorithm, notation: KeyNotation) {
        switch algorithm {
        case .ed25519:
            guard let bytes = Self.ed25519Bytes(text),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else { return nil }
            self = .ed25519(key)
        case .rsaSHA256:
            guard let key = AnswerSigningKey(subjectPublicKeyInfo: text) else { return nil }
            self = .rsaSHA256(key)
        case .md5, .sha1, .sha256, .hmacMD5, .hmacSHA1, .hmacSHA256, .hmacSHA512:
            guard let shared = algorithm.shared, let bytes = notation.bytes(text),
                !bytes.isEmpty || !shared.hasKey
            else { return nil }
            self = .shared(shared, key: bytes)
        }
    }

    func accepts(_ signature: [UInt8], over text: [UInt8]) -> Bool {
        switch self {
        case .ed25519(let key): key.isValidSignature(signature, for: text)
        case .rsaSHA256(let key): key.verifies(signature, of: text)
        case .shared(let algorithm, let key):
            Self.isEqual(signature, algorithm.signature(of: text, key: key))
        }
    }

    /// In a time that does not tell where the difference is.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 §4).
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    private static let ed25519Length = 32

    private static func ed25519Bytes(_ text: String) -> [UInt8]? {
        if text.utf8.count == ed25519Length * 2 { return Hexadecimal.decode(text.lowercased()) }
        guard let bytes = AnswerSigningKey.der(text) else { return nil }
        if bytes.count == ed25519Length { return bytes }
        guard bytes.starts(with: ed25519Prefix),
            bytes.count == ed25519Prefix.count + ed25519Length
        else { return nil }
        return Array(bytes.dropFirst(ed25519Prefix.count))
    }
}
