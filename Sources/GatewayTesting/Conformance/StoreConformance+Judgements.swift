import CardModel
import Gateway
import WireFormat

extension StoreConformance {
    /// What is kept so that another policy can be tried on a decision (D-10).
    static let judgements: [Case] = [
        Case("a verdict is judged again from what is kept with it, and comes to the same") {
            bench in
            let start = StoreBench.start
            let answer = try await bench.admit(
                NoticeDraft(
                    "w-1", order: "o-1",
                    items: (1...4).map { ItemDraft($0, line: $0).with { $0.placedAt = start } }))
            let verdicts = [
                Verdict.good, .used(at: start - .seconds(600)), .used(at: start + .seconds(600)),
                .unknown,
            ]
            for (leased, verdict) in zip(try await bench.lease(), verdicts) {
                _ = try await bench.commit(try bench.outcome(leased, verdict))
            }
            let claims = try await bench.judgedAgain(answer).map(\.claim)
            bench.expect(
                claims.sorted(),
                is: ["awaits_recheck", "no_defect", "open", "used_after_delivery"],
                "what came of the claims")
        },
        Case("what an answer says later changes nothing about what was decided before") {
            bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
            let before = try await bench.judgedAgain(second)
            bench.time.advance(by: .seconds(3_600))
            let used = Verdict.used(at: StoreBench.start + .seconds(600))
            for leased in try await bench.lease() {
                _ = try await bench.commit(try bench.outcome(leased, used))
            }
            let item = try bench.require(try await bench.items(second).first, "the duplicate")
            bench.expect(item.activatedAt != nil, "the issuer's word is not noted")
            bench.expect(item.decision?.judgement?.basis.standing == nil, "the basis is another")
            bench.expect(try await bench.judgedAgain(second), is: before, "the judgement")
        },
        Case("the second answer in a row is judged as the second") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let notActivated = Verdict(state: .notActivated, certainty: .authoritative)
            try await bench.answerOne(notActivated, askAgainAfter: .seconds(60))
            bench.expect(
                try await bench.judgedAgain(answer).map(\.claim), is: ["awaits_recheck"], "first")
            bench.time.advance(by: .seconds(60))
            try await bench.answerOne(notActivated)
            let decision = try await bench.items(answer).first?.decision
            bench.expect(decision?.judgement?.basis.sameAnswers, is: 2, "answers in a row")
            let claims = try await bench.judgedAgain(answer).map(\.claim)
            bench.expect(claims == ["awaits_recheck"], is: false, "the second is as the first")
        },
    ]
}

extension StoreBench {
    /// What is on record about the items of an answer, after each was judged again.
    func judgedAgain(_ answer: StoredAnswer) async throws -> [PastDecision] {
        try await items(answer).compactMap { item -> PastDecision? in
            guard let decision = item.decision,
                let decided = DecidedItem(
                    terms: item.terms.value, deliveredAt: item.deliveredAt, decision: decision)
            else { return nil }
            let again = decided.warrantyCase.judged(under: .sevenDays)
            expect(again.claim.reason, is: decided.judgement.claim, "the claim judged again")
            expect(again.liability.party, is: decision.liability, "who is liable, judged again")
            return decided.warrantyCase.decided
        }
    }
}
