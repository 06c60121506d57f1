public import Crypto
public import WireFormat

/// The secrets that all platforms of one deployment share, sealed in the store under the master
/// key. The master key alone lives outside (a file or a systemd credential).
public struct DeploymentSecrets: Sendable {
    /// Keys the fingerprints of codes (DESIGN §7). One for all platforms, so that the operator
    /// can be told of one code on two of them.
    public let pepper: SymmetricKey

    public init(pepper: SymmetricKey) {
        self.pepper = pepper
    }

    public init(random: any RandomSource) {
        pepper = SymmetricKey(data: random.bytes(32))
    }
}

/// The secrets of one platform, sealed in the store under the master key.
public struct PlatformSecrets: Sendable {
    /// Wraps the data key of every notice of this platform.
    public let wrappingKey: SymmetricKey
    /// Source of the keys that only have to stay the same: body comparison, order tokens.
    public let derivationKey: SymmetricKey
    /// Signs the platform's open evidence log; that of a log that has ended is gone.
    public internal(set) var logKey: Curve25519.Signing.PrivateKey
    /// Signs outgoing events (`v1a` of Standard Webhooks).
    public let eventKey: Curve25519.Signing.PrivateKey
    /// Shared secret of outgoing events (`v1`).
    public let eventSecret: [UInt8]
    /// Accepted on the delivery webhook; several while one is rotated out.
    public var webhookKeys: [WebhookKey]
    /// SHA-256 of the API tokens: 256 random bits need no slow hash.
    public var apiTokenDigests: [[UInt8]]

    /// New secrets for a platform that brings `webhookKeys`.
    public init(webhookKeys: [WebhookKey], apiTokenDigests: [[UInt8]], random: any RandomSource) {
        wrappingKey = SymmetricKey(data: random.bytes(32))
        derivationKey = SymmetricKey(data: random.bytes(32))
        logKey = Curve25519.Signing.PrivateKey()
        eventKey = Curve25519.Signing.PrivateKey()
        eventSecret = random.bytes(32)
        self.webhookKeys = webhookKeys
        self.apiTokenDigests = apiTokenDigests
    }

    /// Compares notices under one webhook id: a plain hash would let a short key be guessed.
    var bodyKey: SymmetricKey { KeyDerivation.key(from: derivationKey, purpose: "notice body") }

    /// Makes order tokens; must outlive them, so rotation keeps it.
    var orderTokenKey: SymmetricKey {
        KeyDerivation.key(from: derivationKey, purpose: "order token")
    }
}

extension DeploymentSecrets {
    var jsonValue: JSONValue { ["pepper": .string(Base64.encode(pepper.bytes))] }

    init?(jsonValue: JSONValue) {
        guard let pepper = jsonValue["pepper"]?.stringValue.flatMap({ Base64.decode($0) }) else {
            return nil
        }
        self.pepper = SymmetricKey(data: pepper)
    }
}

extension PlatformSecrets {
    var jsonValue: JSONValue {
        [
            "wrapping_key": .string(Base64.encode(wrappingKey.bytes)),
            "derivation_key": .string(Base64.encode(derivationKey.bytes)),
            "log_key": .string(Base64.encode(logKey.rawRepresentation)),
            "event_key": .string(Base64.encode(eventKey.rawRepresentation)),
            "event_secret": .string(Base64.encode(eventSecret)),
            "webhook_keys": .array(webhookKeys.map { .string($0.text) }),
            "api_token_digests": .array(apiTokenDigests.map { .string(Base64.encode($0)) }),
        ]
    }

    init?(jsonValue: JSONValue) {
        func bytes(_ name: String) -> [UInt8]? {
            jsonValue[name]?.stringValue.flatMap { Base64.decode($0) }
        }
        guard let wrappingKey = bytes("wrapping_key"),
            let derivationKey = bytes("derivation_key"),
            let logKey = bytes("log_key"), let eventKey = bytes("event_key"),
            let eventSecret = bytes("event_secret"),
            let log = try? Curve25519.Signing.PrivateKey(rawRepresentation: logKey),
            let event = try? Curve25519.Signing.PrivateKey(rawRepresentation: eventKey)
        else { return nil }
        self.wrappingKey = SymmetricKey(data: wrappingKey)
        self.derivationKey = SymmetricKey(data: derivationKey)
        self.logKey = log
        self.eventKey = event
        self.eventSecret = eventSecret
        webhookKeys = (jsonValue["webhook_keys"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap { WebhookKey($0) }
        }
        apiTokenDigests = (jsonValue["api_token_digests"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap { Base64.decode($0) }
        }
    }
}

/// Everything that lies in a store under the master key.
public struct SealedSecrets: Sendable {
    public var deployment: [UInt8]
    public var platforms: [PlatformRecord]

    public init(deployment: [UInt8], platforms: [PlatformRecord]) {
        self.deployment = deployment
        self.platforms = platforms
    }
}

/// Seals secrets under the master key, each bound to its scope.
public struct SecretVault: Sendable {
    private let key: SymmetricKey

    /// - Parameter masterKey: 32 bytes.
    public init(masterKey: SymmetricKey) {
        key = KeyDerivation.key(from: masterKey, purpose: "vault")
    }

    public func seal(_ value: JSONValue, scope: String, random: any RandomSource) throws -> [UInt8]
    {
        try Sealing.seal(
            value.serialized(),
            under: key,
            nonce: random.bytes(Sealing.nonceByteCount),
            context: Array(scope.utf8)
        )
    }

    /// Whether the master key is the one under which this was sealed.
    func opens(_ sealed: [UInt8], scope: String) -> Bool {
        (try? open(sealed, scope: scope)) != nil
    }

    /// What another vault sealed, sealed by this one.
    func sealing(
        _ sealed: [UInt8],
        of other: SecretVault,
        scope: String,
        random: any RandomSource
    ) throws -> [UInt8] {
        try seal(other.open(sealed, scope: scope), scope: scope, random: random)
    }

    /// - Throws: when the master key is another one or the bytes were changed.
    public func open(_ sealed: [UInt8], scope: String) throws -> JSONValue {
        try JSONValue.parse(Sealing.open(sealed, under: key, context: Array(scope.utf8)))
    }
}
