import CardModel
import Gateway
import WireFormat

extension StoreConformance {
    static let checks: [Case] = [
        twoWorkers, standingWord, expiredLease, release, otherAdapters, reask,
        Case("an answer is recorded with a leaf of its own, and the delivery is checked") { bench in
            let answer = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2))
            )
            let leased = try await bench.lease()
            _ = try await bench.commit(try bench.outcome(leased[0], .good))
            bench.expect(try await bench.due(.deliveryChecked).count, is: 0, "events after one")
            _ = try await bench.commit(try bench.outcome(leased[1], .good))
            bench.expect(try await bench.due(.deliveryChecked).count, is: 1, "events after both")
            bench.expect(try await bench.states(answer), is: ["ok_unused", "ok_unused"], "states")
            let indices = try await bench.items(answer).compactMap { $0.decision?.leaf.index }
            bench.expect(indices.sorted(), is: [1, 2], "leaves of the verdicts")
            bench.expect(try await bench.store.openCheckCount(), is: 0, "open checks")
        },
        Case("a leased check brings its item, its order and its notice's data key") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let leased = try await bench.leaseOne()
            let item = try await bench.items(answer).first
            bench.expect(leased.orderID, is: "o-1", "order")
            bench.expect(leased.item.sealedCode, is: item?.sealedCode, "sealed code")
            bench.expect(leased.check.state, is: .leased, "state")
            let key = try await bench.store.wrappedDataKey(of: leased.item.notice)
            bench.expect(leased.wrappedDataKey != nil, "no data key")
            bench.expect(leased.wrappedDataKey, is: key, "data key")
        },
        Case("a defect that stands on the card opens its claim with the notice") { bench in
            let expired = Verdict(
                state: .expired,
                timing: .beforeDelivery,
                certainty: .local,
                expiresOn: CalendarDate(of: StoreBench.start).adding(days: -2),
                adapter: "reader@1"
            )
            let draft = ItemDraft(1).with {
                $0.adapter = nil
                $0.reading = CardReading(
                    verdict: expired,
                    adapter: "reader",
                    skewMargin: .seconds(120)
                )
            }
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", draft))
            bench.expect(try await bench.states(answer), is: ["expired"], "state")
            bench.expect(try await bench.store.openCheckCount(), is: 0, "open checks")
            let claim = try await bench.onlyClaim(of: answer)
            bench.expect(claim.claim.against, is: .merchant, "liable")
            let item = try bench.require(try await bench.items(answer).first, "the item")
            let check = try await bench.store.check(item.check)
            bench.expect(check?.decision?.claim, is: claim.id, "the claim beside the check")
            bench.expect(check?.attempts, is: 1, "attempts")
            let leaf = try bench.require(item.decision?.leaf, "the reading's leaf")
            bench.expect(leaf.index != answer.leafIndex, "the defect has no leaf of its own")
        },
        Case("a card that was read and sold before is a duplicate that keeps the reading") {
            bench in
            let draft = ItemDraft(1).with {
                $0.adapter = nil
                $0.reading = CardReading(
                    verdict: Verdict(state: .unsupported, certainty: .local, adapter: "reader@1"),
                    adapter: "reader",
                    skewMargin: .seconds(120)
                )
            }
            try await bench.admit(NoticeDraft("w-1", order: "o-1", draft))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", draft))
            let verdict = try await bench.items(second).first?.decision?.verdict
            bench.expect(verdict?.state, is: .duplicateDelivery, "state")
            bench.expect(verdict?.issuerState, is: .unsupported, "what the card said")
        },
        Case("a product that nobody answers for is unsupported at once") { bench in
            let answer = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1).with { $0.adapter = nil })
            )
            bench.expect(try await bench.states(answer), is: ["unsupported"], "state")
            bench.expect(try await bench.store.openCheckCount(), is: 0, "open checks")
            bench.expect(try await bench.due(.deliveryChecked).count, is: 1, "events")
        },
    ]

    private static let twoWorkers = Case("two workers never hold the same check") { bench in
        for number in 0..<20 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            )
        }
        let now = bench.time.now()
        let store = bench.store
        let held = try await withThrowingTaskGroup(of: [CheckID].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try await store.leaseChecks(
                        adapter: "issuer",
                        limit: 4,
                        now: now,
                        until: now + .seconds(60 + worker)
                    ).map(\.check.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        bench.expect(held.count, is: 20, "held checks")
        bench.expect(Set(held).count, is: 20, "different checks")
    }

    private static let standingWord = Case(
        "the check whose word stands goes on speaking while the buyer's question waits"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let notActivated = Verdict(state: .notActivated, certainty: .authoritative)
        try await bench.answerOne(notActivated, askAgainAfter: .seconds(60))
        bench.time.advance(by: .seconds(60))
        let again = try await bench.leaseOne()
        bench.expect(try await bench.selfTest(answer)?.enqueued.count, is: 1, "buyer's checks")
        _ = try await bench.commit(try bench.outcome(again, notActivated))
        let decision = try await bench.items(answer).first?.decision
        bench.expect(decision?.check, is: again.check.id, "the check that decided")
        bench.expect(decision?.verdict.state, is: .notActivated, "state")
        bench.expect(decision?.claimRefusal != "overtaken", "the standing word was overtaken")
    }

    private static let expiredLease = Case(
        "an expired lease is due again, and the first worker's outcome is refused"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let first = try await bench.leaseOne()
        bench.expect(try await bench.lease().isEmpty, "a held check was leased again")
        let due = try await bench.store.nextCheckDue(adapter: "issuer")
        bench.expect(due, is: first.leasedUntil, "next due")
        bench.time.advance(by: .seconds(61))
        let second = try await bench.leaseOne()
        bench.expect(second.check.id, is: first.check.id, "check")
        guard case .refused(.leaseLost) = try await bench.commit(try bench.outcome(first, .good))
        else { return bench.note("an outcome under a lost lease was recorded") }
        bench.expect(try await bench.states(answer), is: ["-"], "states after the lost lease")
        _ = try await bench.commit(try bench.outcome(second, .good))
        bench.expect(try await bench.states(answer), is: ["ok_unused"], "states")
        guard case .refused(.leaseLost) = try await bench.commit(try bench.outcome(second, .good))
        else { return bench.note("one outcome was recorded twice") }
    }

    private static let release = Case("a released check is due at once, and only for its holder") {
        bench in
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let held = try await bench.leaseOne()
        try await bench.store.releaseChecks(
            [held.check.id],
            leasedUntil: held.leasedUntil + .seconds(1)
        )
        bench.expect(try await bench.lease().isEmpty, "another worker released the check")
        try await bench.store.releaseChecks([held.check.id], leasedUntil: held.leasedUntil)
        let again = try await bench.leaseOne()
        bench.expect(again.check.attempts, is: 0, "attempts")
        _ = try await bench.commit(try bench.outcome(again, .good))
        try await bench.store.releaseChecks([held.check.id], leasedUntil: again.leasedUntil)
        bench.expect(try await bench.lease().isEmpty, "a done check was released")
    }

    private static let otherAdapters = Case("a worker gets only its adapter's checks, oldest first")
    { bench in
        for number in 0..<6 {
            let item = ItemDraft(number).with { $0.adapter = number < 3 ? "issuer" : "other" }
            try await bench.admit(NoticeDraft("w-\(number)", order: "o-\(number)", item))
            bench.time.advance(by: .seconds(1))
        }
        let leased = try await bench.lease(2)
        bench.expect(leased.map(\.orderID), is: ["o-0", "o-1"], "the first two")
        bench.expect(try await bench.lease().map(\.orderID), is: ["o-2"], "the third")
        let none = try await bench.store.nextCheckDue(adapter: "nobody")
        bench.expect(none == nil, "a check of an adapter that has none is due")
        bench.expect(try await bench.store.openCheckCount(), is: 6, "open checks")
    }

    private static let reask = Case("asking again keeps one check and counts its attempts") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let first = try await bench.leaseOne()
        _ = try await bench.commit(
            try bench.outcome(first, .unknown, askAgainAfter: .seconds(60))
        )
        bench.expect(try await bench.states(answer), is: ["indeterminate"], "after the first")
        let decision = try await bench.items(answer).first?.decision
        bench.expect(decision?.claim == nil, "an unanswered question opened a claim")
        bench.expect(try await bench.lease().isEmpty, "asked again before its time")
        bench.time.advance(by: .seconds(60))
        let second = try await bench.leaseOne()
        bench.expect(second.check.id, is: first.check.id, "check")
        bench.expect(second.check.attempts, is: 1, "attempts")
        bench.expect(second.check.firstAskedAt, is: StoreBench.start, "first asked at")
        _ = try await bench.commit(try bench.outcome(second, .good))
        let check = try await bench.store.check(first.check.id)
        bench.expect(check?.attempts, is: 2, "attempts in the end")
        bench.expect(check?.decision?.verdict.state, is: .okUnused, "the check's verdict")
        let incidents = try await bench.items(answer).first?.undecidedIncidents
        bench.expect(incidents?.count, is: 1, "times without an answer")
        bench.expect(incidents?.first?.endedAt, is: bench.time.now(), "end of that time")
    }
}
