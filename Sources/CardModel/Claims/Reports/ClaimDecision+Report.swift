public import WireFormat

extension ClaimDecision {
    /// Decides about a problem that a person reported; total and pure.
    ///
    /// The window and the policy are looked at as for a finding. Nobody is found liable by a
    /// statement: the claim goes to a person, and the exclusions, which need proof, are his.
    ///
    /// - Parameters:
    ///   - standing: the verdict that stands for the item; nil when there is none.
    ///   - filedAt: when the report came; this instant must lie in the window.
    public static func decide(
        _ problem: ReportedProblem,
        standing: Verdict?,
        window: WarrantyWindow,
        policy: WarrantyPolicy,
        at filedAt: Instant
    ) -> ClaimDecision {
        if problem.isRefuted(by: standing) { return .notCovered(.foundGood) }
        let opened = ClaimDecision.open(against: .undetermined, family: problem.family)
        // A second charge is no defect of what was sold: no warranty bounds it.
        if problem.state == .doubleCharged { return opened }
        switch refusal(problem.state, window, policy, filedAt) {
        // What starts the window is what the buyer waits for.
        case .notCovered(.notYetDelivered) where problem.family == .delivery:
            return policy.coverage.states.contains(problem.state)
                ? opened : .notCovered(.stateNotInPolicy)
        case .notCovered(let reason): return .notCovered(reason)
        case .needsPerson, .open, .proposed, .tracked, .awaitsBuyerConfirmation, .awaitsRecheck,
            .awaitsBuyerEvidence, .noDefect, nil:
            return opened
        }
    }
}

extension WarrantyCase {
    /// What follows from a report under a policy; the verdict of the case is the report's.
    public func judged(
        as problem: ReportedProblem,
        standing: Verdict?,
        under policy: WarrantyPolicy,
        by rules: RuleTables = .standard
    ) -> CaseJudgement {
        let window = WarrantyWindow(policy: policy, facts: window, now: decidedAt)
        return CaseJudgement(
            liability: Liability.decide(
                LiabilityFacts(
                    verdict: verdict, custody: custody, skewMargin: self.window.skewMargin),
                by: rules.liability),
            window: window,
            claim: .decide(
                problem, standing: standing, window: window, policy: policy, at: decidedAt),
            coverage: rules.coverage[verdict.state],
            remedy: policy.remedies.order.first
        )
    }
}
