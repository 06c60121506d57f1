public import WireFormat

extension ClaimDecision {
    /// Decides about a verdict; total and pure.
    ///
    /// The two dimensions stay apart (M3-03): the window and the policy are looked at first, then
    /// who is liable. A no-refund clause is not looked at (M1-36).
    ///
    /// - Parameters:
    ///   - liability: decided from the same verdict.
    ///   - table: what is covered, and when a claim follows by itself.
    ///   - filedAt: when the defect was reported or found; this instant must lie in the window.
    public static func decide(
        verdict: Verdict,
        liability: Liability,
        window: WarrantyWindow,
        policy: WarrantyPolicy,
        by table: CoverageTable = .standard,
        at filedAt: Instant,
        context: ClaimContext = ClaimContext()
    ) -> ClaimDecision {
        let state = verdict.state
        guard let family = state.defectFamily else {
            return withoutFamily(verdict, table[state].covered, window, filedAt)
        }
        if state == .doubleCharged { return .needsPerson(.paymentComparison) }
        if let refusal = refusal(state, window, policy, filedAt) { return refusal }
        if let doubt = doubt(verdict.certainty) { return doubt }
        if case .exclusion(let exclusion) = liability.ground {
            return policy.coverage.exclusions.contains(exclusion.kind)
                ? .notCovered(.excluded(by: exclusion.kind))
                : .needsPerson(.liabilityUndetermined)
        }
        return covered(verdict, table[state].claim, liability, family, context)
    }

    /// How far ahead of the gateway's clock a hand-over may be dated, and a defect found at once
    /// still counts as found in the window: the tolerance of the intake.
    public static let deliveryClockLead: Duration = .seconds(300)

    /// States that no claim can be about.
    private static func withoutFamily(
        _ verdict: Verdict,
        _ covered: CoverageTable.Covered,
        _ window: WarrantyWindow,
        _ filedAt: Instant
    ) -> ClaimDecision {
        switch covered {
        case .none:
            verdict.isGood && verdict.certainty != .conflict
                ? .noDefect : .needsPerson(.sourcesConflict)
        case .preSale: .notCovered(.preSaleOnly)
        case .buyerEvidence: .awaitsBuyerEvidence
        case .tolled:
            window.span.map { filedAt >= $0.end } ?? false
                ? .needsPerson(.undecidedAtWindowEnd) : .awaitsRecheck
        case .always, .beforeDelivery, .ifPromised, .person: .needsPerson(.sourcesConflict)
        }
    }

    /// The policy and the window: is there a warranty for this, and is it running?
    static func refusal(
        _ state: VerdictState,
        _ window: WarrantyWindow,
        _ policy: WarrantyPolicy,
        _ filedAt: Instant
    ) -> ClaimDecision? {
        switch window {
        case .none: return .notCovered(.noWarranty)
        case .unstarted(.delivery): return .notCovered(.notYetDelivered)
        case .unstarted(.basis) where policy.coverage.states.contains(state):
            return .needsPerson(.windowNotStarted)
        case .unstarted(.basis): return .notCovered(.stateNotInPolicy)
        case .running(let span):
            guard policy.coverage.states.contains(state) else {
                return .notCovered(.stateNotInPolicy)
            }
            if filedAt < span.start - deliveryClockLead { return .notCovered(.beforeWindow) }
            guard filedAt >= span.end else { return nil }
            return .notCovered(overReason(span.ending))
        }
    }

    private static func overReason(_ ending: WarrantyWindow.Ending) -> NotCoveredReason {
        switch ending {
        case .period, .periodForWantOfDisclosure: .windowOver
        case .buyerCheck, .activation: .oneTimeVerified
        }
    }

    private static func doubt(_ certainty: Certainty) -> ClaimDecision? {
        switch certainty {
        case .conflict: .needsPerson(.sourcesConflict)
        case .claimed: .needsPerson(.statementOnly)
        case .authoritative, .derived, .local: nil
        }
    }

    private static func covered(
        _ verdict: Verdict,
        _ claim: CoverageTable.AutomaticClaim,
        _ liability: Liability,
        _ family: DefectFamily,
        _ context: ClaimContext
    ) -> ClaimDecision {
        switch claim {
        case .atOnce: against(verdict, liability, family)
        case .ifStated:
            context.isAttributeListed
                ? against(verdict, liability, family) : .notCovered(.notPromised)
        case .afterBuyerConfirms:
            context.isTextConfirmed
                ? against(verdict, liability, family) : .awaitsBuyerConfirmation
        case .afterRecheck:
            context.sameAnswers >= ClaimContext.answersNeeded
                ? against(verdict, liability, family) : .awaitsRecheck
        case .proposed: proposal(against(verdict, liability, family))
        case .tracked: .tracked(family: family)
        case .person, .never:
            .needsPerson(verdict.state == .locked ? .lockedCode : .liabilityUndetermined)
        }
    }

    private static func proposal(_ decision: ClaimDecision) -> ClaimDecision {
        guard case .open(let party, let family) = decision else { return decision }
        return .proposed(against: party, family: family)
    }

    private static func against(
        _ verdict: Verdict,
        _ liability: Liability,
        _ family: DefectFamily
    ) -> ClaimDecision {
        switch liability.party {
        case .merchant, .platform: .open(against: liability.party, family: family)
        case .thirdParty:
            verdict.state == .notActivated
                ? .tracked(family: family) : .open(against: .thirdParty, family: family)
        case .buyer:
            .notCovered(verdict.state == .expired ? .expiredAfterDelivery : .usedAfterDelivery)
        case .undetermined, .none:
            .needsPerson(verdict.timing == .unknown ? .timingUnknown : .liabilityUndetermined)
        }
    }
}
