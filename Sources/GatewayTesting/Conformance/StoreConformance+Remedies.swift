import CardModel
import Gateway
import WireFormat

/// Clocks of claims, attempts to carry remedies out, the deposits' book, and accounts.
extension StoreConformance {
    static let remedies: [Case] = [
        Case("the clocks of a claim that opened wait in the order of their times") { bench in
            let record = try await bench.openClaim()
            let first = try await bench.store.nextRingDue()
            bench.expect(first, is: StoreBench.start + .seconds(120), "first ring")
            let none = try await bench.store.dueRings(now: StoreBench.start, limit: 10)
            bench.expect(none.isEmpty, "a clock rings before its time")
            let later = StoreBench.start + .seconds(2 * 86_400)
            let rings = try await bench.store.dueRings(now: later, limit: 10)
            bench.expect(
                rings.map(\.timer), is: [.firstResponse, .proposal, .resolution, .hardLimit],
                "rings")
            bench.expect(rings.allSatisfy { $0.claim == record.id }, "a ring of another claim")
        },
        Case("a clock rings once, whoever comes second") { bench in
            let record = try await bench.openClaim()
            bench.time.advance(by: .seconds(120))
            guard case .committed = try await bench.commit(bench.ring(.firstResponse, record))
            else { return bench.note("the clock did not ring") }
            guard
                case .refused(.notAllowed(reason: "timer_not_running")) = try await bench.commit(
                    bench.ring(.firstResponse, record))
            else { return bench.note("the clock rang twice") }
            let history = try await bench.store.claimHistory(record.id)
            bench.expect(history.filter { $0.event == "timer.rung" }.count, is: 1, "rings")
            let next = try await bench.store.nextRingDue()
            bench.expect(next, is: StoreBench.start + .seconds(7_200), "next ring")
        },
        dueList, tracking, refund, payout, lateRemedy, deposits, paidInLater, sameKey, accounts,
    ]

    private static let dueList = Case("the list of what is due is by time, platform and merchant") {
        bench in
        let record = try await bench.openClaim()
        let due = StoreBench.start + .seconds(120)
        for (before, merchant, count) in [
            (due, nil, 0), (due + .seconds(1), nil, 1), (due + .seconds(1), "m-1", 1),
            (due + .seconds(1), "m-2", 0),
        ] as [(Instant, String?, Int)] {
            let claims = try await bench.store.claims(
                platform: bench.platform.number, merchant: merchant, dueBefore: before, limit: 5)
            bench.expect(claims.count, is: count, "due before \(before.rfc3339)")
        }
        bench.expect(record.dueAt, is: due, "due time")
    }

    private static let tracking = Case("a claim is found by its tracking number, and by no other") {
        bench in
        let first = try await bench.openClaim(1)
        let second = try await bench.openClaim(2)
        bench.expect(first.tracking != second.tracking, "two claims have one number")
        let found = try await bench.store.claim(tracking: second.tracking)
        bench.expect(found?.id, is: second.id, "found")
    }

    private static let refund = Case("a remedy is asked for once, and its receipt closes the claim")
    { bench in
        let record = try await bench.openClaim(price: .yuan(50))
        let refund = try bench.require(
            Redress(.refundOriginal, amount: .yuan(50)), "the redress")
        try await bench.act(.remedyOffered(refund), on: record, as: .merchant)
        try await bench.act(.remedyAnswered(isAccepted: true), on: record, as: .buyer)
        let asked = try await bench.store.remedies(of: record.id)
        bench.expect(asked.map(\.state), is: [.requested], "remedies")
        bench.expect(try await bench.due(.remedyRequested).count, is: 1, "events")
        let receipt = RemedyReceipt(attempt: 1, result: .done(refund))
        try await bench.act(.remedyReceipt(receipt), on: record, as: .platform)
        let closed = try await bench.store.claim(record.id)
        bench.expect(closed?.claim.state, is: .closedRemedied, "state")
        let done = try await bench.store.remedies(
            platform: bench.platform.number, state: .done, after: nil, limit: 5)
        bench.expect(done.map(\.id), is: asked.map(\.id), "done")
        bench.expect(try await bench.store.nextRingDue() == nil, "a closed claim has a clock")
    }

