/// What an event does to a claim.
public enum ClaimTransition: Sendable, Hashable {
    /// The claim is in another state.
    case moved(Claim, effects: [ClaimEffect])
    /// The event is recorded; the state is the same.
    case stayed(Claim, effects: [ClaimEffect])
    /// The event does not apply; nothing changes.
    case notAllowed(ClaimRefusal)

    /// The claim after the event; `nil` where it was not allowed.
    public var claim: Claim? {
        switch self {
        case .moved(let claim, _), .stayed(let claim, _): claim
        case .notAllowed: nil
        }
    }
}

/// What the gateway has to do besides storing the claim.
public enum ClaimEffect: Sendable, Hashable {
    /// A due time passed; recorded once.
    case breachRecorded(ClaimTimer)
    /// The platform joins the talk.
    case platformJoins
    /// The platform steps in on its own.
    case platformIntervenes
    case defectAttached(VerdictState)
    case defaultRecorded(by: ClaimActor)
}

/// Why an event does not apply.
public enum ClaimRefusal: String, Sendable, Hashable, CaseIterable {
    case claimIsClosed = "claim_is_closed"
    /// The event belongs to another state.
    case wrongState = "wrong_state"
    /// Only somebody else may do this.
    case wrongActor = "wrong_actor"
    /// The verdict is about another family of defects: it is a claim of its own.
    case otherFamily = "other_family"
}
