public import WireFormat

/// A time stamp that holds: the stamped bytes were there at ``genTime``, give or take
/// ``accuracy``, so says an authority that chains to a trusted root.
public struct VerifiedTimeStamp: Sendable, Hashable {
    /// What was learned about the signer's certificate being taken back.
    public enum Revocation: Sendable, Hashable {
        /// No list was given.
        case notChecked
        /// A list that its issuer signed at this time does not take the certificate back, or only
        /// after the stamp and for a reason that leaves earlier stamps valid.
        case notRevoked(asOf: Instant)
    }

    public let genTime: Instant
    /// To either side, whole milliseconds, rounded up.
    public let accuracy: Duration
    /// Whether the authority itself says how accurate it is.
    public let accuracyIsStated: Bool
    /// Dotted object identifier.
    public let policy: String
    /// Hexadecimal.
    public let serialNumber: String
    public let imprintAlgorithm: ImprintAlgorithm
    /// The subject of the signer's certificate (RFC 4514).
    public let authorityName: String
    /// DER of each certificate from the signer's to the root.
    public let chain: [[UInt8]]
    /// Where the issuer of the signer's certificate publishes its revocation list; `http` and
    /// `https` addresses, in the certificate's order.
    public let revocationListAddresses: [String]
    public let revocation: Revocation

    /// The stamped bytes cannot be younger than this.
    public var latest: Instant { genTime + accuracy }
    /// The stamp itself cannot be older than this.
    public var earliest: Instant { genTime - accuracy }
}
