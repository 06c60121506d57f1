public import WireFormat

/// A warranty claim (质保申诉) about one item of one order and one family of defects.
///
/// ``transition(on:by:at:under:)`` moves it. While it is open it has one owner and one due time.
public struct Claim: Sendable, Hashable {
    /// `clm_…`
    public let id: String

    /// The delivery item it is about, by the id the gateway gave it.
    public let item: String
    public let family: DefectFamily
    public let policy: PolicyPin

    /// When it was filed: this instant, not the time of any decision, lies in the window.
    public let filedAt: Instant

    /// The state the claim was opened for.
    public let defect: VerdictState

    /// What the buyer paid for the item, the bound of every automatic payment; `nil` where the
    /// platform did not say.
    public let price: Money?

    /// Paid or handed over outside the platform (站外交易): no deposit answers for it (M3-51). All
    /// else is as for any claim, the evidence above all.
    public let isOffPlatform: Bool

    /// Further states of the family that were found later.
    public internal(set) var attachedDefects: [VerdictState] = []
    public internal(set) var against: LiableParty
    public internal(set) var state: ClaimState

    /// When the present state was entered.
    public internal(set) var enteredAt: Instant

    /// What the buyer wants (M0-21).
    public internal(set) var demand: Remedy

    /// Whether every slot of evidence that the defect asks for is filled.
    public internal(set) var isEvidenceComplete: Bool

    /// Who owes facts while the state is `evidence`.
    public internal(set) var evidenceOwedBy: ClaimActor?

    /// The state that `hold.risk` goes back to, and the tier outside that an offer refused does.
    public internal(set) var heldState: ClaimState?

    public internal(set) var clocks: [ClaimTimer: RunningClock] = [:]

    /// How often each clock was started, so that no round rings twice.
    public internal(set) var rounds: [ClaimTimer: Int] = [:]

    /// The first act by a person of whom the claim was first brought to: the merchant, or the
    /// platform and third parties where it never lay with him. A machine's message and a receipt
    /// that something was read answer nothing (M2-02, M2-03).
    public internal(set) var firstAnsweredAt: Instant?

    /// The last act by a person of the merchant's (D-22): what shows that he is still there.
    public internal(set) var merchantActedAt: Instant?

    /// When the first remedy was offered, found to be owed, or ordered (M1-33).
    public internal(set) var firstRemedyAt: Instant?

    /// Duties of the merchant that he let pass (M2-17).
    public internal(set) var missedResponses = 0
    public internal(set) var extensions = 0

    /// What machines of the merchant's wrote since a person of his last did (M2-27).
    public internal(set) var automaticMessages = 0
    public internal(set) var evidenceRequests = 0

    /// Offers the merchant made: they take the claim from whoever works on it.
    public internal(set) var merchantOffers = 0
    public internal(set) var offer: Redress?
    public internal(set) var offeredBy: ClaimActor?

    /// An agent's finding that is not a ruling yet.
    public internal(set) var proposal: ClaimRuling?
    public internal(set) var isDisputeUsed = false

    /// What people of a quorum have ruled, by account.
    public internal(set) var votes: [String: ClaimRuling] = [:]
    public internal(set) var ruling: Decided?
    public internal(set) var isAppealUsed = false

    /// Whether the buyer had his remedy when the appeal was filed.
    public internal(set) var wasRemedied = false
    public internal(set) var execution: Execution?
    public internal(set) var attempts = 0
    public internal(set) var failedRemedies = 0

    /// Whether the next tier was prepared because nobody moved the claim.
    public internal(set) var isTierExhausted = false

    /// How often the merchant's deposit was held for the claim, and whether it is now.
    public internal(set) var holds = 0
    public internal(set) var isDepositHeld = false

    /// Whether a rule of risk keeps the deposit from paying without people (M1-42).
    public internal(set) var isAutomationHeld = false

    /// Why the claim is closed as not covered.
    public internal(set) var refusal: NotCoveredReason?

    /// A ruling that stands, and who made it.
    public struct Decided: Sendable, Hashable {
        public let ruling: ClaimRuling
        public let at: Instant
        /// All who voted, of one mind or not: an appeal goes to none of them (M3-46).
        public let accounts: Set<String>
    }

