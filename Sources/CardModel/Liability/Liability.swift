/// Who answers for a verdict, and on what ground.
public struct Liability: Sendable, Hashable {
    public let party: LiableParty
    public let ground: Ground

    public init(_ party: LiableParty, _ ground: Ground) {
        self.party = party
        self.ground = ground
    }

    /// Why that party: written beside every decision (M3-03).
    public enum Ground: Sendable, Hashable {
        /// The code is good, or nothing is established yet.
        case noDefect
        /// The default of the state.
        case defaultOfState
        /// The time of use, expiry or revocation lies before the hand-over.
        case beforeDelivery
        /// The code died while the merchant's side held it.
        case merchantHeld
        /// The code died between the good dispense check and the hand-over.
        case platformHeld
        /// The code died after the hand-over: presumed, and rebuttable.
        case presumedBuyer
        case presumptionRebutted
        /// Expired after the hand-over, as sold.
        case afterDelivery
        /// Less shelf life than promised.
        case shelfLifeShort
        case circumstance(Circumstance)
        case exclusion(Exclusion)
        /// The instants do not decide.
        case doubt(Custody.Doubt)
        /// Sources contradict each other, or only a party's own statement is there.
        case unproven
    }

    /// The table of defaults with the custody rule
    /// (``Custody/holder(eventAt:skewMargin:)``); total.
    public static func decide(_ facts: LiabilityFacts) -> Liability {
        if facts.verdict.isGood { return unprovenOr(Liability(.none, .noDefect), facts) }
        if let exclusion = facts.explainingExclusion {
            return Liability(exclusion.kind.liableParty, .exclusion(exclusion))
        }
        return unprovenOr(byState(facts), facts)
    }

    /// A contradiction and a party's own statement decide nothing; they go to a person.
    private static func unprovenOr(_ liability: Liability, _ facts: LiabilityFacts) -> Liability {
        switch facts.verdict.certainty {
        case .conflict: return Liability(.undetermined, .unproven)
        case .claimed:
            return liability.party == .none ? liability : Liability(.undetermined, .unproven)
        case .authoritative, .derived, .local: return liability
        }
    }

    private static func byState(_ facts: LiabilityFacts) -> Liability {
        switch facts.verdict.state {
        case .okUnused, .okActivatedByBuyer, .indeterminate, .unsupported:
            Liability(.none, .noDefect)
        case .malformed, .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .undervalued,
            .shortShelfLife, .revoked, .duplicateStock, .accountMismatch, .accountCompromised:
            Liability(.merchant, .defaultOfState)
        case .notActivated: merchant(unless: .activationPending, then: .thirdParty, facts)
        case .partiallyUsed, .used: byCustody(facts)
        case .expired: byExpiry(facts)
        case .duplicateDelivery: merchant(unless: .platformDispensedTwice, then: .platform, facts)
        case .oversold, .notDelivered, .shortDelivery, .lateDelivery: byDelivery(facts)
        case .extractionFailed, .doubleCharged: Liability(.platform, .defaultOfState)
        case .termShortened, .serviceInterrupted:
            merchant(unless: .publisherChangedRule, then: .thirdParty, facts)
        case .temporarilyUnusable, .issuerDelay: Liability(.thirdParty, .defaultOfState)
        case .locked, .conflict: Liability(.undetermined, .unproven)
        }
    }

    private static func merchant(
        unless kind: Circumstance.Kind,
        then party: LiableParty,
        _ facts: LiabilityFacts
    ) -> Liability {
        guard let circumstance = facts.circumstances.first(where: { $0.kind == kind }) else {
            return Liability(.merchant, .defaultOfState)
        }
        return Liability(party, .circumstance(circumstance))
    }

    private static func byCustody(_ facts: LiabilityFacts) -> Liability {
        let eventAt = facts.verdict.issuer?.at
        switch facts.custody.holder(eventAt: eventAt, skewMargin: facts.skewMargin) {
        case .merchant: return Liability(.merchant, .merchantHeld)
        case .platform: return Liability(.platform, .platformHeld)
        case .buyer where facts.has(.presumptionRebutted):
            return Liability(.merchant, .presumptionRebutted)
        case .buyer: return Liability(.buyer, .presumedBuyer)
        case .undecided(let doubt): return Liability(.undetermined, .doubt(doubt))
        }
    }

    /// Expiry is judged at the hand-over, whatever today's date (M1-06).
    private static func byExpiry(_ facts: LiabilityFacts) -> Liability {
        if facts.isShelfLifeShort { return Liability(.merchant, .shelfLifeShort) }
        switch facts.verdict.timing {
        case .beforeDelivery: return Liability(.merchant, .beforeDelivery)
        case .afterDelivery: return Liability(.buyer, .afterDelivery)
        case .unknown, nil: return Liability(.undetermined, .doubt(.noEventTime))
        }
    }

    private static func byDelivery(_ facts: LiabilityFacts) -> Liability {
        if facts.isPlatformAtFault { return Liability(.platform, .defaultOfState) }
        guard facts.verdict.state == .lateDelivery, facts.has(.thirdPartyFault) else {
            return Liability(.merchant, .defaultOfState)
        }
        return Liability(.thirdParty, .defaultOfState)
    }
}

extension Liability.Ground {
    /// The stable reason code, the same in every language.
    public var reason: String {
        switch self {
        case .noDefect: "no_defect"
        case .defaultOfState: "default_of_state"
        case .beforeDelivery: "before_delivery"
        case .merchantHeld: "merchant_held"
        case .platformHeld: "platform_held"
        case .presumedBuyer: "presumed_buyer"
        case .presumptionRebutted: "presumption_rebutted"
        case .afterDelivery: "after_delivery"
        case .shelfLifeShort: "shelf_life_short"
        case .circumstance(let circumstance): circumstance.kind.reason
        case .exclusion(let exclusion): exclusion.kind.rawValue
        case .doubt(let doubt): doubt.rawValue
        case .unproven: "unproven"
        }
    }
}

extension Circumstance.Kind {
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
