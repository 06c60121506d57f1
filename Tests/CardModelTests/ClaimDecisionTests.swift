import Testing
import WireFormat

@testable import CardModel

@Suite("ClaimDecision")
struct ClaimDecisionTests {
    private static let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
    private func decide(
        _ row: DecisionRow,
        policy: WarrantyPolicy = .sevenDays,
        after offset: Duration = .seconds(60),
        facts: WindowFacts? = nil,
        exclusions: Set<Exclusion> = []
    ) -> ClaimDecision {
        let eventAt: Instant? =
            switch row.timing {
            case .beforeDelivery: Self.delivered - .seconds(3_600)
            case .afterDelivery: Self.delivered + .seconds(3_600)
            case .unknown, nil: nil
            }
        let verdict = Verdict(
            state: row.state,
            timing: row.timing,
            certainty: row.certainty,
            issuer: eventAt.map { IssuerStatement(at: $0) }
        )
        let liability = Liability.decide(
            LiabilityFacts(
                verdict: verdict,
                custody: Custody(deliveredAt: Self.delivered),
                exclusions: exclusions
            )
        )
        let filedAt = Self.delivered + offset
        let window = WarrantyWindow(
            policy: policy,
            facts: facts ?? WindowFacts(deliveredAt: Self.delivered),
            now: filedAt
        )
        return .decide(
            verdict: verdict,
            liability: liability,
            window: window,
            policy: policy,
            at: filedAt,
            context: row.context
        )
    }

    @Test("a row of the table decides inside the window", arguments: DecisionRow.all)
    func row(row: DecisionRow) {
        #expect(decide(row) == row.decision)
    }

    @Test("the table has a row for every state")
    func complete() {
        #expect(Set(DecisionRow.all.map(\.state)) == Set(VerdictState.allCases))
    }

    @Test(
        "outside the window no claim opens, and the reason is recorded (C-07, M3-13)",
        arguments: DecisionRow.all
    )
    func outside(row: DecisionRow) {
        let inside = decide(row)
        let outside = decide(row, after: .seconds(7 * 86_400))
        switch inside {
        case .open, .proposed, .tracked, .awaitsBuyerConfirmation:
            #expect(outside == .notCovered(.windowOver))
        case .awaitsRecheck, .awaitsBuyerEvidence, .needsPerson, .notCovered, .noDefect:
            if case .open = outside { Issue.record("a claim opened after the window") }
        }
    }

