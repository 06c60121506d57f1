public import Crypto
import WireFormat

/// A key of Standard Webhooks 1.0
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
/// `whsec_` for a shared secret (`v1`), `whpk_` for the sender's public key (`v1a`).
public enum WebhookKey: Sendable {
    case secret([UInt8])
    case publicKey(Curve25519.Signing.PublicKey)

    /// The specification recommends 24 to 64 bytes; shorter secrets are refused.
    public static let secretByteCounts = 24...64

    /// Reads `whsec_…` or `whpk_…` (base64); nil for anything else.
    public init?(_ text: some StringProtocol) {
        if text.hasPrefix("whsec_"), let bytes = Base64.decode(text.dropFirst(6)),
            Self.secretByteCounts.contains(bytes.count)
        {
            self = .secret(bytes)
        } else if text.hasPrefix("whpk_"), let bytes = Base64.decode(text.dropFirst(5)),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        {
            self = .publicKey(key)
        } else {
            return nil
        }
    }

    /// The written form; for a secret it is the secret itself.
    public var text: String {
        switch self {
        case .secret(let bytes): "whsec_" + Base64.encode(bytes)
        case .publicKey(let key): "whpk_" + Base64.encode(key.rawRepresentation)
        }
    }
}
