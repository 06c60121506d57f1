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

    /// What a rule may ask for. Only kinds that stand here can be asked for: there is no word for
    /// a no-refund clause (M1-36).
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case activationPending = "activation_pending"
        case platformDispensedTwice = "platform_dispensed_twice"
        /// The platform caused the defect, or has let a paid order lie for too long.
        case platformAtFault = "platform_at_fault"
        case thirdPartyFault = "third_party_fault"
        case publisherChangedRule = "publisher_changed_rule"
        case presumptionRebutted = "presumption_rebutted"
    }

    /// A set of names that needs no memory of its own.
    struct Names: OptionSet, Hashable {
        let rawValue: UInt8

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        init(_ name: Name) {
            self.init(rawValue: 1 << name.bit)
        }
    }
}

extension Circumstance.Name {
    fileprivate var bit: UInt8 {
        switch self {
        case .activationPending: 0
        case .platformDispensedTwice: 1
        case .platformAtFault: 2
        case .thirdPartyFault: 3
        case .publisherChangedRule: 4
        case .presumptionRebutted: 5
        }
    }
}

extension Circumstance.Kind {
    /// The name under which rules know it; `nil` while it is too slight to count.
    var name: Circumstance.Name? {
        switch self {
        case .activationPending: .activationPending
        case .platformDispensedTwice: .platformDispensedTwice
        case .platformFault: .platformAtFault
        case .stuckOnPlatform(let duration):
            duration >= Circumstance.stuckLimit ? .platformAtFault : nil
        case .thirdPartyFault: .thirdPartyFault
        case .publisherChangedRule: .publisherChangedRule
        case .presumptionRebutted: .presumptionRebutted
        }
    }

    /// The stable reason code.
    public var reason: String {
        switch self {
        case .activationPending: "activation_pending"
        case .platformDispensedTwice: "platform_dispensed_twice"
        case .platformFault: "platform_fault"
        case .stuckOnPlatform: "stuck_on_platform"
        case .thirdPartyFault: "third_party_fault"
        case .publisherChangedRule: "publisher_changed_rule"
        case .presumptionRebutted: "presumption_rebutted"
        }
    }
}
