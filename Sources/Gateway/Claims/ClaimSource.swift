import CardModel

/// What many claims may have in common.
public enum ClaimSource: Sendable, Hashable {
    case merchant(String)
    case batch(BatchID)
    /// By ``DeliveryRecord/buyerCode``.
    case buyer([UInt8])

    /// Whether the claim is of this source; what drivers look up by index.
    public func holds(_ claim: ClaimRecord) -> Bool {
        switch self {
        case .merchant(let merchant): claim.merchant == merchant
        case .batch(let batch): claim.batch == batch
        case .buyer(let code): claim.buyerCode == code
        }
    }
}