    private static let payout = Case(
        "the deposit pays for a merchant who does not, and sums to zero"
    ) { bench in
        try await bench.deposit(.yuan(80), key: "k-1")
        let record = try await bench.openClaim(price: .yuan(50), policy: .withCaps)
        try await bench.expectBalances(["deposit/m-1": 3_000, "outside": -8_000], held: 5_000)
        let refund = try bench.require(
            Redress(.refundOriginal, amount: .yuan(50)), "the redress")
        try await bench.act(.remedyOffered(refund), on: record, as: .merchant)
        try await bench.act(.remedyAnswered(isAccepted: true), on: record, as: .buyer)
        bench.time.advance(by: .seconds(86_400))
        guard case .committed = try await bench.commit(bench.ring(.execution, record)) else {
            return bench.note("the execution's clock did not ring")
        }
        let payers = try await bench.store.remedies(of: record.id).map(\.execution.payer)
        bench.expect(payers, is: [.merchant, .deposit], "payers")
        let receipt = RemedyReceipt(attempt: 2, result: .done(refund))
        try await bench.act(.remedyReceipt(receipt), on: record, as: .platform)
        try await bench.expectBalances(
            ["deposit/m-1": 3_000, "outside": -8_000, "paid": 5_000], held: 0)
    }

    private static let deposits = Case(
        "what is not there cannot be withdrawn, nor what a claim holds"
    ) { bench in
        try await bench.deposit(.yuan(80), key: "k-1")
        _ = try await bench.openClaim(price: .yuan(50))
        let tooMuch = try await bench.commit(bench.withdrawal(.yuan(31), key: "k-2"))
        guard case .refused(.notAllowed(reason: "insufficient_funds")) = tooMuch else {
            return bench.note("what a claim holds was withdrawn")
        }
        guard case .committed = try await bench.commit(bench.withdrawal(.yuan(30), key: "k-2"))
        else { return bench.note("what is free was not withdrawn") }
        try await bench.expectBalances(["outside": -5_000], held: 5_000)
    }

    private static let paidInLater = Case(
        "what is paid in after a claim opened answers for it before it is withdrawn"
    ) { bench in
        _ = try await bench.openClaim(price: .yuan(50))
        try await bench.deposit(.yuan(80), key: "k-1")
        let tooMuch = try await bench.commit(bench.withdrawal(.yuan(31), key: "k-2"))
        guard case .refused(.notAllowed(reason: "insufficient_funds")) = tooMuch else {
            return bench.note("what a claim lacks was withdrawn")
        }
        guard case .committed = try await bench.commit(bench.withdrawal(.yuan(30), key: "k-2"))
        else { return bench.note("what is free was not withdrawn") }
    }

    private static let sameKey = Case("a key of the book is used once, for one change") { bench in
        for _ in 0..<2 { try await bench.deposit(.yuan(80), key: "k-1") }
        try await bench.expectBalances(["deposit/m-1": 8_000, "outside": -8_000], held: 0)
        guard
            case .refused(.otherAct) = try await bench.commit(
                bench.withdrawal(.yuan(1), key: "k-1"))
        else { return bench.note("a used key moved other money") }
        let entries = try await bench.store.ledgerEntries(
            platform: bench.platform.number, after: nil, limit: 5)
        bench.expect(entries.map(\.entry.transaction.kind), is: [.deposit], "entries")
    }

    private static let accounts = Case("accounts have names and tokens of their own") { bench in
        let account = try bench.account("li", token: 1)
        bench.expect(try await bench.store.addPartyAccount(account), "the account was not added")
        let namesake = try bench.account("li", token: 2)
        bench.expect(!(try await bench.store.addPartyAccount(namesake)), "a name was taken twice")
        let found = try await bench.store.partyAccount(tokenDigest: account.tokenDigest)
        bench.expect(found, is: account, "found by its token")
        let platform = bench.platform.number
        let at = bench.time.now()
        bench.expect(
            try await bench.store.revokePartyAccount(platform: platform, name: "li", at: at),
            "it was not revoked")
        bench.expect(
            !(try await bench.store.revokePartyAccount(platform: platform, name: "li", at: at)),
            "it was revoked twice")
        let revoked = try await bench.store.partyAccounts(platform: platform).map(\.revokedAt)
        bench.expect(revoked, is: [at], "revoked")
    }
}

