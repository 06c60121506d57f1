extension VerdictState {
    /// Whether the warranty covers a state, and when a claim follows by itself (C-07, M3-04 to
    /// M3-10).
    public enum Coverage: Sendable, Hashable {
        /// The code is good: there is nothing to cover.
        case noDefect
        /// Covered at once.
        case always
        /// Covered when it came about before the buyer had the code (M1-06, M3-05).
        case beforeDelivery
        /// Covered when the order promised what is missing.
        case ifPromised
        /// Covered once the buyer confirms the text: he may have mistyped it.
        case afterBuyerConfirms
        /// Covered once the issuer says it a second time.
        case afterRecheck
        /// Covered; the claim is proposed and a person opens it.
        case proposed
        /// A person decides whether it is covered.
        case person
        /// Only blocks the sale: nobody has bought the code yet.
        case preSale
        /// Nobody's defect yet: a tracking case waits with the buyer, and the window is tolled.
        case tracked
        /// Nothing is known yet: no claim, the window is tolled, at its end a person decides.
        case undecided
        /// No machine can ask: the buyer brings his own evidence.
        case buyerEvidence
    }

    public var coverage: Coverage {
        switch self {
        case .okUnused, .okActivatedByBuyer: .noDefect
        case .malformed: .afterBuyerConfirms
        case .notFound, .undervalued, .revoked, .duplicateDelivery, .oversold, .notDelivered,
            .shortDelivery, .extractionFailed:
            .always
        case .notActivated, .termShortened, .serviceInterrupted: .afterRecheck
        case .wrongProduct, .wrongRegion, .wrongVersion, .shortShelfLife: .ifPromised
        case .partiallyUsed, .used, .expired: .beforeDelivery
        case .lateDelivery, .accountMismatch, .accountCompromised: .proposed
        case .locked, .doubleCharged, .conflict: .person
        case .duplicateStock: .preSale
        case .temporarilyUnusable, .issuerDelay: .tracked
        case .indeterminate: .undecided
        case .unsupported: .buyerEvidence
        }
    }

    /// Whether a warranty can cover the state at all (M3-04 to M3-10); the policy may name fewer.
    public var isCoverable: Bool {
        switch coverage {
        case .always, .beforeDelivery, .ifPromised, .afterBuyerConfirms, .afterRecheck, .proposed,
            .person, .tracked:
            self != .conflict
        case .noDefect, .preSale, .undecided, .buyerEvidence: false
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
