import WireFormat

/// An X.509 certificate (version 1, RFC 5280) for an RSA key that signs itself: the form in which
/// the older issuers hand their public key out.
struct SelfSignedCertificate {
    private static let years = 10
    /// sha256WithRSAEncryption, with its NULL.
    private static let algorithm = DER.sequence(
        [DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]), DER.null]
    )
    /// The common name, 2.5.4.3.
    private static let commonName: [UInt8] = [0x55, 0x04, 0x03]

    let der: [UInt8]

    /// - Parameters:
    ///   - publicKey: `SubjectPublicKeyInfo` in DER.
    ///   - sign: RSASSA-PKCS1-v1_5 with SHA-256.
    init(name: String, publicKey: [UInt8], from start: Instant, sign: ([UInt8]) -> [UInt8]) {
        let attribute = DER.sequence([DER.object(Self.commonName), DER.text(name)])
        let subject = DER.sequence([DER.set([attribute])])
        let day = CalendarDate(of: start)
        let end = day.adding(days: 365 * Self.years)
        let body = DER.sequence([
            DER.integer(1), Self.algorithm, subject,
            DER.sequence([DER.time(day), DER.time(end)]), subject, publicKey,
        ])
        der = DER.sequence([body, Self.algorithm, DER.bits(sign(body))])
    }

    var pem: String {
        let text = Array(Base64.encode(der))
        let lines = stride(from: 0, to: text.count, by: 64).map {
            String(text[$0..<min($0 + 64, text.count)]) + "\n"
        }
        return "-----BEGIN CERTIFICATE-----\n" + lines.joined() + "-----END CERTIFICATE-----\n"
    }
}

/// The few forms of ASN.1's distinguished encoding that a certificate needs (X.690).
private enum DER {
    static let null: [UInt8] = [0x05, 0x00]

    static func sequence(_ parts: [[UInt8]]) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }
    static func set(_ parts: [[UInt8]]) -> [UInt8] { element(0x31, parts.flatMap { $0 }) }
    static func object(_ identifier: [UInt8]) -> [UInt8] { element(0x06, identifier) }
    static func integer(_ number: UInt8) -> [UInt8] { element(0x02, [number]) }
    static func text(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }
    static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0x00] + bytes) }

    /// Midnight of a day before 2050, as UTCTime.
    static func time(_ day: CalendarDate) -> [UInt8] {
        let digits = day.iso8601.dropFirst(2).filter { $0 != "-" } + "000000Z"
        return element(0x17, Array(digits.utf8))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            switch content.count {
            case 0..<0x80: [UInt8(content.count)]
            case 0x80..<0x100: [0x81, UInt8(content.count)]
            default: [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
            }
        return [tag] + length + content
    }
}
