import AdapterKit
import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let redemptions: [Case] = [
        race, crash, callbackTwice, callbackLimit, contrary, olderWord, freed, lateSuccess,
        otherFingerprint, outrun, erased, listing,
        Case("a consent is recorded once for a key, and a refused one gives its key back") {
            bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let first = try await bench.grant(answer, key: "k-1")
            bench.expect(first?.consent != nil, "no consent")
            let second = try await bench.grant(answer, key: "k-1")
            bench.expect(second?.isRepeat, is: true, "the second time is a repeat")
            bench.expect(second?.consent?.id, is: first?.consent?.id, "consent")
            bench.expect(second?.redemption?.number, is: first?.redemption?.number, "order")
            guard
                case .refused(.otherAct) = try await bench.commit(
                    bench.consent(answer, key: "k-1", body: "other"))
            else { return bench.note("another act was taken under the same key") }
            guard
                case .refused(.notAllowed) = try await bench.commit(
                    bench.consent(answer, key: "k-2"))
            else { return bench.note("a code was ordered twice") }
            let order = try bench.require(first?.redemption, "the order")
            let leased = try await bench.leaseOrder()
            _ = try await bench.intend(leased)
            _ = try await bench.commit(try bench.word(order, .notTaken, .unknown, leased: leased))
            bench.expect(
                try await bench.grant(answer, key: "k-2")?.consent != nil,
                "the key of a refused consent is spent")
        },
        Case("a consent to ask makes the question due that waited for it") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let waiting = try await bench.leaseOne()
            guard case .recordCheck(var outcome) = try bench.outcome(waiting, .unconsented) else {
                return bench.note("the outcome is none of a check")
            }
            outcome.missingConsent = .inquire
            _ = try await bench.commit(.recordCheck(outcome))
            bench.expect(try await bench.lease().isEmpty, "asked without consent")
            let check = try await bench.store.check(waiting.check.id)
            bench.expect(check?.attempts, is: 0, "attempts")
            _ = try await bench.commit(bench.consent(answer, .inquire))
            let item = try bench.require(try await bench.items(answer).first, "the item")
            let consent = try await bench.store.consent(of: item.number, for: .inquire)
            bench.expect(consent?.givenBy, is: .buyer, "given by")
            let again = try await bench.leaseOne()
            bench.expect(again.check.id, is: waiting.check.id, "check")
        },
        Case("a consent that comes while the question is refused is not lost") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let waiting = try await bench.leaseOne()
            _ = try await bench.commit(bench.consent(answer, .inquire))
            guard case .recordCheck(var outcome) = try bench.outcome(waiting, .unconsented) else {
                return bench.note("the outcome is none of a check")
            }
            outcome.missingConsent = .inquire
            _ = try await bench.commit(.recordCheck(outcome))
            bench.expect(try await bench.lease().count, is: 1, "due checks")
        },
        Case("what an answer leaves to go on with comes back with the next lease") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let first = try await bench.leaseOne()
            guard
                case .recordCheck(var outcome) = try bench.outcome(
                    first, .unknown, askAgainAfter: .seconds(1))
            else { return bench.note("the outcome is none of a check") }
            outcome.continuation = "ticket 7"
            outcome.isPoll = true
            _ = try await bench.commit(.recordCheck(outcome))
            bench.time.advance(by: .seconds(1))
            let second = try await bench.leaseOne()
            bench.expect(second.check.continuation, is: "ticket 7", "continuation")
            bench.expect(second.check.polls, is: 1, "polls")
            _ = try await bench.commit(try bench.outcome(second, .good))
            let check = try await bench.store.check(first.check.id)
            bench.expect(check?.continuation == nil, "an old continuation is kept")
        },
    ]

    private static let race = Case("of callers who race for one code, one gets an order") { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let store = bench.store
        let changes = try await (0..<8).asyncMap { _ in try await bench.consent(answer) }
        let outcomes = try await withThrowingTaskGroup(of: [CommitOutcome].self) { group in
            for change in changes { group.addTask { try await store.commit([change]) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let made = outcomes.count { outcome in
            if case .committed(let receipt) = outcome { receipt.redemption != nil } else { false }
        }
        bench.expect(made, is: 1, "orders made")
        let orders = try await bench.orders()
        bench.expect(orders.map(\.state), is: [.planned], "orders")
        bench.expect(try await bench.leaseOrders().count, is: 1, "leased orders")
        bench.expect(try await bench.leaseOrders().isEmpty, "a held order was leased again")
    }

    private static let crash = Case(
        "an intended order whose lease ended, or whose process died, is found as intended"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        _ = try await bench.commit(bench.consent(answer))
        let first = try await bench.leaseOrder()
        guard case .committed = try await bench.intend(first) else {
            return bench.note("a planned order could not be intended")
        }
        guard case .refused(.leaseLost) = try await bench.intend(first) else {
            return bench.note("an order was intended twice")
        }
        if try bench.reopen() == false { bench.time.advance(by: .seconds(61)) }
        let again = try await bench.leaseOrder()
        bench.expect(again.redemption.state, is: .intended, "state after the crash")
        bench.expect(again.redemption.placedAt, is: StoreBench.start, "placed at")
        bench.expect(again.consent.givenBy, is: .buyer, "its consent")
        guard case .refused(.leaseLost) = try await bench.intend(again) else {
            return bench.note("an intended order was intended again")
        }
        _ = try await bench.commit(
            try bench.word(again.redemption, .settled, .spent, leased: again))
        bench.expect(try await bench.orders().map(\.state), is: [.settled], "in the end")
        bench.expect(try await bench.states(answer), is: ["ok_activated_by_buyer"], "verdict")
        let due = try await bench.store.nextRedemptionDue(adapter: "issuer", in: nil)
        bench.expect(due == nil, "a settled order is due")
    }

    private static let callbackTwice = Case("a callback is recorded once, however often it comes") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let order = try await bench.placed(answer)
        for time in 0..<3 {
            let outcome = try await bench.commit(
                try bench.word(order, .settled, .spent, from: .callback, digest: [1]))
            guard case .committed(let receipt) = outcome else {
                return bench.note("callback \(time) was refused")
            }
            bench.expect(receipt.isRepeat, is: time > 0, "callback \(time) is a repeat")
        }
        let head = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(head?.range.size, is: 4, "leaves: delivery, consent, intent, callback")
    }

    private static let callbackLimit = Case(
        "callbacks are recorded up to a number, but for known ones and the one that settles"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let order = try await bench.placed(answer)
        func report(
            _ disposition: RedemptionAnswer.Disposition,
            _ verdict: Verdict,
            _ digest: Int
        ) async throws -> CommitOutcome {
            try await bench.commit(
                try bench.word(
                    order, disposition, verdict, from: .callback, digest: [UInt8(digest)]))
        }
        for number in 1...RedemptionWord.mostCallbacks {
            guard case .committed = try await report(.accepted, .unknown, number) else {
                return bench.note("callback \(number) was refused")
            }
        }
        guard case .refused(.notAllowed) = try await report(.accepted, .unknown, 100) else {
            return bench.note("callbacks are recorded without end")
        }
        guard case .committed(let known) = try await report(.accepted, .unknown, 1) else {
            return bench.note("a known callback is not acknowledged at the limit")
        }
        bench.expect(known.isRepeat, "a known callback is new at the limit")
        guard case .committed(let last) = try await report(.settled, .spent, 101) else {
            return bench.note("the word that settles an order is refused at the limit")
        }
        bench.expect(last.redemption?.state, is: .settled, "state after the last word")
        guard case .refused(.notAllowed) = try await report(.settled, .spent, 102) else {
            return bench.note("a settled order hears words beyond the limit")
        }
    }

    private static let contrary = Case(
        "a later contrary word supersedes, and the claim that the first one opened hears it"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let order = try await bench.placed(answer)
        let revoked = Verdict(state: .notFound, certainty: .authoritative)
        _ = try await bench.commit(
            try bench.word(order, .settled, revoked, from: .callback, digest: [1]))
        bench.expect(try await bench.states(answer), is: ["not_found"], "after the first")
        bench.time.advance(by: .seconds(60))
        _ = try await bench.commit(
            try bench.word(order, .settled, .spent, from: .callback, digest: [2]))
        bench.expect(
            try await bench.states(answer), is: ["ok_activated_by_buyer"], "after the second")
        let claims = try await bench.store.claims(platform: nil, after: nil, limit: 10)
        bench.expect(!claims.isEmpty, "the first word opened no claim")
        for claim in claims {
            let history = try await bench.store.claimHistory(claim.id)
            bench.expect(history.last?.event, is: "verdict.recorded", "last step of the claim")
        }
    }

    private static let olderWord = Case(
        "an answer to a question that was put before the word that stands replaces nothing"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let order = try await bench.placed(answer)
        bench.time.advance(by: .seconds(60))
        _ = try await bench.commit(
            try bench.word(order, .settled, .spent, from: .callback, digest: [1]))
        let old = Verdict(state: .notFound, certainty: .authoritative)
        let outcome = try await bench.commit(
            try bench.word(order, .settled, old, from: .query, askedAt: StoreBench.start))
        guard case .committed(let receipt) = outcome else {
            return bench.note("an old answer was refused instead of kept as evidence")
        }
        bench.expect(receipt.proof != nil, "the old answer has no leaf")
        bench.expect(try await bench.states(answer), is: ["ok_activated_by_buyer"], "verdict")
    }

    private static let freed = Case(
        "an order that took nothing frees the code for another number, one that may have does not"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        _ = try await bench.commit(bench.consent(answer))
        let first = try await bench.leaseOrder()
        _ = try await bench.intend(first)
        let number = bench.newNumber()
        guard
            case .recordRedemption(var word) = try bench.word(
                first.redemption, .notTaken, .unknown, leased: first)
        else { return bench.note("the word is no word about an order") }
        word.retry = (number, bench.time.now() + .seconds(60))
        _ = try await bench.commit(.recordRedemption(word))
        var orders = try await bench.orders()
        bench.expect(orders.map(\.state), is: [.notTaken, .planned], "states")
        bench.expect(orders.last?.number, is: number, "number")
        bench.expect(orders.last?.ordinal, is: 2, "ordinal")
        bench.expect(try await bench.leaseOrders().isEmpty, "leased before its time")
        bench.time.advance(by: .seconds(60))
        let second = try await bench.leaseOrder()
        _ = try await bench.intend(second)
        _ = try await bench.commit(
            try bench.word(
                second.redemption, .unknown, .unknown, leased: second, again: .seconds(5)))
        orders = try await bench.orders()
        bench.expect(orders.map(\.state), is: [.notTaken, .unknown], "states")
        guard case .refused(.notAllowed(let reason)) = try await bench.commit(bench.consent(answer))
        else { return bench.note("a code whose order is open was ordered again") }
        bench.expect(reason, is: "already_ordered", "reason")
        // The first order was taken after all: its word stands, whatever the second one does.
        _ = try await bench.commit(
            try bench.word(first.redemption, .settled, .spent, from: .callback, digest: [1]))
        let used = Verdict(state: .notFound, certainty: .authoritative)
        _ = try await bench.commit(
            try bench.word(second.redemption, .settled, used, from: .callback, digest: [2]))
        bench.expect(try await bench.states(answer), is: ["ok_activated_by_buyer"], "verdict")
    }

    private static let lateSuccess = Case(
        "once an order that took nothing succeeded after all, no other one is sent or made"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        _ = try await bench.commit(bench.consent(answer))
        let first = try await bench.leaseOrder()
        _ = try await bench.intend(first)
        guard
            case .recordRedemption(var word) = try bench.word(
                first.redemption, .notTaken, .unknown, leased: first)
        else { return bench.note("the word is no word about an order") }
        word.retry = (bench.newNumber(), bench.time.now() + .seconds(60))
        _ = try await bench.commit(.recordRedemption(word))
        _ = try await bench.commit(
            try bench.word(first.redemption, .settled, .spent, from: .callback, digest: [1]))
        bench.expect(try await bench.orders().map(\.state), is: [.settled, .planned], "before")
        bench.time.advance(by: .seconds(60))
        let second = try await bench.leaseOrder()
        guard case .refused(.notAllowed(let reason)) = try await bench.intend(second) else {
            return bench.note("a code that was spent is sent again")
        }
        bench.expect(reason, is: "already_ordered", "reason")
        bench.expect(try await bench.orders().map(\.state), is: [.settled, .notTaken], "after")
        bench.expect(
            try await bench.store.nextRedemptionDue(adapter: "issuer", in: nil) == nil,
            "an order is due")
        guard
            case .refused(.notAllowed(let again)) = try await bench.commit(bench.consent(answer))
        else { return bench.note("a code that was spent is ordered again") }
        bench.expect(again, is: "already_ordered", "reason")
        bench.expect(try await bench.states(answer), is: ["ok_activated_by_buyer"], "verdict")
    }

    private static let otherFingerprint = Case(
        "a code under another fingerprint is not ordered beside the order that it has"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        _ = try await bench.placed(answer)
        guard case .giveConsent(var grant) = try await bench.consent(answer) else {
            return bench.note("the consent is none")
        }
        let other = bench.fingerprints(
            issuer: "renamed", code: CardCode(serial: nil, key: CardKey("100000000000000001")))
        grant.plan?.fingerprint = other.code
        guard
            case .refused(.notAllowed(let reason)) = try await bench.commit(.giveConsent(grant))
        else { return bench.note("a second order stands beside an open one") }
        bench.expect(reason, is: "already_ordered", "reason")
        bench.expect(try await bench.orders().count, is: 1, "orders")
    }

    private static let outrun = Case(
        "a code that was found unused while the issuer reported its order is not given free"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        _ = try await bench.placed(answer)
        bench.time.advance(by: .seconds(600))
        let leased = try await bench.leaseOrder()
        _ = try await bench.commit(
            try bench.word(
                leased.redemption, .accepted, .unknown, from: .callback, digest: [1]))
        let outcome = try await bench.commit(
            try bench.word(
                leased.redemption, .notTaken, .unknown, from: .inquiry, leased: leased))
        guard case .refused(.leaseLost) = outcome else {
            return bench.note("a word from before the report is recorded")
        }
        bench.expect(try await bench.orders().map(\.state), is: [.accepted], "state")
        let due = try await bench.store.nextRedemptionDue(adapter: "issuer", in: nil)
        bench.expect(due, is: leased.leasedUntil, "when the order is asked about again")
    }

    private static let erased = Case(
        "an order that can be asked about no more goes to a person, and a late word settles it"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let order = try await bench.placed(answer)
        _ = try await bench.commit(try bench.word(order, .unknown, .unknown, from: .gateway))
        bench.expect(try await bench.orders().map(\.state), is: [.person], "state")
        let due = try await bench.store.nextRedemptionDue(adapter: "issuer", in: nil)
        bench.expect(due == nil, "an order of a person's is due")
        bench.expect(
            try await bench.due(.claimActionRequired).count, is: 1, "calls for a person")
        _ = try await bench.commit(
            try bench.word(order, .settled, .spent, from: .callback, digest: [1]))
        bench.expect(try await bench.orders().map(\.state), is: [.settled], "in the end")
    }

    private static let listing = Case("orders are listed as they were made, by state and platform")
    {
        bench in
        for number in 1...5 {
            let answer = try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            _ = try await bench.commit(bench.consent(answer))
        }
        let all = try await bench.orders()
        bench.expect(all.count, is: 5, "orders")
        let page = try await bench.store.redemptions(
            platform: bench.platform.number, state: .planned, after: all[1].number, limit: 2)
        bench.expect(page.map(\.number), is: all[2...3].map(\.number), "the second page")
        let none = try await bench.store.redemptions(
            platform: nil, state: .person, after: nil, limit: 10)
        bench.expect(none.isEmpty, "orders in another state")
        let other = try await bench.addPlatform("bazaar")
        let others = try await bench.store.redemptions(
            platform: other.number, state: nil, after: nil, limit: 10)
        bench.expect(others.isEmpty, "another platform's orders")
        let one = try await bench.store.redemption(all[0].number)
        bench.expect(one?.check, is: all[0].check, "an order by its number")
    }
}

extension Verdict {
    fileprivate static let spent = Verdict(
        state: .okActivatedByBuyer, certainty: .authoritative)
    fileprivate static let unconsented = Verdict(
        state: .indeterminate, certainty: .derived, cause: .consentMissing)
}