    /// A claim just detected.
    ///
    /// - Parameters:
    ///   - demand: what the policy offers first, until the buyer says something else.
    ///   - isEvidenceComplete: as for a defect that the issuer or our own log establishes.
    public init(
        id: String,
        item: String,
        family: DefectFamily,
        policy: PolicyPin,
        defect: VerdictState,
        against: LiableParty,
        price: Money?,
        isOffPlatform: Bool = false,
        demand: Remedy,
        isEvidenceComplete: Bool,
        filedAt: Instant
    ) {
        self.id = id
        self.item = item
        self.family = family
        self.policy = policy
        self.defect = defect
        self.against = against
        self.price = price
        self.isOffPlatform = isOffPlatform
        self.demand = demand
        self.isEvidenceComplete = isEvidenceComplete
        self.filedAt = filedAt
        state = .detected
        enteredAt = filedAt
    }

    /// Whether the claim is about this state already.
    public func isAbout(_ state: VerdictState) -> Bool {
        defect == state || attachedDefects.contains(state)
    }

    /// Whether it was opened on a statement, and nothing has shown since whose defect it is: what
    /// an answer of the issuer shows decides, until somebody works on it.
    public var awaitsFinding: Bool { against == .undetermined && state == .reviewQueued }

    /// The one who must act now; `nil` once closed.
    public var owner: ClaimActor? {
        switch state {
        case .evidence: evidenceOwedBy ?? state.defaultOwner
        case .executing: executor
        case .detected, .open, .remedyOffered, .reviewQueued, .review, .waitingThirdParty,
            .liability, .verifyRemedy, .appeal, .holdRisk, .escalateTier2, .escalateTier3,
            .escalateTier4, .closedNotCovered, .closedWithdrawn, .closedAbandoned,
            .closedRecovered, .closedRemedied, .closedFinal, .closedFraud,
            .closedRefundedExternal:
            state.defaultOwner
        }
    }

    private var executor: ClaimActor {
        switch execution?.payer {
        case .merchant: .merchant
        case .thirdParty: .thirdParty
        case .platform, .deposit, .depositOnApproval, nil: .platform
        }
    }

    /// By when the owner must act: a time that has passed stays, and shows that he is late.
    /// `nil` once the claim is closed.
    public func due(_ calendar: WorkCalendar) -> Deadline? {
        guard !state.isClosed else { return nil }
        if state == .detected { return Deadline(enteredAt) }
        return ownClocks.compactMap { $0.clock.deadline(calendar) }
            .min { $0.instant < $1.instant }
    }

    /// Whether ``due(_:)`` is another time under another calendar.
    public var isDueCountedInWorkingDays: Bool {
        ownClocks.contains { $0.clock.budget.isCountedInWorkingDays }
    }

    /// The clocks that measure the present owner.
    private var ownClocks: [RunningClock] {
        let wanted: [ClaimTimer] =
            switch state {
            case .open: [.firstResponse, .proposal, .resolution]
            case .evidence: [evidenceOwedBy == .merchant ? .merchantEvidence : .buyerEvidence]
            case .remedyOffered: [.remedyAnswer]
            case .reviewQueued: [.reviewStart]
            case .review: [.review]
            case .waitingThirdParty: [.thirdPartyNotice]
            case .liability: [.liability]
            case .executing: [.execution]
            case .verifyRemedy: [.verification]
            case .appeal: [.appeal]
            case .holdRisk: [.riskReview]
            case .escalateTier2, .escalateTier3, .escalateTier4: [.outsideFollowUp]
            case .detected, .closedNotCovered, .closedWithdrawn, .closedAbandoned,
                .closedRecovered, .closedRemedied, .closedFinal, .closedFraud,
                .closedRefundedExternal:
                []
            }
        return wanted.compactMap { clocks[$0] }
    }

    /// The clocks that have not rung, with the time each of them rings; those that stand still
    /// have none.
    public func pendingRings(
        _ calendar: WorkCalendar
    ) -> [(timer: ClaimTimer, round: Int, at: Deadline)] {
        clocks.filter { !$0.value.isRung }.compactMap { timer, running in
            running.clock.deadline(calendar).map { (timer, running.round, $0) }
        }.sorted { ($0.at.instant, $0.timer.rawValue) < ($1.at.instant, $1.timer.rawValue) }
    }
}
