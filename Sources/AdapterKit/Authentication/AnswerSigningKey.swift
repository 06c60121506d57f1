import Crypto
import CryptoExtras
import WireFormat

/// The RSA key by which an issuer signs its answers: PKCS #1 v1.5 over SHA-256 (RFC 8017 §8.2).
public struct AnswerSigningKey: Sendable {
    private let key: _RSA.Signing.PublicKey

    /// A key by its numbers, big-endian. Nil below 2048 bits, and for what is no key.
    public init?(modulus: [UInt8], exponent: [UInt8]) {
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { return nil }
        self.key = key
    }

    /// A key as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), in PEM or bare base64. Nil below 2048
    /// bits, and for what is no key.
    public init?(subjectPublicKeyInfo text: String) {
        guard let bytes = Self.der(text),
            let key = try? _RSA.Signing.PublicKey(derRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    /// The bytes of a PEM block, or of bare base64.
    static func der(_ text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("-----") }
        return Base64.decode(lines.joined().filter { !$0.isWhitespace })
    }

    /// Whether `signature` was made over exactly these bytes.
    public func verifies(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: bytes),
            padding: .insecurePKCS1v1_5
        )
    }
}