extension StoreBench {
    func ring(_ timer: ClaimTimer, _ record: ClaimRecord) -> Change {
        advance(.timerRung(timer), on: record, name: "timer.rung", by: .system)
    }

    /// Notes when the act is refused.
    func act(_ event: ClaimEvent, on record: ClaimRecord, as role: ClaimActor) async throws {
        let principal = ClaimPrincipal(role, account: "a-1")
        let change = advance(event, on: record, name: "act", by: principal)
        guard case .committed = try await commit(change) else {
            return note("\(role.rawValue) could not act: \(event)")
        }
    }

    private func advance(
        _ event: ClaimEvent,
        on record: ClaimRecord,
        name: String,
        by principal: ClaimPrincipal
    ) -> Change {
        .advanceClaim(
            ClaimAdvance(
                platform: platform.number,
                claim: record.id,
                move: .event(event),
                name: name,
                principal: principal,
                rules: ClaimRules(policy: .withCaps, calendar: .weekdays),
                at: time.now(),
                drafting: newDrafting()
            )
        )
    }

    /// An item with a price, used before its delivery, and its claim.
    func openClaim(price: Money, policy: WarrantyPolicy = .sevenDays) async throws -> ClaimRecord {
        let item = ItemDraft(1).with {
            $0.price = price
            $0.policy = policy
        }
        let answer = try await admit(NoticeDraft("w-1", order: "o-1", item))
        try await answerOne(.used(at: Self.start - .seconds(3_600)))
        let claim = try await items(answer).first?.decision?.claim
        return try require(
            try await store.claim(try require(claim, "the claim's id")), "the claim")
    }

    func deposit(_ amount: Money, key: String) async throws {
        guard case .committed = try await commit(change(.deposit, amount, key: key)) else {
            return note("the deposit was not posted")
        }
    }

    func withdrawal(_ amount: Money, key: String) -> Change {
        change(.withdrawal, amount, key: key)
    }

    private func change(_ kind: DepositChange.Kind, _ amount: Money, key: String) -> Change {
        .postDeposit(
            DepositChange(
                platform: platform.number, kind: kind, merchant: "m-1", amount: amount,
                reference: nil, idempotencyKey: key, at: time.now()))
    }

    /// Balances by account but for what claims hold, which is told as one sum; all sum to zero.
    func expectBalances(_ expected: [String: Int64], held: Int64) async throws {
        let balances = try await store.ledgerBalances(platform: platform.number, merchant: nil)
        var found: [String: Int64] = [:]
        var heldFound: Int64 = 0
        for balance in balances {
            let alone = try await store.ledgerBalances(
                of: balance.account, platform: platform.number)
            expect(alone, is: [balance.balance], "one account")
            if case .frozen = balance.account {
                heldFound += balance.balance.minorUnits
            } else {
                found[balance.account.name] = balance.balance.minorUnits
            }
        }
        expect(found, is: expected, "balances")
        expect(heldFound, is: held, "held")
        expect(balances.reduce(0) { $0 + $1.balance.minorUnits }, is: 0, "sum")
    }

    func account(_ name: String, token: UInt8) throws -> PartyAccount {
        let text = "pt_" + Base64.encodeURL([UInt8](repeating: token, count: 32))
        return PartyAccount(
            platform: platform.number, name: name, role: .arbiter, merchant: nil,
            token: try require(PartyToken(text), "the token"), createdAt: time.now())
    }
}

extension WarrantyPolicy {
    /// Seven days, and payouts from the deposit up to a hundred yuan.
    static let withCaps: WarrantyPolicy = {
        var policy = WarrantyPolicy.sevenDays
        policy.deposit.caps = PayoutCaps(perCase: .yuan(100), perDay: .yuan(1_000))
        return policy
    }()
}

extension Money {
    /// For tests alone: a currency that is one is never refused.
    static func yuan(_ amount: Int64) -> Money {
        guard let money = Money(minorUnits: amount * 100, currency: "CNY") else {
            preconditionFailure("CNY is a currency")
        }
        return money
    }
}
