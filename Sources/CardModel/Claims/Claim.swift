public import WireFormat

/// A warranty claim (质保申诉) about one item of one order and one family of defects.
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

    /// Further states of the family that were found later.
    public private(set) var attachedDefects: [VerdictState] = []
    public private(set) var against: LiableParty
    public private(set) var state: ClaimState

    /// When the present state was entered: due times count from here.
    public private(set) var enteredAt: Instant

    /// Who owes facts while the state is `evidence`.
    public private(set) var evidenceOwedBy: ClaimActor?

    /// Why the claim is closed as not covered.
    public private(set) var refusal: NotCoveredReason?

    /// A claim just detected.
    public init(
        id: String,
        item: String,
        family: DefectFamily,
        policy: PolicyPin,
        defect: VerdictState,
        against: LiableParty,
        filedAt: Instant
    ) {
        self.id = id
        self.item = item
        self.family = family
        self.policy = policy
        self.defect = defect
        self.against = against
        self.filedAt = filedAt
        state = .detected
        enteredAt = filedAt
    }

    /// A claim as it was read back from the store.
    public init(
        restoring id: String,
        item: String,
        family: DefectFamily,
        policy: PolicyPin,
        defect: VerdictState,
        attachedDefects: [VerdictState],
        against: LiableParty,
        filedAt: Instant,
        state: ClaimState,
        enteredAt: Instant,
        evidenceOwedBy: ClaimActor?,
        refusal: NotCoveredReason?
    ) {
        self.init(
            id: id,
            item: item,
            family: family,
            policy: policy,
            defect: defect,
            against: against,
            filedAt: filedAt
        )
        self.attachedDefects = attachedDefects
        self.state = state
        self.enteredAt = enteredAt
        self.evidenceOwedBy = evidenceOwedBy
        self.refusal = refusal
    }

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
        switch against {
        case .merchant: .merchant
        case .thirdParty: .thirdParty
        case .platform, .none, .buyer, .undetermined: .platform
        }
    }

    func entering(
        _ state: ClaimState,
        at instant: Instant,
        owedBy: ClaimActor? = nil,
        refusal: NotCoveredReason? = nil
    ) -> Claim {
        var claim = self
        claim.state = state
        claim.enteredAt = instant
        claim.evidenceOwedBy = owedBy
        claim.refusal = refusal
        return claim
    }

    func attaching(_ defect: VerdictState) -> Claim {
        guard defect != self.defect, !attachedDefects.contains(defect) else { return self }
        var claim = self
        claim.attachedDefects.append(defect)
        return claim
    }
}
