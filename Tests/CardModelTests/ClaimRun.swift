import WireFormat

@testable import CardModel

/// One act of a random sequence.
struct ClaimStep: CustomStringConvertible {
    let event: ClaimEvent
    let by: ClaimPrincipal
    let at: Instant

    var description: String { "\(at.rfc3339) \(by.role.rawValue)/\(by.account): \(event)" }
}

/// A claim, the model of it, and the deposits' book that its effects write; ``apply(_:)`` says what
/// broke.
struct ClaimRun {
    struct Setting {
        let policy: WarrantyPolicy
        let against: LiableParty
        let price: Money?
        let deposit: Int64
        let backstop: Int64
        let isComplete: Bool
    }

    static let filedAt = Instant(secondsSinceEpoch: 1_790_400_000)  // over National Day 2026
    /// To the end of 2029-09-26 in Shanghai, less half a year.
    static let untilReminder = PolicyDuration.elapsed(
        seconds: 1_885_132_800 - 180 * 86_400 - 1_790_400_000)
    static let merchant = "m1"

    let setting: Setting
    private(set) var claim: Claim
    private var model: ClaimModel
    private var book: [LedgerAccount: Int64] = [:]
    private var keys: Set<String> = []
    private var payouts: [Int: LedgerTransaction] = [:]
    private(set) var outstanding: Execution?
    private var requested: Set<Int> = []
    private var rung: Set<String> = []
    private var paid: [Redress] = []
    private var changes = 0

    init(_ setting: Setting) {
        self.setting = setting
        claim = Claim(
            id: "clm_1", item: "chk_1", family: .codeUnusable,
            policy: PolicyPin(id: "w7", version: 1, hash: [1]), defect: .notFound,
            against: setting.against, price: setting.price, demand: .reissue,
            isEvidenceComplete: setting.isComplete, filedAt: Self.filedAt)
        model = ClaimModel(
            rules: ClaimRules(policy: setting.policy, calendar: .cn2026), price: setting.price,
            against: setting.against, isComplete: setting.isComplete, defects: [.notFound])
        book[.deposit(merchant: Self.merchant)] = setting.deposit
        book[.backstop] = setting.backstop
        book[.outside] = -setting.deposit - setting.backstop
    }

    private func money(_ account: LedgerAccount) -> Money? {
        Money(minorUnits: book[account] ?? 0, currency: "CNY")
    }

    private var frozen: LedgerAccount { .frozen(merchant: Self.merchant, claim: "clm_1") }

    var rules: ClaimRules {
        ClaimRules(
            policy: setting.policy,
            calendar: .cn2026,
            deposit: DepositStanding(
                deposit: money(.deposit(merchant: Self.merchant)).flatMap { free in
                    money(frozen).flatMap { free.adding($0) }
                },
                backstop: money(.backstop),
                paidToday: money(.paid)
            )
        )
    }

    /// What is wrong after the step; nil where all holds.
    mutating func apply(_ step: ClaimStep) -> String? {
        let rules = rules
        let before = claim
        model.rules = rules
        let transition = claim.transition(on: step.event, by: step.by, at: step.at, under: rules)
        let answer = model.step(step.event, step.by, step.at)
        switch transition {
        case .moved(let next, _):
            guard answer == .to(next.state) else { return "moved to \(next.state), not \(answer)" }
            let isAnswered = before.awaitsFinding && next.state == .open
            guard isAnswered || ClaimRun.isInTable(before.state, next.state) else {
                return "\(before.state) → \(next.state) is no transition"
            }
        case .stayed(let next, _):
            guard answer == .stay, next.state == before.state else {
                return "stayed, not \(answer)"
            }
        case .notAllowed(let refusal):
            return answer == .no ? nil : "refused (\(refusal)), not \(answer)"
        }
        guard let next = transition.claim else { return nil }
        claim = next
        changes += 1
        if case .timerRung(let timer) = step.event, let round = before.clocks[timer]?.round,
            !rung.insert("\(timer) \(round)").inserted
        {
            return "\(timer) rang twice in round \(round)"
        }
        for effect in transition.effects {
            if let fault = carryOut(effect) { return fault }
        }
        return standingFault()
    }

    /// What must hold of every claim at every time.
    private func standingFault() -> String? {
        let calendar = WorkCalendar.cn2026
        if claim.state.isClosed {
            if claim.owner != nil || claim.due(calendar) != nil { return "closed, and owned" }
            if outstanding != nil { return "closed, and a remedy is outstanding" }
            if book[frozen] ?? 0 != 0 { return "closed, and money is frozen" }
        } else if claim.state != .detected {
            if claim.due(calendar) == nil { return "no due time" }
            let rings = claim.pendingRings(calendar).filter { $0.timer != .limitation }
            if rings.isEmpty { return "no clock runs" }
        }
        guard claim.clocks[.limitation]?.clock == model.clocks[.limitation]?.clock else {
            return "another time of limitation"
        }
        if claim.owner != model.owner { return "owner \(String(describing: claim.owner))" }
        if book.values.reduce(0, +) != 0 { return "the book does not sum to zero" }
        if let account = book.first(where: { $0.value < 0 && !$0.key.mayBeNegative }) {
            return "\(account.key.name) is below zero"
        }
        let executed = claim.execution.map { $0.payer != .depositOnApproval } ?? false
        if [.executing, .verifyRemedy].contains(claim.state), executed,
            outstanding?.attempt != claim.execution?.attempt
        {
            return "the remedy is lost"
        }
        // Reading costs more than all the rest: every few changes are enough.
        guard !changes.isMultiple(of: 6) || Claim(jsonValue: claim.jsonValue) == claim else {
            return "is read back as another"
        }
        return nil
    }

