import CardModel

/// What one of an issuer's words means.
struct WordMeaning: Equatable {
    var state: VerdictState
    /// Set exactly when `state` is `indeterminate`.
    var cause: IndeterminateCause?

    static func decided(_ state: VerdictState) -> WordMeaning {
        WordMeaning(state: state, cause: nil)
    }

    static func undecided(_ cause: IndeterminateCause) -> WordMeaning {
        WordMeaning(state: .indeterminate, cause: cause)
    }
}
