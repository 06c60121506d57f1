import AdapterKit
import Crypto
import WireFormat

/// What dujiao-next signs: method, path, time and the MD5 of the raw body, under HMAC-SHA256.
public struct DujiaoHeaders: Sendable {
    public var apiKey: String?
    public var timestamp: String?
    public var signature: String?

    public init(apiKey: String?, timestamp: String?, signature: String?) {
        self.apiKey = apiKey
        self.timestamp = timestamp
        self.signature = signature
    }
}

enum DujiaoSignature {
    /// The tolerance of dujiao-next's API document, each way.
    static let timestampTolerance = Duration.seconds(60)
    /// Where dujiao-next calls, below the address it was given.
    static let path = "/api/v1/upstream/callback"

    /// Finds the shop that signed a call.
    ///
    /// - Parameter paths: the paths that may stand in the signed text: a sender that knows only its
    ///   own path and one that signs the whole path are both what they claim to be.
    /// - Returns: the index of the shop.
    static func verify(
        _ headers: DujiaoHeaders,
        body: [UInt8],
        paths: [String],
        shops: [ShopInbox.SharedSecret],
        now: Instant
    ) throws(ShopRefusal) -> Int {
        guard let apiKey = headers.apiKey, let timestamp = headers.timestamp,
            let signature = headers.signature
        else { throw .missingAuthHeaders }
        guard timestamp.utf8.count <= 12, timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .invalidTimestamp }
        let sent = Instant(secondsSinceEpoch: seconds)
        guard sent >= now - timestampTolerance, sent <= now + timestampTolerance else {
            throw .timestampExpired
        }
        guard let index = shops.firstIndex(where: { $0.apiKey == apiKey }) else {
            throw .invalidAPIKey
        }
        guard let offered = Hexadecimal.decode(signature),
            paths.contains(where: { path in
                let content = content(path: path, timestamp: timestamp, body: body)
                return ConstantTime.equal(code(content, shops[index].secret), offered)
            })
        else { throw .invalidSignature }
        return index
    }

    /// The signed text.
    static func content(path: String, timestamp: String, body: [UInt8]) -> String {
        let digest = Hexadecimal.encode(Array(Insecure.MD5.hash(data: body)))
        return "POST\n\(path)\n\(timestamp)\n\(digest)"
    }

    static func code(_ content: String, _ secret: SecretValue) -> [UInt8] {
        secret.withUnredacted { secret in
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(content.utf8),
                    using: SymmetricKey(data: Array(secret.utf8))
                )
            )
        }
    }
}
