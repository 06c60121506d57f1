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

    public var effects: [ClaimEffect] {
        switch self {
        case .moved(_, let effects), .stayed(_, let effects): effects
        case .notAllowed: []
        }
    }

    /// The same with something more noted on the claim.
    func mapClaim(_ note: (inout Claim) -> Void) -> ClaimTransition {
        guard var claim else { return self }
        note(&claim)
        return switch self {
        case .moved(_, let effects): .moved(claim, effects: effects)
        case .stayed(_, let effects): .stayed(claim, effects: effects)
        case .notAllowed: self
        }
    }

    func adding(_ first: ClaimEffect...) -> ClaimTransition { adding(first) }

    func adding(_ first: [ClaimEffect]) -> ClaimTransition {
        switch self {
        case .moved(let claim, let effects): .moved(claim, effects: first + effects)
        case .stayed(let claim, let effects): .stayed(claim, effects: first + effects)
        case .notAllowed: self
        }
    }
}

/// What the gateway has to do in the same transaction, besides storing the claim.
public enum ClaimEffect: Sendable, Hashable {
    /// A due time passed; recorded once.
    case breachRecorded(ClaimTimer)
    /// The platform joins the talk.
    case platformJoins
    /// The platform steps in on its own.
    case platformIntervenes
    case defectAttached(VerdictState)
    case defaultRecorded(by: ClaimActor)
    /// Somebody must act, or should know, by the due time of the claim.
    case noticeDue(to: ClaimActor, ClaimNotice)
    /// The merchant's deposit is held for the claim, as far as it reaches.
    case depositFrozen(Money)
    /// What is held for the claim is free again.
    case depositReleased
    /// The platform is asked to carry the present ``Claim/execution`` out, and the amount of one
    /// that the deposit pays is taken from it.
    case remedyRequested(Execution)
    /// The attempt will not be carried out: what was taken for it goes back.
    case remedyCancelled(Execution)
    /// The attempt is done, and what was taken for it is paid.
    case remedyDone(Execution)
    /// The replacement, or the repaired code, is asked about.
    case codeCheckRequested
    /// The tier after the platform's own channel is prepared; a person files it.
    case escalationPrepared(tier: Int)
    /// The evidence is kept until the case is over outside (M3-47).
    case evidenceHeld
}

/// Why somebody is told.
public enum ClaimNotice: String, Sendable, Hashable, CaseIterable {
    case claimOpened = "claim_opened"
    case evidenceDue = "evidence_due"
    case evidenceReminder = "evidence_reminder"
    case offerWaits = "offer_waits"
    case reviewExtended = "review_extended"
    case progressDue = "progress_due"
    case approvalNeeded = "approval_needed"
    case personNeeded = "person_needed"
    case fundsShort = "funds_short"
    /// Paid or handed over outside the platform: no deposit answers for it (M3-51).
    case offPlatform = "off_platform"
    /// One side says that the other's words are abuse (M2-19).
    case abuseFlagged = "abuse_flagged"
    /// One of many of the same buyer, merchant or batch (M1-40 to M1-42).
    case riskFound = "risk_found"
    /// An attempt that had been cancelled was carried out all the same: given twice, perhaps.
    case remedyDoneLate = "remedy_done_late"
    /// Enough bad codes of one source for one collective case (M1-30).
    case collectiveCase = "collective_case"
    case followUpDue = "follow_up_due"
    /// Half a year before the right to sue lapses (M4-33).
    case limitationNear = "limitation_near"
    case escalationReady = "escalation_ready"
    case ruled
    case closed
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
    /// The clock rang before, or was stopped.
    case timerNotRunning = "timer_not_running"
    /// Its time is not over: the clock of whoever says so is ahead.
    case timerNotDue = "timer_not_due"
    /// A dispute or an appeal is heard once.
    case alreadyHeard = "already_heard"
    /// The time for it is over.
    case tooLate = "too_late"
    /// Who ruled does not hear the appeal, and nobody votes twice.
    case samePerson = "same_person"
    /// The tier before it is neither exhausted nor silent.
    case tierNotReached = "tier_not_reached"
    /// The receipt is about another attempt, or another redress.
    case otherRemedy = "other_remedy"
    /// The amount is above the price, of another currency, or none is known.
    case wrongAmount = "wrong_amount"
    /// Longer, or more often, than a review is extended or a third party is waited for.
    case noMoreExtensions = "no_more_extensions"
    /// The merchant has offered as often as he may.
    case noMoreOffers = "no_more_offers"
    /// Force majeure is proven by a declared outage that explains the claim, and by nothing else
    /// (M3-14).
    case needsIncident = "needs_incident"
}
