/// A proven fact that moves liability away from its default party.
public struct Circumstance: Sendable, Hashable {
    public let kind: Kind
    public let evidence: EvidenceReference

    public init(_ kind: Kind, evidence: EvidenceReference) {
        self.kind = kind
        self.evidence = evidence
    }

    public enum Kind: Sendable, Hashable {
        /// The issuer has the activation in its queue.
        case activationPending
        /// The platform itself handed one code out twice.
        case platformDispensedTwice
        /// The platform caused the defect.
        case platformFault
        /// The order is paid and has been stuck on the platform for that long (M3-29).
        case stuckOnPlatform(Duration)
        /// The issuer, carrier or network caused the defect.
        case thirdPartyFault
        /// The publisher changed the rule of a running service.
        case publisherChangedRule
        /// The presumption that the buyer used the code himself is rebutted: a duplicate
        /// delivery, a foreign region, an innocent timeline.
        case presumptionRebutted
    }

    /// How long a paid order may be stuck before the platform answers for it.
    public static let stuckLimit: Duration = .seconds(24 * 3_600)
}
