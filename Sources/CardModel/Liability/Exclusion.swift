/// A fact that takes a defect out of the warranty (免责), with the evidence for it.
///
/// **An exclusion without evidence is not applied** (M1-05): none can be made. A no-refund clause
/// ("一经售出不退换") is not among the kinds, and no kind can be spelled for it (M1-36). That the
/// window is over is no exclusion here but an answer of ``WarrantyWindow``.
public struct Exclusion: Sendable, Hashable {
    public let kind: Kind
    public let evidence: EvidenceReference

    public init(_ kind: Kind, evidence: EvidenceReference) {
        self.kind = kind
        self.evidence = evidence
    }

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The buyer deleted or lost the key himself (M3-11).
        case userLostKey = "user_lost_key"
        /// The buyer let the key or the account leak (M3-12).
        case userLeak = "user_leak"
        /// The buyer charged the wrong number or account.
        case userWrongTarget = "user_wrong_target"
        /// A declared incident with start, end and scope, approved by a person (M3-14).
        case forceMajeure = "force_majeure"
        /// A limit the listing stated before the purchase (region, version, shelf life).
        case disclosedLimit = "disclosed_limit"
    }
}

extension Exclusion.Kind {
    /// The most that the fact can explain. A table may name fewer states; one that named more, such
    /// as every defect under a "disclosed limit", would be a no-refund clause (M1-04, M1-36).
    var explainableStates: Set<VerdictState> {
        switch self {
        case .userLostKey: [.notDelivered, .shortDelivery, .extractionFailed]
        case .userLeak: [.used, .partiallyUsed, .locked, .accountCompromised, .accountMismatch]
        case .userWrongTarget: [.used, .partiallyUsed]
        case .forceMajeure:
            [
                .lateDelivery, .notDelivered, .shortDelivery, .extractionFailed,
                .serviceInterrupted, .temporarilyUnusable, .issuerDelay,
            ]
        case .disclosedLimit:
            [
                .wrongProduct, .wrongRegion, .wrongVersion, .shortShelfLife, .termShortened,
                .accountMismatch,
            ]
        }
    }

    /// Whether the fact can shut out a claim: it explains every defect that the claim is about, and
    /// the policy that the order pinned names it.
    public func shutsOut(_ claim: Claim, under policy: WarrantyPolicy) -> Bool {
        policy.coverage.exclusions.contains(self)
            && explainableStates.isSuperset(of: [claim.defect] + claim.attachedDefects)
    }

    /// Who may answer where the fact is proven: only what the buyer did makes it the buyer's.
    var possibleParties: Set<LiableParty> {
        switch self {
        case .userLostKey, .userLeak, .userWrongTarget: [.buyer, .none]
        case .forceMajeure: [.thirdParty, .none]
        case .disclosedLimit: [.none]
        }
    }
}