    private mutating func carryOut(_ effect: ClaimEffect) -> String? {
        let id = "clm_1"
        switch effect {
        case .depositFrozen(let price):
            return write(
                .freeze(
                    price, claim: id, merchant: Self.merchant, round: claim.holds,
                    free: money(.deposit(merchant: Self.merchant))))
        case .depositReleased:
            return write(
                .release(
                    held: money(frozen), claim: id, merchant: Self.merchant, round: claim.holds))
        case .remedyRequested(let execution):
            guard outstanding == nil else { return "two remedies at once" }
            guard requested.insert(execution.attempt).inserted else { return "asked for twice" }
            outstanding = execution
            guard execution.payer == .deposit, let amount = execution.redress.amount else {
                return nil
            }
            let payout = LedgerTransaction.payout(
                amount, claim: id, merchant: Self.merchant, attempt: execution.attempt,
                held: money(frozen), free: money(.deposit(merchant: Self.merchant)),
                backstop: setting.policy.deposit.backstop ? money(.backstop) : nil)
            guard let payout else { return "a payout is not covered" }
            payouts[execution.attempt] = payout
            return write(payout)
        case .remedyCancelled(let execution), .remedyDone(let execution):
            guard outstanding == execution else { return "ends what is not outstanding" }
            outstanding = nil
            let isDone = effect == .remedyDone(execution)
            if isDone, execution.redress.amount != nil { paid.append(execution.redress) }
            if paid.count > 1 { return "two payments" }
            if let last = paid.last, last.remedy != .refundPlusThree,
                last.amount?.minorUnits ?? 0 > setting.price?.minorUnits ?? 0
            {
                return "more than the price"
            }
            guard let payout = payouts[execution.attempt] else { return nil }
            return write(
                isDone
                    ? payout.settled(claim: id, attempt: execution.attempt)
                    : payout.cancelled(claim: id, attempt: execution.attempt))
        default: return nil
        }
    }

    private mutating func write(_ transaction: LedgerTransaction?) -> String? {
        guard let transaction else { return nil }
        guard keys.insert(transaction.key).inserted else { return "\(transaction.key) twice" }
        for posting in transaction.postings {
            book[posting.account, default: 0] += posting.amount.minorUnits
        }
        return nil
    }

    /// claims.md E2 row by row, with the ways out that hold in many states.
    static func isInTable(_ from: ClaimState, _ to: ClaimState) -> Bool {
        let early = ClaimModel.talks.union(ClaimModel.reviews)
        switch to {
        case .closedWithdrawn: return ![.executing, .verifyRemedy, .appeal].contains(from)
        case .closedRecovered: return early.contains(from) || from == .detected
        case .holdRisk: return early.contains(from)
        case .escalateTier3, .escalateTier4, .escalateTier2:
            if from == .verifyRemedy || from == .appeal || from.isClosed { return false }
        case .closedNotCovered: if early.contains(from) || from.isOutside { return true }
        default: break
        }
        return (table[from] ?? []).contains(to)
    }

    private static let tiers: Set<ClaimState> = [.escalateTier2, .escalateTier3, .escalateTier4]

    static let table: [ClaimState: Set<ClaimState>] = [
        .detected: [.open, .reviewQueued, .waitingThirdParty, .closedNotCovered],
        .open: tiers.union([.evidence, .remedyOffered, .reviewQueued, .review]),
        .evidence: tiers.union([
            .evidence, .remedyOffered, .reviewQueued, .review, .closedAbandoned,
        ]),
        .remedyOffered: tiers.union([.executing, .reviewQueued, .review, .evidence]),
        .reviewQueued: tiers.union([.review, .waitingThirdParty, .evidence, .remedyOffered]),
        .review: tiers.union([
            .liability, .waitingThirdParty, .executing, .evidence, .remedyOffered,
        ]),
        .waitingThirdParty: tiers.union([
            .review, .open, .reviewQueued, .waitingThirdParty, .remedyOffered,
        ]),
        .liability: tiers.union([.executing, .review, .remedyOffered]),
        .executing: tiers.union([.verifyRemedy, .closedRemedied, .executing, .reviewQueued]),
        .verifyRemedy: [.closedRemedied, .executing, .reviewQueued],
        .appeal: [.closedFinal, .executing],
        .holdRisk: tiers.union(ClaimModel.reviews).union([.open, .closedFraud]),
        .escalateTier2: [
            .escalateTier3, .escalateTier4, .closedFinal, .closedRefundedExternal,
            .remedyOffered, .executing, .review,
        ],
        .escalateTier3: [
            .escalateTier4, .closedFinal, .closedRefundedExternal, .remedyOffered, .executing,
            .review,
        ],
        .escalateTier4: [
            .closedFinal, .closedRefundedExternal, .remedyOffered, .executing, .review,
        ],
        .closedNotCovered: [.appeal, .reviewQueued],
        .closedAbandoned: [.reviewQueued],
        .closedWithdrawn: [.reviewQueued],
        .closedRecovered: [.reviewQueued, .open, .waitingThirdParty],
        .closedRemedied: [.reviewQueued, .appeal],
        .closedFraud: [.appeal],
        .closedRefundedExternal: [.appeal],
    ]
}
