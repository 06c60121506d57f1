import CardModel
import Crypto
public import EvidenceLog
import WireFormat

/// A platform with its secrets opened, as the running gateway uses it. Immutable, and a class
/// because every request carries it along.
public final class Platform: Sendable {
    public let record: PlatformRecord
    public let secrets: PlatformSecrets
    let logSigner: NoteSigner
    private let bodyHash: KeyedHash
    let orderTokenHash: KeyedHash

    init(record: PlatformRecord, secrets: PlatformSecrets) throws(EvidenceError) {
        self.record = record
        self.secrets = secrets
        logSigner = try NoteSigner(
            name: record.origin,
            seed: Array(secrets.logKey.rawRepresentation)
        )
        bodyHash = KeyedHash(key: secrets.bodyKey)
        orderTokenHash = KeyedHash(key: secrets.orderTokenKey)
    }

    public var number: PlatformNumber { record.number }
    public var name: String { record.name }

    /// Which of the platform's logs its key signs: the open one.
    var openLog: LogName { LogName(platform: number, ordinal: record.logOrdinal) }

    /// The open log's verifier key in vkey form (C2SP signed-note).
    public var logVerifierKey: NoteVerifierKey { logSigner.verifierKey }

    /// The public key that outgoing events verify with, as `whpk_…`.
    public var eventPublicKey: String {
        WebhookKey.publicKey(secrets.eventKey.publicKey).text
    }

    /// The shared secret that outgoing events verify with, as `whsec_…`.
    public var eventSecret: String { WebhookKey.secret(secrets.eventSecret).text }

    /// Keyed hash of a notice's body.
    func bodyCode(_ body: [UInt8]) -> [UInt8] {
        bodyHash.code(of: body)
    }

    /// Keyed hash of how the platform names a buyer: tells that two orders are one buyer's, and who
    /// that is to nobody without the key.
    func buyerCode(_ reference: String) -> [UInt8] {
        bodyHash.code(over: [Array("buyer".utf8), Array(reference.utf8)])
    }

    func orderToken(of delivery: DeliveryID) -> OrderToken {
        OrderToken(platform: number, delivery: delivery, under: orderTokenHash)
    }

    /// A notice's data key, wrapped for the store.
    func wrap(_ dataKey: SymmetricKey, nonce: [UInt8]) throws -> [UInt8] {
        try Sealing.seal(
            dataKey.bytes,
            under: secrets.wrappingKey,
            nonce: nonce,
            context: number.bytes
        )
    }

    func unwrap(_ wrapped: [UInt8]) throws -> SymmetricKey {
        SymmetricKey(
            data: try Sealing.open(wrapped, under: secrets.wrappingKey, context: number.bytes)
        )
    }

    /// Whether `token` is one of the platform's API tokens.
    func accepts(apiToken token: String) -> Bool {
        let digest = Array(SHA256.hash(data: Array(token.utf8)))
        return secrets.apiTokenDigests.contains { ConstantTime.equal($0, digest) }
    }
}
