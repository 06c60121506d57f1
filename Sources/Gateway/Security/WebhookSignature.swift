import Crypto
public import WireFormat

/// The three headers of a signed webhook and the check of them, as Standard Webhooks 1.0 says.
public struct WebhookHeaders: Sendable {
    public var id: String?
    public var timestamp: String?
    public var signature: String?

    public init(id: String?, timestamp: String?, signature: String?) {
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
    }
}

/// Signs and checks `id.timestamp.body`.
public enum WebhookSignature {
    /// The tolerance of the specification and of CONTRACT: five minutes each way.
    public static let timestampTolerance = Duration.seconds(300)
    /// Signatures looked at in one header; more are refused, so that a header cannot buy CPU.
    public static let signatureLimit = 16
    /// Length of a webhook id, which also bounds the unique index.
    public static let identifierLengths = 1...128

    /// Why a webhook was not accepted. The caller answers 401 to all of them.
    public enum Refusal: String, Error, Sendable {
        case missingTimestamp = "missing_timestamp"
        case malformedTimestamp = "malformed_timestamp"
        case timestampTooOld = "timestamp_too_old"
        case timestampInFuture = "timestamp_in_future"
        case missingSignature = "missing_signature"
        case tooManySignatures = "too_many_signatures"
        case noMatchingSignature = "no_matching_signature"
    }

    /// Whether `text` can be a webhook id: 1 to 128 visible ASCII characters without a dot, which
    /// separates the parts of the signed content.
    public static func isWellFormed(id text: String) -> Bool {
        identifierLengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ".") }
    }

    /// Checks the time and that one signature of the header was made with one of `keys`.
    public static func verify(
        _ headers: WebhookHeaders,
        body: [UInt8],
        keys: [WebhookKey],
        now: Instant
    ) throws(Refusal) {
        guard let timestamp = headers.timestamp else { throw .missingTimestamp }
        try verify(timestamp: timestamp, now: now)
        guard let header = headers.signature, !header.isEmpty else { throw .missingSignature }
        let signatures = header.utf8.split(separator: UInt8(ascii: " "))
        guard signatures.count <= signatureLimit else { throw .tooManySignatures }
        let offered = signatures.compactMap { Offered($0) }
        let content = signedContent(id: headers.id ?? "", timestamp: timestamp, body: body)
        guard keys.contains(where: { matches($0, content, offered) }) else {
            throw .noMatchingSignature
        }
    }

    /// A `v1` signature of an outgoing webhook.
    static func sign(_ content: [UInt8], secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: content,
            using: SymmetricKey(data: secret)
        )
        return "v1," + Base64.encode(Array(code))
    }

    /// A `v1a` signature of an outgoing webhook.
    static func sign(_ content: [UInt8], key: Curve25519.Signing.PrivateKey) throws -> String {
        "v1a," + Base64.encode(try key.signature(for: content))
    }

    static func signedContent(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }

    private static func verify(timestamp: String, now: Instant) throws(Refusal) {
        guard timestamp.utf8.count <= 15, timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .malformedTimestamp }
        let sent = Instant(secondsSinceEpoch: seconds)
        if now - timestampTolerance > sent { throw .timestampTooOld }
        if now + timestampTolerance < sent { throw .timestampInFuture }
    }

    /// One `version,base64` of the header.
    private struct Offered {
        let version: Substring
        let bytes: [UInt8]

        init?(_ text: Substring.UTF8View) {
            guard let comma = text.firstIndex(of: UInt8(ascii: ",")),
                let bytes = Base64.decode(Substring(text[text.index(after: comma)...]))
            else { return nil }
            version = Substring(text[..<comma])
            self.bytes = bytes
        }
    }

    /// One code a key, however many signatures are offered.
    private static func matches(
        _ key: WebhookKey,
        _ content: [UInt8],
        _ offered: [Offered]
    ) -> Bool {
        switch key {
        case .secret(let secret):
            let candidates = offered.filter { $0.version == "v1" }
            guard !candidates.isEmpty else { return false }
            let code = Array(
                HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret))
            )
            return candidates.contains { ConstantTime.equal($0.bytes, code) }
        case .publicKey(let publicKey):
            return offered.contains {
                $0.version == "v1a" && publicKey.isValidSignature($0.bytes, for: content)
            }
        }
    }
}
