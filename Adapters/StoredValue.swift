import CardModel

/// What the balance of a gift card says when its issuer calls the card active.
struct StoredValue {
    var state: VerdictState
    var certainty: Certainty

    /// Nothing left is `used`, less than promised `partially_used`. A balance in another currency
    /// than the promised one, or with nothing promised, says only that something is there.
    init(balance: Money, promised: Money?) {
        if balance.minorUnits <= 0 {
            self.init(state: .used, certainty: .derived)
        } else if let promised, balance.compared(to: promised) == .less {
            self.init(state: .partiallyUsed, certainty: .derived)
        } else {
            self.init(state: .okUnused, certainty: .authoritative)
        }
    }

    private init(state: VerdictState, certainty: Certainty) {
        self.state = state
        self.certainty = certainty
    }
}
