public import WireFormat

/// How often one order's codes may be tested by the buyer (claims.md E5).
public struct SelfTestBudget: Sendable {
    /// Inquiries at an issuer for each delivered code in one period.
    public var inquiriesPerCode: Int
    public var period: Duration

    public init(inquiriesPerCode: Int, period: Duration) {
        self.inquiriesPerCode = inquiriesPerCode
        self.period = period
    }

    /// Five looks at each code a day: enough for a buyer who is not sure, useless to a thief.
    public static let `default` = SelfTestBudget(inquiriesPerCode: 5, period: .seconds(86_400))

    /// What a self-test of `codes` codes leaves of the budget.
    /// - Returns: the new spending, or when the budget is whole again.
    func spend(
        _ codes: Int,
        at now: Instant,
        from spending: SelfTestSpending?
    ) -> Result<SelfTestSpending, SelfTestBudgetSpent> {
        var current = spending ?? SelfTestSpending(since: now, inquiries: 0)
        if current.since + period <= now || current.since > now {
            current = SelfTestSpending(since: now, inquiries: 0)
        }
        guard current.inquiries + codes <= inquiriesPerCode * codes else {
            return .failure(SelfTestBudgetSpent(availableAt: current.since + period))
        }
        current.inquiries += codes
        return .success(current)
    }
}

/// What an order has spent since when.
public struct SelfTestSpending: Sendable, Equatable {
    public var since: Instant
    public var inquiries: Int

    public init(since: Instant, inquiries: Int) {
        self.since = since
        self.inquiries = inquiries
    }
}

struct SelfTestBudgetSpent: Error {
    let availableAt: Instant
}
