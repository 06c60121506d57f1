extension VerdictState {
    /// Whether a warranty can cover the state at all (M3-04 to M3-10); the policy may name fewer.
    public var isCoverable: Bool {
        let row = CoverageTable.standard[self]
        switch row.covered {
        case .always, .beforeDelivery, .ifPromised, .person: return true
        case .tolled: return row.claim == .tracked
        case .none, .preSale, .buyerEvidence: return false
        }
    }

    /// Whether a later good answer of the issuer ends the trouble. A used code that turns unused
    /// is a contradiction for a person, not a recovery.
    public var isCuredByGoodAnswer: Bool {
        switch self {
        case .malformed, .notFound, .notActivated, .locked, .extractionFailed, .serviceInterrupted,
            .temporarilyUnusable, .issuerDelay, .indeterminate:
            true
        case .okUnused, .okActivatedByBuyer, .wrongProduct, .wrongRegion, .wrongVersion,
            .undervalued, .partiallyUsed, .used, .expired, .shortShelfLife, .revoked,
            .duplicateDelivery, .duplicateStock, .oversold, .notDelivered, .shortDelivery,
            .lateDelivery, .doubleCharged, .termShortened, .accountMismatch, .accountCompromised,
            .unsupported, .conflict:
            false
        }
    }
}
