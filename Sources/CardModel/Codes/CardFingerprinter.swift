public import Crypto

/// Makes the fingerprints by which duplicates are found (C-06).
///
/// - `code` = HMAC-SHA256(pepper, 0x01 ‖ L(issuer) ‖ L(serial) ‖ L(key))
/// - `key` = HMAC-SHA256(pepper, 0x02 ‖ L(issuer) ‖ L(key)), for keys of 12 symbols or more
///
/// `L(x)` is the length of the UTF-8 bytes as four bytes, big-endian, then the bytes; so no two
/// codes give the same message by moving a border. A missing serial counts as an empty one.
public struct CardFingerprinter: Sendable {
    /// HMAC with the pepper already absorbed: a copy of it saves two SHA-256 blocks a code.
    private let seeded: HMAC<SHA256>

    /// - Parameter pepper: the managed secret, 32 bytes or more.
    public init(pepper: SymmetricKey) {
        seeded = HMAC<SHA256>(key: pepper)
    }

    /// The fewest symbols a key needs for a fingerprint of its own: shorter keys repeat by chance
    /// under different serials.
    public static let leastKeySymbols = 12

    /// The fingerprints of a code that is already in its format's normal form.
    ///
    /// - Parameter issuer: the issuer domain of the product, or the platform's own name for a
    ///   product nobody configured.
    public func fingerprints(
        issuer: String,
        code normalised: CardCode
    ) -> (code: CardFingerprint, key: CardFingerprint?) {
        let serial = normalised.serial?.text ?? ""
        return normalised.key.withUnredacted { key in
            let whole = fingerprint(.code, [issuer, serial, key])
            guard normalised.key.symbolCount >= Self.leastKeySymbols else { return (whole, nil) }
            return (whole, fingerprint(.key, [issuer, key]))
        }
    }

    /// Keeps the two kinds of fingerprint apart.
    private enum Domain: UInt8 {
        case code = 0x01
        case key = 0x02
    }

    private func fingerprint(_ domain: Domain, _ parts: [String]) -> CardFingerprint {
        var message: [UInt8] = []
        message.reserveCapacity(128)
        message.append(domain.rawValue)
        for part in parts {
            let count = UInt32(truncatingIfNeeded: part.utf8.count)
            withUnsafeBytes(of: count.bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: part.utf8)
        }
        var authenticator = seeded
        authenticator.update(data: message)
        return CardFingerprint(code: authenticator.finalize())
    }
}
