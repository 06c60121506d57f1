import Testing
import WireFormat

@testable import CardModel

@Suite("ReportedProblem")
struct ReportedProblemTests {
    private static let delivered = Instant(secondsSinceEpoch: 1_795_248_000)

    private func decide(
        _ state: VerdictState,
        standing: Verdict? = nil,
        deliveredAt: Instant? = delivered,
        policy: WarrantyPolicy = .sevenDays,
        after offset: Duration = .seconds(60)
    ) throws -> CaseJudgement {
        let problem = try #require(ReportedProblem(state))
        let facts = WindowFacts(deliveredAt: deliveredAt)
        return WarrantyCase(
            id: "chk_1", product: "p", verdict: problem.verdict(expectedValue: nil, expiresOn: nil),
            decidedAt: Self.delivered + offset, custody: Custody(deliveredAt: deliveredAt),
            window: facts
        ).judged(as: problem, standing: standing, under: policy)
    }

    @Test("a person reports what a claim can be about and people notice, and nothing else (M3-33)")
    func closedList() {
        let reported = Set(ReportedProblem.all.map(\.state))
        let others: Set<VerdictState> = [
            .okUnused, .okActivatedByBuyer, .duplicateDelivery, .duplicateStock, .oversold,
            .temporarilyUnusable, .issuerDelay, .indeterminate, .unsupported, .conflict,
        ]
        #expect(reported == Set(VerdictState.allCases).subtracting(others))
        #expect(ReportedProblem.all.allSatisfy { $0.family == $0.state.defectFamily })
        #expect(
            ReportedProblem.all.allSatisfy { CoverageTable.standard[$0.state].covered != .none })
    }

    @Test("a person names how he reported it; what a check found is said by the gateway (M3-33)")
    func channels() {
        #expect(ReportChannel.personal == [.online, .ticket, .phone])
        #expect(
            Set(ReportChannel.allCases).subtracting(ReportChannel.personal)
                == [.automatic, .selfTest])
    }

    @Test(
        "a report opens a claim against nobody yet: a person decides",
        arguments: VerdictState.allCases)
    func opensUndetermined(state: VerdictState) throws {
        guard let problem = ReportedProblem(state) else { return }
        let judgement = try decide(state)
        #expect(judgement.claim == .open(against: .undetermined, family: problem.family))
        #expect(judgement.liability.party == .undetermined)
        #expect(judgement.liability.rule == "certainty.claimed")
    }

    @Test("the filing time counts, and at the end of the window it is over")
    func window() throws {
        let end = Duration.seconds(7 * 86_400)
        let opened = ClaimDecision.open(against: .undetermined, family: .codeUnusable)
        #expect(try decide(.used, after: end - .milliseconds(1)).claim == opened)
        #expect(try decide(.used, after: end).claim == .notCovered(.windowOver))
        #expect(try decide(.used, after: end + .milliseconds(1)).claim == .notCovered(.windowOver))
    }

    @Test("what the policy does not name is not covered")
    func policyNamesLess() throws {
        var policy = WarrantyPolicy.sevenDays
        policy.coverage.states = [.used]
        #expect(try decide(.notFound, policy: policy).claim == .notCovered(.stateNotInPolicy))
        #expect(
            try decide(.notDelivered, deliveredAt: nil, policy: policy).claim
                == .notCovered(.stateNotInPolicy))
    }

    @Test("what never came has no window to wait for; a code that was not handed over has no buyer")
    func neverDelivered() throws {
        #expect(
            try decide(.notDelivered, deliveredAt: nil).claim
                == .open(against: .undetermined, family: .delivery))
        #expect(try decide(.used, deliveredAt: nil).claim == .notCovered(.notYetDelivered))
    }

    @Test("a second charge is no defect of the goods, and no warranty bounds it")
    func doubleCharge() throws {
        let late = try decide(.doubleCharged, after: .seconds(400 * 86_400))
        #expect(late.claim == .open(against: .undetermined, family: .payment))
    }

    @Test("an issuer's good answer refutes what he would see, and nothing else")
    func refuted() throws {
        let good = Verdict(state: .okUnused, certainty: .authoritative)
        #expect(try decide(.used, standing: good).claim == .notCovered(.foundGood))
        let opened = ClaimDecision.open(against: .undetermined, family: .service)
        #expect(try decide(.serviceInterrupted, standing: good).claim == opened)
        // What was promised of the time that is left, no issuer sees.
        let short = ClaimDecision.open(against: .undetermined, family: .notAsDescribed)
        #expect(try decide(.shortShelfLife, standing: good).claim == short)
        for other in [
            Verdict(state: .unsupported, certainty: .local),
            Verdict(state: .okUnused, certainty: .conflict),
            Verdict(state: .indeterminate, certainty: .authoritative),
            Verdict(state: .used, timing: .afterDelivery, certainty: .authoritative),
        ] {
            let claim = try decide(.used, standing: other).claim
            #expect(claim == .open(against: .undetermined, family: .codeUnusable))
        }
    }

    @Test("no remedy, no payment and no hold follows from a statement without a person (E4)")
    func nothingAutomatic() throws {
        for problem in ReportedProblem.all {
            let fixture = ClaimFixture(against: .undetermined, defect: problem.state)
            let forecast = ClaimForecast(
                of: fixture.claim, under: fixture.rules, until: fixture.now + .seconds(90 * 86_400))
            #expect(forecast.steps.count > 1)
            for effect in forecast.steps.flatMap(\.effects) {
                switch effect {
                case .depositFrozen, .remedyRequested, .remedyDone, .codeCheckRequested:
                    Issue.record("\(problem.state) leads to \(effect) by itself")
                default: break
                }
            }
        }
    }

    @Test("both sides are told of a claim that was opened on a statement")
    func bothAreTold() {
        var fixture = ClaimFixture(against: .undetermined, defect: .accountMismatch)
        let effects = fixture.act(.coverageConfirmed, .system).effects
        #expect(
            effects == [
                .noticeDue(to: .buyer, .claimOpened), .noticeDue(to: .merchant, .claimOpened),
            ])
        #expect(fixture.claim.awaitsFinding)
    }

    @Test("an answer that shows whose defect it is sends a reported claim to him, once")
    func found() {
        var fixture = ClaimFixture(against: .undetermined, defect: .used)
        fixture.act(.coverageConfirmed, .system)
        let effects = fixture.act(.liabilityFound(.merchant), .system).effects
        #expect(fixture.claim.state == .open && fixture.claim.against == .merchant)
        #expect(fixture.claim.isEvidenceComplete && !fixture.claim.awaitsFinding)
        #expect(effects.contains { if case .depositFrozen = $0 { true } else { false } })
        var reviewed = ClaimFixture(against: .undetermined, defect: .used)
        reviewed.act(.coverageConfirmed, .system)
        reviewed.act(.reviewStarted, .platform)
        #expect(reviewed.act(.liabilityFound(.merchant), .system).claim == nil)
    }
}
