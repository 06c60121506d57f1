public import CardModel

/// What many claims may have in common.
public enum ClaimSource: Sendable, Hashable {
    case merchant(String)
    case batch(BatchID)
    /// By ``DeliveryRecord/buyerCode``.
    case buyer([UInt8])

    /// Claims against these count: nobody of the trade brought about an issuer's outage, and a
    /// buyer's own fault is no pattern of a seller.
    public static let countedParties: [LiableParty] = [.merchant, .platform, .undetermined]
    /// Claims that ended so count no more: there was no defect that the trade answers for.
    public static let uncountedStates: [ClaimState] = [
        .closedNotCovered, .closedWithdrawn, .closedRecovered, .closedFraud,
    ]

    /// Whether the claim is of this source and counts; what drivers look up by index.
    public func holds(_ claim: ClaimRecord) -> Bool {
        guard Self.countedParties.contains(claim.claim.against),
            !Self.uncountedStates.contains(claim.claim.state)
        else { return false }
        return switch self {
        case .merchant(let merchant): claim.merchant == merchant
        case .batch(let batch): claim.batch == batch
        case .buyer(let code): claim.buyerCode == code
        }
    }
}

/// What claims of one source are counted for.
public enum ClaimTrait: Sendable, Hashable {
    case family(DefectFamily)
    /// What is asked for now is one of these.
    case demand([Remedy])

    /// Money back is asked for (M1-41).
    public static let refundAsked = ClaimTrait.demand(Remedy.allCases.filter(\.isRefund))

    public func holds(_ claim: ClaimRecord) -> Bool {
        switch self {
        case .family(let family): claim.claim.family == family
        case .demand(let remedies): remedies.contains(claim.claim.demand)
        }
    }
}

/// Orders and codes that claims are about.
public struct ClaimedCount: Sendable, Hashable {
    public var deliveries: Int
    public var items: Int

    public init(deliveries: Int, items: Int) {
        self.deliveries = deliveries
        self.items = items
    }
}
