public import CardModel

/// What one of an issuer's words means for a code: one row of an adapter's table.
public enum WordMeaning: Sendable, Hashable {
    /// Never `indeterminate`.
    case decided(VerdictState)
    case undecided(IndeterminateCause)

    public var state: VerdictState {
        switch self {
        case .decided(let state): state
        case .undecided: .indeterminate
        }
    }

    /// Nil exactly where the word decides.
    public var cause: IndeterminateCause? {
        switch self {
        case .decided: nil
        case .undecided(let cause): cause
        }
    }

    /// The result with the issuer's own words; `certainty` is that of a decision.
    public func result(
        _ issuer: IssuerStatement,
        certainty: Certainty = .authoritative,
        retryAfter: Duration? = nil
    ) -> InquiryResult {
        switch self {
        case .decided(let state):
            InquiryResult(state: state, certainty: certainty, issuer: issuer)
        case .undecided(let cause):
            .indeterminate(cause, issuer: issuer, retryAfter: retryAfter)
        }
    }
}
