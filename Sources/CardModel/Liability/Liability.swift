/// Who answers for a verdict, and on what ground.
public struct Liability: Sendable, Hashable {
    public let party: LiableParty
    public let ground: Ground

    /// The id of the row that decided: `liability.used.presumed_buyer`, `exclusion.user_leak`,
    /// `certainty.conflict`.
    public let rule: String

    public init(_ party: LiableParty, _ ground: Ground, rule: String = "") {
        self.party = party
        self.ground = ground
        self.rule = rule
    }

    /// Why that party: written beside every decision (M3-03).
    public enum Ground: Sendable, Hashable {
        /// The code is good, or nothing is established yet.
        case noDefect
        /// The default of the state.
        case defaultOfState
        /// The time of use, expiry or revocation lies before the hand-over.
        case beforeDelivery
        /// The check at dispense found the code used or over: it was dead when the platform took
        /// it over.
        case deadAtDispense
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

    /// The table with the custody rule (``Custody/holder(eventAt:skewMargin:)``); total.
    public static func decide(
        _ facts: LiabilityFacts,
        by table: LiabilityTable = .standard
    ) -> Liability {
        if !facts.verdict.isGood, let excluded = table.exclusion(explaining: facts) {
            return excluded
        }
        return unprovenOr(table.liability(for: facts), facts.verdict.certainty)
    }

    /// A contradiction and a party's own statement decide nothing; they go to a person.
    private static func unprovenOr(_ liability: Liability, _ certainty: Certainty) -> Liability {
        switch certainty {
        case .conflict: Liability(.undetermined, .unproven, rule: "certainty.conflict")
        case .claimed:
            liability.party == .none
                ? liability : Liability(.undetermined, .unproven, rule: "certainty.claimed")
        case .authoritative, .derived, .local: liability
        }
    }
}

extension Liability.Ground {
    /// The stable reason code, the same in every language.
    public var reason: String {
        switch self {
        case .noDefect: "no_defect"
        case .defaultOfState: "default_of_state"
        case .beforeDelivery: "before_delivery"
        case .deadAtDispense: "dead_at_dispense"
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
