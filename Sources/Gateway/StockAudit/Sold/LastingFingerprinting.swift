public import CardModel
public import Crypto
import WireFormat

/// How fingerprints are made that outlive a run: under a key that somebody keeps.
///
/// Of a code in its normal form the message is that of ``CardFingerprinter``: for a key of
/// ``StockAuditLimits/keyAloneSymbols`` symbols or more `0x02 ‖ L(issuer) ‖ L(key)`, else
/// `0x01 ‖ L(issuer) ‖ L(serial) ‖ L(key)`, where `L` is the length in four bytes, big-endian, and
/// the bytes. Over it stands, cut to 128 bits,
///
/// - under the key of an index of its own: SipHash-2-4-128, with an empty issuer. Its key is never
///   used for anything else, and a card key of eight digits cannot be guessed without it;
/// - under the gateway's pepper: HMAC-SHA256, so that the words are the beginning of what the
///   gateway stored when it received the code.
///
/// Among n codes the chance of any false `sold` is below n² / 2¹²⁹: 10⁻²³ for a hundred million.
public struct LastingFingerprinting: Sendable {
    /// Who made the key, and with which function it is used.
    public enum Origin: UInt32, Sendable {
        case indexKey = 1
        case gateway = 2
    }

    /// Bytes of an index's key.
    public static let keyBytes = 32

    public let origin: Origin
    /// The issuer domain that the fingerprints hold; empty under an index's own key.
    public let issuer: String
    /// Tells keys apart and says nothing of them.
    let keyID: [UInt8]
    /// Under which blocks of a file are authenticated.
    let blockKey: SipHashKey
    let function: Function

    enum Function: Sendable {
        case sipHash(SipHashKey)
        case hmac(HMAC<SHA256>)
    }

    /// - Parameter indexKey: ``keyBytes`` random bytes that only indexes use.
    public init(indexKey: SymmetricKey) {
        self.init(
            origin: .indexKey,
            issuer: "",
            key: indexKey,
            function: .sipHash(Self.derived(from: indexKey, for: "fingerprints"))
        )
    }

    /// - Parameters:
    ///   - pepper: the secret of the deployment under which deliveries have their fingerprints.
    ///   - issuer: the issuer domain of the product.
    public init(pepper: SymmetricKey, issuer: String) {
        self.init(
            origin: .gateway,
            issuer: issuer,
            key: pepper,
            function: .hmac(HMAC<SHA256>(key: pepper))
        )
    }

    private init(origin: Origin, issuer: String, key: SymmetricKey, function: Function) {
        self.origin = origin
        self.issuer = issuer
        self.function = function
        keyID = Self.label("key id", under: key)
        blockKey = Self.derived(from: key, for: "blocks")
    }

    /// Messages of fingerprints begin with 0x01 or 0x02, so under a pepper none of them is a label.
    private static func label(_ purpose: String, under key: SymmetricKey) -> [UInt8] {
        let label = Array("cardproof sold index: \(purpose)".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: label, using: key))
    }

    private static func derived(from key: SymmetricKey, for purpose: String) -> SipHashKey {
        let bytes = label(purpose, under: key)
        return bytes.withUnsafeBytes {
            SipHashKey(
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// What of a format changes the fingerprint of a spelling: the case into which it folds.
    /// Formats with the same normal form make the same fingerprints.
    public static func normalForm(of format: CardFormat?) -> String {
        let anySymbols = CardFormat.generic.key
        let serial = (format?.serial ?? anySymbols).letterCase.rawValue
        let key = (format?.key ?? anySymbols).letterCase.rawValue
        return "1 serial:\(serial) key:\(key)"
    }
}

/// Makes lasting fingerprints; one serves one worker.
final class LastingFingerprinter {
    private let function: LastingFingerprinting.Function
    private let issuer: [UInt8]
    private let buffer: UnsafeMutablePointer<UInt8>

    private static let lengthBytes = 4

    init(_ fingerprinting: LastingFingerprinting) {
        function = fingerprinting.function
        issuer = Array(fingerprinting.issuer.utf8)
        let capacity = 1 + 3 * Self.lengthBytes + issuer.count + 2 * StockAuditLimits.fieldBytes
        buffer = .allocate(capacity: capacity)
    }

    deinit { buffer.deallocate() }

    /// - Parameters:
    ///   - serial: in its normal form; empty when the card has none.
    ///   - key: in its normal form.
    ///   - keySymbols: Unicode scalars of the key.
    func fingerprint(
        serial: UnsafeBufferPointer<UInt8>,
        key: UnsafeBufferPointer<UInt8>,
        keySymbols: Int
    ) -> Fingerprint {
        let isKeyAlone = keySymbols >= StockAuditLimits.keyAloneSymbols
        buffer[0] = isKeyAlone ? 0x02 : 0x01
        var count = 1
        issuer.withUnsafeBufferPointer { append($0, &count) }
        if !isKeyAlone { append(serial, &count) }
        append(key, &count)
        switch function {
        case .sipHash(let sipKey):
            return SipHash.lastingFingerprint(buffer, count: count, key: sipKey)
        case .hmac(let seeded):
            var authenticator = seeded
            authenticator.update(
                data: UnsafeRawBufferPointer(start: buffer, count: count)
            )
            return authenticator.finalize().withUnsafeBytes { code in
                Fingerprint(
                    high: UInt64(bigEndian: code.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: code.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
        }
    }

    @inline(__always)
    private func append(_ part: UnsafeBufferPointer<UInt8>, _ count: inout Int) {
        UnsafeMutableRawPointer(buffer + count).storeBytes(
            of: UInt32(truncatingIfNeeded: part.count).bigEndian,
            as: UInt32.self
        )
        count &+= Self.lengthBytes
        guard let start = part.baseAddress else { return }
        (buffer + count).update(from: start, count: part.count)
        count &+= part.count
    }
}