    @Test("the window's last millisecond opens, its end does not")
    func boundary() {
        let row = DecisionRow(state: .notFound, decision: .noDefect)
        #expect(
            decide(row, after: .seconds(7 * 86_400) - .milliseconds(1))
                == DecisionRow.merchant(.codeUnusable)
        )
        #expect(decide(row, after: .seconds(7 * 86_400)) == .notCovered(.windowOver))
    }

    @Test("a hand-over dated ahead by no more than the intake allows loses no claim")
    func datedAhead() {
        let row = DecisionRow(state: .notFound, decision: .noDefect)
        #expect(decide(row, after: .seconds(-300)) == DecisionRow.merchant(.codeUnusable))
        #expect(decide(row, after: .milliseconds(-300_001)) == .notCovered(.beforeWindow))
    }

    @Test("a code expired at delivery opens on any day of the window (M1-06)", arguments: 0..<7)
    func expiredAnyDay(day: Int) {
        let row = DecisionRow(state: .expired, timing: .beforeDelivery, decision: .noDefect)
        #expect(
            decide(row, after: .seconds(day * 86_400 + 5)) == DecisionRow.merchant(.codeUnusable)
        )
    }

    @Test("a no-refund clause changes no decision (M1-36)", arguments: DecisionRow.all)
    func noRefundClause(row: DecisionRow) {
        var policy = WarrantyPolicy.sevenDays
        policy.noRefundClause = "一经售出不退换"
        #expect(decide(row, policy: policy) == row.decision)
    }

    @Test("a state that the policy does not name is not covered")
    func stateNotInPolicy() {
        var policy = WarrantyPolicy.sevenDays
        policy.coverage.states = [.used]
        let row = DecisionRow(state: .notFound, decision: .noDefect)
        #expect(decide(row, policy: policy) == .notCovered(.stateNotInPolicy))
    }

    @Test("an exclusion with evidence applies where the policy names it, else a person decides")
    func exclusion() throws {
        let leak = Exclusion(.userLeak, evidence: try #require(EvidenceReference("evt_1")))
        let row = DecisionRow(state: .used, timing: .unknown, decision: .noDefect)
        #expect(decide(row, exclusions: [leak]) == .notCovered(.userLeak))
        var policy = WarrantyPolicy.sevenDays
        policy.coverage.exclusions = []
        #expect(
            decide(row, policy: policy, exclusions: [leak]) == .needsPerson(.liabilityUndetermined)
        )
        let before = DecisionRow(state: .used, timing: .beforeDelivery, decision: .noDefect)
        #expect(decide(before, exclusions: [leak]) == DecisionRow.merchant(.codeUnusable))
    }

    @Test(
        "an exclusion shuts out a claim of which it explains every defect, where the policy says so"
    )
    func shutsOut() {
        let kind = Exclusion.Kind.forceMajeure
        var fixture = ClaimFixture(defect: .notDelivered)
        #expect(kind.shutsOut(fixture.claim, under: fixture.policy))
        #expect(!Exclusion.Kind.userLeak.shutsOut(fixture.claim, under: fixture.policy))
        fixture.claim.attachedDefects = [.lateDelivery]
        #expect(kind.shutsOut(fixture.claim, under: fixture.policy))
        fixture.claim.attachedDefects = [.lateDelivery, .oversold]
        #expect(!kind.shutsOut(fixture.claim, under: fixture.policy))
        fixture.claim.attachedDefects = []
        fixture.policy.coverage.exclusions = [.userLeak]
        #expect(!kind.shutsOut(fixture.claim, under: fixture.policy))
        let used = ClaimFixture(defect: .used)
        #expect(!kind.shutsOut(used.claim, under: used.policy))
    }

    @Test("a statement alone and a contradiction go to a person")
    func certainty() {
        var row = DecisionRow(state: .notFound, certainty: .claimed, decision: .noDefect)
        #expect(decide(row) == .needsPerson(.statementOnly))
        row.certainty = .conflict
        #expect(decide(row) == .needsPerson(.sourcesConflict))
    }

    @Test("no warranty, no hand-over and no start are told apart")
    func windows() {
        let row = DecisionRow(state: .notFound, decision: .noDefect)
        var none = WarrantyPolicy.sevenDays
        none.window.mode = .none
        #expect(decide(row, policy: none) == .notCovered(.noWarranty))
        #expect(decide(row, facts: WindowFacts()) == .notCovered(.notYetDelivered))
        var firstUse = WarrantyPolicy.sevenDays
        firstUse.window.basis = .firstUse
        #expect(decide(row, policy: firstUse) == .needsPerson(.windowNotStarted))
    }

    @Test("after the buyer's own good check a one-time warranty says so (M3-17)")
    func oneTime() {
        let facts = WindowFacts(
            placedAt: Self.delivered,
            termsDisclosedAt: Self.delivered,
            deliveredAt: Self.delivered,
            buyerSawGoodAt: Self.delivered + .seconds(30)
        )
        let row = DecisionRow(state: .revoked, timing: .afterDelivery, decision: .noDefect)
        #expect(
            decide(row, policy: .oneTimeVerification, facts: facts) == .notCovered(.oneTimeVerified)
        )
        var undisclosed = facts
        undisclosed.termsDisclosedAt = nil
        #expect(
            decide(row, policy: .oneTimeVerification, facts: undisclosed)
                == DecisionRow.merchant(.codeUnusable)
        )
    }

    @Test("an undecided code goes to a person when the window ends")
    func undecidedAtEnd() {
        let row = DecisionRow(state: .indeterminate, decision: .noDefect)
        #expect(decide(row, after: .seconds(7 * 86_400)) == .needsPerson(.undecidedAtWindowEnd))
    }

    @Test("every decision has a reason and a sentence in both languages")
    func texts() {
        var decisions = DecisionRow.all.map(\.decision)
        decisions += NotCoveredReason.allCases.map { .notCovered($0) }
        decisions += NeedsPersonReason.allCases.map { .needsPerson($0) }
        for decision in decisions {
            #expect(!decision.reason.isEmpty)
            #expect(decision.text(in: .zhCN).hasSuffix("。"))
            #expect(decision.text(in: .en).hasSuffix("."))
        }
    }
}
