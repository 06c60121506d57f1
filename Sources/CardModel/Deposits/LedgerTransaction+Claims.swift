/// What claims do to the book. Each is written under a key of its claim, and so at most once.
extension LedgerTransaction {
    /// Holds up to `price` of what the merchant's deposit has free; nil when that is nothing.
    public static func freeze(
        _ price: Money,
        claim: String,
        merchant: String,
        round: Int,
        free: Money?
    ) -> LedgerTransaction? {
        guard let free, free.currency == price.currency,
            let amount = Money(
                minorUnits: min(free.minorUnits, price.minorUnits), currency: price.currency),
            amount.minorUnits > 0
        else { return nil }
        return moving(
            amount, from: .deposit(merchant: merchant),
            to: .frozen(merchant: merchant, claim: claim),
            key: "freeze/\(claim)/\(round)", kind: .freeze)
    }

    /// Frees what the claim holds; nil when that is nothing.
    public static func release(
        held: Money?,
        claim: String,
        merchant: String,
        round: Int
    ) -> LedgerTransaction? {
        guard let held, held.minorUnits > 0 else { return nil }
        return moving(
            held, from: .frozen(merchant: merchant, claim: claim),
            to: .deposit(merchant: merchant),
            key: "release/\(claim)/\(round)", kind: .release)
    }

    /// Takes `amount` for an attempt: what the claim holds first, then what the deposit has free,
    /// then the backstop; nil when they do not reach.
    public static func payout(
        _ amount: Money,
        claim: String,
        merchant: String,
        attempt: Int,
        held: Money?,
        free: Money?,
        backstop: Money?
    ) -> LedgerTransaction? {
        var left = amount.minorUnits
        var postings: [Posting] = []
        let sources: [(LedgerAccount, Money?)] = [
            (.frozen(merchant: merchant, claim: claim), held),
            (.deposit(merchant: merchant), free), (.backstop, backstop),
        ]
        for (account, balance) in sources where left > 0 {
            guard let balance, balance.currency == amount.currency, balance.minorUnits > 0,
                let taken = Money(
                    minorUnits: -min(balance.minorUnits, left), currency: amount.currency)
            else { continue }
            postings.append(Posting(account, taken))
            left += taken.minorUnits
        }
        guard left == 0 else { return nil }
        postings.append(Posting(.payable(claim: claim, attempt: attempt), amount))
        return LedgerTransaction(
            key: payoutKey(claim: claim, attempt: attempt), kind: .payout, postings: postings)
    }

    public static func payoutKey(claim: String, attempt: Int) -> String {
        "payout/\(claim)/\(attempt)"
    }

    /// The platform paid what was taken for the attempt.
    public func settled(claim: String, attempt: Int) -> LedgerTransaction? {
        let account = LedgerAccount.payable(claim: claim, attempt: attempt)
        guard let amount = postings.first(where: { $0.account == account })?.amount else {
            return nil
        }
        return Self.moving(
            amount, from: account, to: .paid, key: "settle/\(claim)/\(attempt)",
            kind: .settlement)
    }

    /// The platform will not pay it: the money goes back where it was taken.
    public func cancelled(claim: String, attempt: Int) -> LedgerTransaction? {
        reversed(key: "cancel/\(claim)/\(attempt)", kind: .cancellation)
    }

    /// One amount from one account to another; nil for an amount that is not above zero.
    public static func moving(
        _ amount: Money,
        from source: LedgerAccount,
        to target: LedgerAccount,
        key: String,
        kind: Kind
    ) -> LedgerTransaction? {
        guard amount.minorUnits > 0,
            let taken = Money(minorUnits: -amount.minorUnits, currency: amount.currency)
        else { return nil }
        return LedgerTransaction(
            key: key,
            kind: kind,
            postings: [Posting(source, taken), Posting(target, amount)]
        )
    }
}
