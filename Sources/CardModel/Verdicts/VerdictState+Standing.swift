extension VerdictState {
    /// The rough class of a state: for exit codes, counters and what is done next.
    public enum Standing: Sendable, Hashable {
        /// The code is as it was sold.
        case good
        /// Something is wrong with the code or its delivery.
        case defective
        /// Nobody's fault so far: it is asked again.
        case waiting
        /// Nothing follows from what is known; in the end a person decides.
        case undecided
    }

    public var standing: Standing {
        switch self {
        case .okUnused, .okActivatedByBuyer: .good
        case .malformed, .notFound, .notActivated, .wrongProduct, .wrongRegion, .wrongVersion,
            .undervalued, .partiallyUsed, .used, .expired, .shortShelfLife, .revoked,
            .duplicateDelivery, .duplicateStock, .oversold, .notDelivered, .shortDelivery,
            .lateDelivery, .extractionFailed, .doubleCharged, .termShortened, .serviceInterrupted,
            .accountMismatch, .accountCompromised:
            .defective
        case .temporarilyUnusable, .issuerDelay: .waiting
        case .locked, .indeterminate, .unsupported, .conflict: .undecided
        }
    }

    public var isGood: Bool { standing == .good }

    /// Whether neither good nor bad is established: exit code 11, never evidence against a seller.
    public var isUndecided: Bool {
        switch standing {
        case .waiting, .undecided: true
        case .good, .defective: false
        }
    }

    /// Whether the gateway asks the issuer again by itself.
    public var isAskedAgain: Bool {
        switch self {
        case .indeterminate, .temporarilyUnusable, .issuerDelay: true
        case .okUnused, .okActivatedByBuyer, .malformed, .notFound, .notActivated, .wrongProduct,
            .wrongRegion, .wrongVersion, .undervalued, .partiallyUsed, .used, .expired,
            .shortShelfLife, .revoked, .locked, .duplicateDelivery, .duplicateStock, .oversold,
            .notDelivered, .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged,
            .termShortened, .serviceInterrupted, .accountMismatch, .accountCompromised,
            .unsupported, .conflict:
            CoverageTable.standard[self].claim == .afterRecheck
        }
    }

    /// Whether `timing` has a meaning: the state came about at an instant of its own.
    public var hasTiming: Bool {
        switch self {
        case .partiallyUsed, .used, .expired, .revoked: true
        case .okUnused, .okActivatedByBuyer, .malformed, .notFound, .notActivated, .wrongProduct,
            .wrongRegion, .wrongVersion, .undervalued, .shortShelfLife, .locked,
            .duplicateDelivery, .duplicateStock, .oversold, .notDelivered, .shortDelivery,
            .lateDelivery, .extractionFailed, .doubleCharged, .termShortened, .serviceInterrupted,
            .accountMismatch, .accountCompromised, .temporarilyUnusable, .issuerDelay,
            .indeterminate, .unsupported, .conflict:
            false
        }
    }
}
