import CardModel
import Testing

@testable import Gateway

@Suite("Where a batch of stock stands") struct BatchStandingTests {
    private func standing(
        _ state: BatchStanding.State,
        released: Int = 0,
        verified: Int = 0
    ) -> BatchStanding {
        BatchStanding(
            state: state, goodCount: 10, releasedCount: released, verifiedCount: verified)
    }

    private func state(
        _ result: Result<BatchStanding, BatchRefusal>
    ) -> BatchStanding.State? {
        if case .success(let next) = result { next.state } else { nil }
    }

    @Test("every act leads from every state to one state, or to one refusal")
    func table() {
        let release = BatchAct.release(first: nil, isWaived: false)
        let rows: [(BatchAct, [BatchStanding.State: Result<BatchStanding.State, BatchRefusal>])] = [
            (
                .seal,
                [
                    .registering: .success(.held), .held: .failure(.alreadySealed),
                    .released: .failure(.alreadySealed),
                    .quarantined: .failure(.alreadySealed),
                    .recalled: .failure(.alreadySealed),
                    .withdrawn: .failure(.withdrawn),
                ]
            ),
            (
                release,
                [
                    .registering: .failure(.notSealed), .held: .success(.released),
                    .released: .success(.released), .quarantined: .success(.released),
                    .recalled: .failure(.recalled), .withdrawn: .failure(.withdrawn),
                ]
            ),
            (
                .quarantine,
                [
                    .registering: .failure(.notSealed), .held: .success(.quarantined),
                    .released: .success(.quarantined),
                    .quarantined: .success(.quarantined), .recalled: .failure(.recalled),
                    .withdrawn: .failure(.withdrawn),
                ]
            ),
            (
                .recall,
                [
                    .registering: .success(.recalled), .held: .success(.recalled),
                    .released: .success(.recalled), .quarantined: .success(.recalled),
                    .recalled: .success(.recalled), .withdrawn: .failure(.withdrawn),
                ]
            ),
            (
                .withdraw,
                [
                    .registering: .success(.withdrawn), .held: .success(.withdrawn),
                    .released: .success(.withdrawn), .quarantined: .success(.withdrawn),
                    .recalled: .failure(.recalled), .withdrawn: .success(.withdrawn),
                ]
            ),
        ]
        for (act, row) in rows {
            for from in BatchStanding.State.allCases {
                let result = standing(from).after(act).map(\.state)
                #expect(result == row[from], "\(act) from \(from)")
            }
        }
    }

    @Test("a batch of which something was released cannot be withdrawn")
    func withdrawal() {
        for state in [BatchStanding.State.released, .quarantined] {
            let batch = standing(state, released: 1)
            #expect(batch.after(.withdraw) == .failure(.released))
        }
    }

    @Test("a further stage needs every released code verified, or the buyer's waiver")
    func stages() {
        let half = standing(.released, released: 5, verified: 4)
        #expect(
            half.after(.release(first: 6, isWaived: false)) == .failure(.stageNotVerified))
        #expect(state(half.after(.release(first: 6, isWaived: true))) == .released)
        let whole = standing(.released, released: 5, verified: 5)
        #expect(state(whole.after(.release(first: 6, isWaived: false))) == .released)
        // The stage itself again is none further: it lifts a quarantine.
        let stopped = standing(.quarantined, released: 5, verified: 0)
        #expect(state(stopped.after(.release(first: 5, isWaived: false))) == .released)
    }

    @Test("a stage lies between what is released and what is good", arguments: [0, -1, 4, 11])
    func range(first: Int) {
        let batch = standing(.released, released: 5, verified: 5)
        #expect(
            batch.after(.release(first: first, isWaived: true)) == .failure(.noSuchStage))
    }

    @Test("only released good codes may be handed over")
    func blocks() {
        for state in BatchStanding.State.allCases {
            let batch = standing(state, released: 5)
            switch state {
            case .registering, .held: #expect(batch.block(rank: 0) == .notReleased)
            case .quarantined, .recalled: #expect(batch.block(rank: 0) == .quarantined)
            case .withdrawn: #expect(batch.block(rank: 0) == nil)
            case .released:
                #expect(batch.block(rank: 4) == nil)
                #expect(batch.block(rank: 5) == .notReleased)
                #expect(batch.block(rank: nil) == .failedAudit)
            }
        }
    }

    @Test(
        "a batch is recalled at the larger of the two thresholds, rounded up",
        arguments: [(1, 3), (300, 3), (301, 4), (1_000, 10), (1_001, 11), (10_000_000, 100_000)]
    )
    func threshold(codes: Int, bad: Int) {
        #expect(RecallRule.standard.threshold(codes: codes) == bad)
        var batch = BatchStanding(state: .released, goodCount: codes)
        batch.badCount = bad - 1
        #expect(!RecallRule.standard.demandsRecall(of: batch))
        batch.badCount = bad
        #expect(RecallRule.standard.demandsRecall(of: batch))
        batch.state = .recalled
        #expect(!RecallRule.standard.demandsRecall(of: batch))
    }

    @Test("nothing undecided, late or after delivery counts against the stock")
    func outcomes() {
        func outcome(
            _ state: VerdictState,
            _ timing: Timing? = nil,
            delivered: Bool = true,
            before: StockOutcome? = nil
        ) -> StockOutcome? {
            StockOutcome(
                Verdict(state: state, timing: timing, certainty: .authoritative),
                isDelivered: delivered, before: before)
        }
        #expect(outcome(.okUnused) == .good)
        #expect(outcome(.used, .beforeDelivery) == .bad)
        #expect(outcome(.used, .afterDelivery) == nil)
        #expect(outcome(.used, .unknown) == nil)
        #expect(outcome(.used, .unknown, delivered: false) == .bad)
        // Good at dispense and used by the hand-over: not the stock's fault.
        #expect(outcome(.used, .beforeDelivery, before: .good) == nil)
        #expect(outcome(.revoked, .afterDelivery, before: .good) == .bad)
        for state in VerdictState.allCases where state.standing != .good {
            let isStocks: Set<VerdictState> = [
                .malformed, .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .undervalued,
                .shortShelfLife, .revoked,
            ]
            #expect(outcome(state) == (isStocks.contains(state) ? .bad : nil), "\(state)")
        }
    }
}
