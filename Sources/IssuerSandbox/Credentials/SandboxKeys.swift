import Crypto
import CryptoExtras
import Foundation
import WireFormat

/// The key pairs with which issuers sign: one Ed25519 pair that follows from the seed, and one
/// RSA pair of this process, made when it is first needed.
struct SandboxKeys: Sendable {
    private let edwards: Curve25519.Signing.PrivateKey?

    /// Making one takes long enough to be noticed in every test that starts a sandbox.
    private static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    /// `DigestInfo` of an MD5 digest, without the digest (RFC 8017 §9.2).
    private static let md5Information: [UInt8] = [
        0x30, 0x20, 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05, 0x05,
        0x00, 0x04, 0x10,
    ]

    init(credentials: SandboxCredentials) {
        edwards = try? Curve25519.Signing.PrivateKey(rawRepresentation: credentials.ed25519Seed)
    }

    func ed25519(_ message: String) -> [UInt8] {
        guard let signature = try? edwards?.signature(for: Array(message.utf8)) else { return [] }
        return Array(signature)
    }

    /// 32 bytes.
    var ed25519PublicKey: [UInt8] { edwards.map { Array($0.publicKey.rawRepresentation) } ?? [] }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    func rsaSHA256(_ message: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(data: message)
        guard let signature = try? Self.rsa?.signature(for: digest, padding: .insecurePKCS1v1_5)
        else { return [] }
        return Array(signature.rawRepresentation)
    }

    /// RSASSA-PKCS1-v1_5 with MD5 (`MD5withRSA`). swift-crypto does not offer MD5 here, so the
    /// block is laid out by hand and put through its raw private-key operation.
    func rsaMD5(_ message: [UInt8]) -> [UInt8] {
        guard let pem = Self.rsa?.pemRepresentation,
            let key = try? _RSA.BlindSigning.PrivateKey<SHA384>(pemRepresentation: pem),
            let size = Self.rsa.map({ $0.keySizeInBits / 8 })
        else { return [] }
        let information = Self.md5Information + Array(Insecure.MD5.hash(data: message))
        let padding = [UInt8](repeating: 0xFF, count: size - information.count - 3)
        let block = [0x00, 0x01] + padding + [0x00] + information
        guard let signature = try? key.blindSignature(for: block) else { return [] }
        return Array(signature.rawRepresentation)
    }

    var rsaPublicKeyPEM: String { Self.rsa?.publicKey.pemRepresentation ?? "" }
    var rsaPublicKeyDER: [UInt8] { Array(Self.rsa?.publicKey.derRepresentation ?? Data()) }

    /// The RSA key as a certificate, which some issuers hand out instead.
    func rsaCertificatePEM(from start: Instant) -> String { certificate(from: start).pem }

    /// The certificate in DER.
    func rsaCertificate(from start: Instant) -> [UInt8] { certificate(from: start).der }

    private func certificate(from start: Instant) -> SelfSignedCertificate {
        SelfSignedCertificate(
            name: "cardproof sandbox",
            publicKey: rsaPublicKeyDER,
            from: start,
            sign: rsaSHA256
        )
    }

    private var modulus: String { primitive(\.modulus) }
    private var exponent: String { primitive(\.publicExponent) }

    private func primitive(_ part: KeyPath<_RSA.Signing.PublicKey.Primitives, Data>) -> String {
        let primitives = try? Self.rsa?.publicKey.getKeyPrimitives()
        return primitives.map { Base64.encode(Array($0[keyPath: part])) } ?? ""
    }

    /// The RSA key in the XML of .NET, which some issuers show it in.
    var rsaKeyValue: String {
        "<RSAKeyValue><Modulus>\(modulus)</Modulus><Exponent>\(exponent)</Exponent></RSAKeyValue>"
    }

    /// The public keys, for whoever verifies.
    func json(from start: Instant) -> JSONValue {
        [
            "ed25519": [
                "hex": .string(Hexadecimal.encode(ed25519PublicKey)),
                "base64": .string(Base64.encode(ed25519PublicKey)),
            ],
            "rsa": [
                "pem": .string(rsaPublicKeyPEM),
                "certificate_pem": .string(rsaCertificatePEM(from: start)),
                "der_base64": .string(Base64.encode(rsaPublicKeyDER)),
                "modulus_base64": .string(modulus),
                "exponent_base64": .string(exponent),
            ],
        ]
    }
}

extension [UInt8] {
    /// A signature of the right form that verifies under no key.
    func spoiled(if isSpoiled: Bool) -> [UInt8] {
        guard isSpoiled, let last else { return self }
        return dropLast() + [last ^ 1]
    }
}

extension String {
    /// A hexadecimal code of the right form that is the right one for nothing.
    func spoiled(if isSpoiled: Bool) -> String {
        guard isSpoiled, let last else { return self }
        return dropLast() + (last == "0" ? "1" : "0")
    }
}
