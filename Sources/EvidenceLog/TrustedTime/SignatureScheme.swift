import SwiftASN1
import X509

/// How a token or a revocation list is signed. SHA-1 is refused.
enum SignatureScheme: Hashable {
    /// The hash is named elsewhere (RFC 3370 §3.2).
    case rsa
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    case rsaWith(ImprintAlgorithm)
    /// ECDSA over the named curve of the key (RFC 5753).
    case ecdsaWith(ImprintAlgorithm)

    init?(_ reference: AlgorithmReference) {
        guard let scheme = Self.known[reference.identifier] else { return nil }
        switch (scheme, reference.parameters) {
        case (.rsa, .null), (.rsa, .absent), (.rsaWith, .null), (.rsaWith, .absent),
            (.ecdsaWith, .absent):
            self = scheme
        case (.rsa, .present), (.rsaWith, .present), (.ecdsaWith, .null), (.ecdsaWith, .present):
            return nil
        }
    }

    /// The scheme with its hash, for a signer that hashed with `digest`; nil when the two differ.
    func completed(by digest: ImprintAlgorithm) -> SignatureScheme? {
        switch self {
        case .rsa: .rsaWith(digest)
        case .rsaWith(let own), .ecdsaWith(let own): own == digest ? self : nil
        }
    }

    /// The library's name; nil while the hash is open.
    var certificateAlgorithm: Certificate.SignatureAlgorithm? {
        switch self {
        case .rsa: nil
        case .rsaWith(.sha256): .sha256WithRSAEncryption
        case .rsaWith(.sha384): .sha384WithRSAEncryption
        case .rsaWith(.sha512): .sha512WithRSAEncryption
        case .ecdsaWith(.sha256): .ecdsaWithSHA256
        case .ecdsaWith(.sha384): .ecdsaWithSHA384
        case .ecdsaWith(.sha512): .ecdsaWithSHA512
        }
    }

    private static let known: [ASN1ObjectIdentifier: SignatureScheme] = [
        [1, 2, 840, 113_549, 1, 1, 1]: .rsa,
        [1, 2, 840, 113_549, 1, 1, 11]: .rsaWith(.sha256),
        [1, 2, 840, 113_549, 1, 1, 12]: .rsaWith(.sha384),
        [1, 2, 840, 113_549, 1, 1, 13]: .rsaWith(.sha512),
        [1, 2, 840, 10_045, 4, 3, 2]: .ecdsaWith(.sha256),
        [1, 2, 840, 10_045, 4, 3, 3]: .ecdsaWith(.sha384),
        [1, 2, 840, 10_045, 4, 3, 4]: .ecdsaWith(.sha512),
    ]
}

extension Certificate {
    /// Whether a use of the key is allowed: certificates that do not limit it allow all.
    func allows(_ use: (KeyUsage) -> Bool) -> Bool {
        guard extensions[oid: .X509ExtensionID.keyUsage] != nil else { return true }
        guard let usage = try? extensions.keyUsage else { return false }
        return use(usage)
    }
}
