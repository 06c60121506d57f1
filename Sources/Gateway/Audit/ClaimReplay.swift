import CardModel
import WireFormat

/// A claim made again from its opening and from the steps that its leaves tell of.
///
/// Which of the two ways a payment took (out of the deposit, or to two people first) depends on
/// what the book held then. The step's own effects tell it, so the book is not believed here.
struct ClaimReplay {
    /// After the last step that could be made again.
    private(set) var claim: Claim
    /// What was asked for, by attempt.
    private(set) var attempts: [Int: Attempt] = [:]
    /// What the book of deposits must say, in order.
    private(set) var movements: [Movement] = []
    /// The step that these rules do not lead to: another version of the gateway, or another
    /// calendar, moved the claim then.
    private(set) var divergence: UInt64?

    private let id: ClaimID
    private let item: ItemNumber
    private let rules: ClaimRules

    /// An attempt to carry a remedy out, as the steps tell it.
    struct Attempt {
        var execution: Execution
        var state: RemedyRecord.State
        var requestedAt: Instant
        var endedAt: Instant?
        var replacement: ItemNumber?
        var doneLateAt: Instant?
        /// Named by the word on it.
        var id: String?
    }

    /// One line of the book that a step asks for.
    struct Movement {
        let key: String
        let kind: LedgerTransaction.Kind
        let at: Instant
        /// What is moved at most; of a payout exactly.
        let amount: Money?
        /// A deposit that is empty holds nothing, and what holds nothing is not released.
        let isNeeded: Bool
        let attempt: Int
    }

    /// A step with the place of its leaf.
    struct Step {
        let index: UInt64
        let entry: ClaimHistoryEntry
        /// The latest answer before it.
        let verdict: Verdict?
        /// The item that the check asks about which the step names.
        let checkedItem: ItemNumber?
    }

    /// - Parameter detected: the claim before its opening.
    init(_ detected: Claim, id: ClaimID, item: ItemNumber, under rules: ClaimRules) {
        claim = detected
        self.id = id
        self.item = item
        self.rules = rules
    }

    mutating func run(_ steps: [Step]) {
        let opening = claim.transition(
            on: .coverageConfirmed, by: .system, at: claim.filedAt, under: rules)
        guard let opened = opening.claim else {
            divergence = 0
            return
        }
        claim = opened
        note(opening.effects, at: claim.filedAt)
        for step in steps {
            guard take(step) else {
                divergence = step.index
                return
            }
        }
    }

    private mutating func take(_ step: Step) -> Bool {
        let entry = step.entry
        guard entry.from == claim.state else { return false }
        switch ToldMove(entry, of: claim, after: step.verdict) {
        case .unknown: return false
        case .noMove:
            noteLateRemedy(entry)
            return entry.to == claim.state
        case .event(let event):
            guard let transition = transition(on: event, entry) else { return false }
            if case .remedyReceipt(let receipt) = event {
                noteReceipt(receipt, step)
            }
            guard let next = transition.claim else { return false }
            claim = next
            note(transition.effects, at: entry.at)
            return true
        }
    }

    /// The transition whose state and effects are those that the step tells of.
    private func transition(
        on event: ClaimEvent,
        _ entry: ClaimHistoryEntry
    ) -> ClaimTransition? {
        let principal =
            entry.account.map { ClaimPrincipal(entry.actor, account: $0) } ?? .system
        let told = StepWords(entry.detail).effects
        for deposit in deposits {
            let transition = claim.transition(
                on: event, by: principal, at: entry.at, under: rules.with(deposit))
            guard transition.claim?.state == entry.to,
                transition.effects.compactMap(\.historyWord) == told
            else { continue }
            return transition
        }
        return nil
    }

    /// Nothing there; enough, of which nothing was paid today; enough, with the day's cap used up.
    private var deposits: [DepositStanding] {
        guard let currency = claim.price?.currency else { return [.empty] }
        let whole = Money(minorUnits: .max, currency: currency)
        return [
            .empty, DepositStanding(deposit: whole, backstop: nil, paidToday: nil),
            DepositStanding(deposit: whole, backstop: nil, paidToday: whole),
        ]
    }

    // MARK: What follows

    private mutating func noteReceipt(_ receipt: RemedyReceipt, _ step: Step) {
        let words = StepWords(step.entry.detail)
        attempts[receipt.attempt]?.id = words.text("remedy")
        guard let checked = step.checkedItem else { return }
        attempts[receipt.attempt]?.state = .checking
        attempts[receipt.attempt]?.replacement = checked
    }

    private mutating func noteLateRemedy(_ entry: ClaimHistoryEntry) {
        guard entry.event == RemedyRecord.doneLateEvent,
            let attempt = StepWords(entry.detail)["attempt"]?.integerValue
        else { return }
        attempts[Int(attempt)]?.doneLateAt = entry.at
    }

    private mutating func note(_ effects: [ClaimEffect], at instant: Instant) {
        for effect in effects { note(effect, at: instant) }
    }

    private mutating func note(_ effect: ClaimEffect, at instant: Instant) {
        switch effect {
        case .breachRecorded, .platformJoins, .platformIntervenes, .defectAttached,
            .defaultRecorded, .noticeDue, .escalationPrepared, .evidenceHeld:
            break
        case .depositFrozen(let price):
            move(.freeze, "freeze", claim.holds, price, isNeeded: false, at: instant)
        case .depositReleased:
            move(.release, "release", claim.holds, claim.price, isNeeded: false, at: instant)
        case .remedyRequested(let execution):
            attempts[execution.attempt] = Attempt(
                execution: execution, state: .requested, requestedAt: instant)
            pay(.payout, "payout", execution, at: instant)
        case .remedyCancelled(let execution):
            end(execution, .cancelled, .cancellation, "cancel", at: instant)
        case .remedyDone(let execution):
            end(execution, .done, .settlement, "settle", at: instant)
        case .codeCheckRequested:
            guard let execution = claim.execution,
                execution.redress.remedy == .repair || execution.redress.remedy == .wait
            else { return }
            attempts[execution.attempt]?.state = .checking
            attempts[execution.attempt]?.replacement = item
        }
    }

    private mutating func end(
        _ execution: Execution,
        _ state: RemedyRecord.State,
        _ kind: LedgerTransaction.Kind,
        _ word: String,
        at instant: Instant
    ) {
        // One above the caps that was never agreed to was never asked for either.
        guard let attempt = attempts[execution.attempt],
            attempt.state == .requested || attempt.state == .checking
        else { return }
        attempts[execution.attempt]?.state = state
        attempts[execution.attempt]?.endedAt = instant
        pay(kind, word, execution, at: instant)
    }

    private mutating func pay(
        _ kind: LedgerTransaction.Kind,
        _ word: String,
        _ execution: Execution,
        at instant: Instant
    ) {
        guard execution.payer == .deposit else { return }
        move(
            kind, word, execution.attempt, execution.redress.amount, isNeeded: true, at: instant)
    }

    private mutating func move(
        _ kind: LedgerTransaction.Kind,
        _ word: String,
        _ number: Int,
        _ amount: Money?,
        isNeeded: Bool,
        at instant: Instant
    ) {
        movements.append(
            Movement(
                key: "\(word)/\(id.text)/\(number)", kind: kind, at: instant, amount: amount,
                isNeeded: isNeeded, attempt: number))
    }
}
