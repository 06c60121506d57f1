import WireFormat

/// Everything beside the claim itself that a transition depends on.
public struct ClaimRules: Sendable {
    /// The policy the order pinned.
    public let policy: WarrantyPolicy
    public let calendar: WorkCalendar
    public let deposit: DepositStanding
    /// The tables beside the policy.
    public let tables: RuleSet

    public init(
        policy: WarrantyPolicy,
        calendar: WorkCalendar,
        deposit: DepositStanding = .empty,
        tables: RuleSet = .standard
    ) {
        self.policy = policy
        self.calendar = calendar
        self.deposit = deposit
        self.tables = tables
    }

    /// The same rules with what the ledger holds now.
    public func with(_ deposit: DepositStanding) -> ClaimRules {
        ClaimRules(policy: policy, calendar: calendar, deposit: deposit, tables: tables)
    }

    var levels: WarrantyPolicy.ServiceLevels { policy.serviceLevels }

    /// What holds where a pinned policy names no time of its own: nothing waits without one
    /// (M1-09).
    static let unstatedLimit = PolicyDuration.elapsed(seconds: 86_400)

    /// How often a filing outside is looked at: consumer bodies as 黑猫 answers them, the payment
    /// firm weekly, the law monthly.
    static func outsideFollowUp(_ state: ClaimState) -> PolicyDuration {
        switch state {
        case .escalateTier3: .elapsed(seconds: 7 * 86_400)
        case .escalateTier4: .elapsed(seconds: 30 * 86_400)
        case .escalateTier2, .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            .workingDays(1)
        }
    }

    /// When the buyer is reminded of facts he owes; nil where the time is too short for it.
    func reminder(before budget: PolicyDuration) -> PolicyDuration? {
        guard case .elapsed(let whole) = budget,
            case .elapsed(let before) = levels.buyerReminderBefore, before > 0, before < whole
        else { return nil }
        return .elapsed(seconds: whole - before)
    }

    /// So many answers of machines in a row bring a person in.
    static let automaticMessagesAccepted = 3

    /// The longest time that a review is extended by; a longer one waits for nothing (M1-22).
    static let longestExtension = PolicyDuration.days(30)

    static func isExtension(_ budget: PolicyDuration) -> Bool {
        switch (budget, longestExtension) {
        case (.elapsed(let seconds), .elapsed(let most)): seconds > 0 && seconds <= most
        // A working day is no shorter than a day.
        case (.workingDays(let days), .elapsed(let most)): days > 0 && days <= most / 86_400
        case (_, .workingDays): false
        }
    }

    /// People of the same mind that a ruling needs (M0-35). What the buyer paid is in dispute,
    /// however little a ruling gives him of it.
    func votesNeeded(for ruling: ClaimRuling, price: Money?) -> Int {
        switch ruling {
        case .liable(_, let redress):
            max(votesNeeded(about: price), votesNeeded(about: redress.amount ?? price))
        case .notLiable, .excluded, .fraud: votesNeeded(about: price)
        }
    }

    private func votesNeeded(about amount: Money?) -> Int {
        guard let threshold = policy.arbitration.quorumAmount else { return 1 }
        // An amount nobody knows, or of another currency, is not known to be small.
        guard let amount else { return policy.arbitration.arbiters }
        switch amount.compared(to: threshold) {
        case .less: return 1
        case .equal, .greater, .notComparable: return policy.arbitration.arbiters
        }
    }

    /// Whether the caps let a payment of `amount` out of the deposit without a person.
    func isWithinCaps(_ amount: Money) -> Bool {
        guard let perCase = policy.deposit.perCase, let perDay = policy.deposit.perDay else {
            return false
        }
        let paid = deposit.paidToday ?? Money(minorUnits: 0, currency: amount.currency)
        guard let today = paid.flatMap({ $0.adding(amount) }) else { return false }
        return amount.isAtMost(perCase) && today.isAtMost(perDay)
    }
}

extension Money {
    /// False for another currency.
    func isAtMost(_ limit: Money) -> Bool {
        switch compared(to: limit) {
        case .less, .equal: true
        case .greater, .notComparable: false
        }
    }
}
