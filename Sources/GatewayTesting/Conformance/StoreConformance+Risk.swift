import CardModel
import Gateway
import WireFormat

/// Patterns of refunds, merchants that leave, and flags of abuse.
extension StoreConformance {
    static let risk: [Case] = [
        refundBurst, withdrawalHeld, oldestAnswered, largeWithdrawals, leftMerchant, abuse,
    ]

    private static let refundBurst = Case(
        "a buyer's third refund request within the hour waits for a person (M1-41, M1-42)"
    ) { bench in
        var records: [ClaimRecord] = []
        for number in 1...4 {
            let item = ItemDraft(number)
            let answer = try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", item).with {
                    $0.buyer = number == 2 ? "b-2" : "b-1"
                })
            try await bench.answerOne(Verdict(state: .revoked, certainty: .authoritative))
            let claim = try await bench.items(answer).first?.decision?.claim
            records.append(
                try bench.require(
                    try await bench.store.claim(bench.require(claim, "the claim's id")),
                    "the claim"))
        }
        for record in records {
            try await bench.act(.demandStated(.refundOriginal), on: record, as: .buyer)
        }
        var states: [ClaimState] = []
        for record in records {
            states.append(
                try bench.require(try await bench.store.claim(record.id), "the claim").claim.state)
        }
        bench.expect(states, is: [.open, .open, .open, .holdRisk], "states")
        let history = try await bench.store.claimHistory(records[3].id)
        bench.expect(history.last?.event, is: "risk.raised", "what moved it")
    }

    private static let withdrawalHeld = Case(
        "a withdrawal of a merchant who has gone silent waits for a person (M4-09)"
    ) { bench in
        try await bench.deposit(.yuan(100), key: "k-1")
        for number in 1...3 { try await bench.silent(number) }
        guard case .committed = try await bench.commit(bench.withdrawal(.yuan(30), key: "k-2"))
        else { return bench.note("a withdrawal on the day of a delivery was held") }
        bench.time.advance(by: .seconds(4 * 86_400))
        guard case .committed = try await bench.commit(bench.withdrawal(.yuan(19), key: "k-3"))
        else { return bench.note("less than half was held") }
        // What left on the day of the last delivery is part of the half.
        let held = try await bench.commit(bench.withdrawal(.yuan(2), key: "k-4"))
        guard case .refused(.notAllowed(reason: "withdrawal_held")) = held else {
            return bench.note("half of the deposit left: \(held)")
        }
        let change = DepositChange(
            platform: bench.platform.number, kind: .withdrawal, merchant: "m-1",
            amount: .yuan(2), reference: nil, idempotencyKey: "k-5", at: bench.time.now(),
            isPressedByPerson: true)
        guard case .committed = try await bench.commit(.postDeposit(change)) else {
            return bench.note("a person could not press")
        }
        try await bench.expectBalances(["deposit/m-1": 4_900, "outside": -4_900], held: 0)
    }

    private static let oldestAnswered = Case(
        "a merchant who answers the oldest of many claims is there, and may withdraw"
    ) { bench in
        try await bench.deposit(.yuan(100), key: "k-1")
        let oldest = try await bench.claim(1, against: "m-1", price: nil)
        for number in 2...198 { _ = try await bench.claim(number, against: "m-1", price: nil) }
        for number in 199...201 { try await bench.silent(number) }
        bench.time.advance(by: .seconds(4 * 86_400))
        try await bench.act(.messagePosted(isAutomatic: false), on: oldest, as: .merchant)
        let left = try await bench.commit(bench.withdrawal(.yuan(60), key: "k-2"))
        guard case .committed = left else { return bench.note("it was held: \(left)") }
    }

    private static let largeWithdrawals = Case(
        "withdrawals whose sum no amount can hold are more than any balance"
    ) { bench in
        let large = Money.yuan(50_000_000_000_000_000)
        for number in 1...3 { try await bench.silent(number) }
        for number in 1...2 {
            try await bench.deposit(large, key: "in-\(number)")
            guard
                case .committed = try await bench.commit(
                    bench.withdrawal(large, key: "out-\(number)"))
            else { return bench.note("a withdrawal on the day of a delivery was held") }
        }
        try await bench.deposit(.yuan(100), key: "in-3")
        bench.time.advance(by: .seconds(4 * 86_400))
        let held = try await bench.commit(bench.withdrawal(.yuan(1), key: "out-3"))
        guard case .refused(.notAllowed(reason: "withdrawal_held")) = held else {
            return bench.note("the rest of the deposit left: \(held)")
        }
    }

    private static let leftMerchant = Case(
        "of a merchant who leaves the next silent claim tells, and what is due waits for a person"
    ) { bench in
        try await bench.deposit(.yuan(100), key: "k-1")
        for number in 1...3 { try await bench.silent(number) }
        let last = try await bench.claim(4, against: "m-1", price: .yuan(5))
        bench.time.advance(by: .seconds(4 * 86_400))
        let change = DepositChange(
            platform: bench.platform.number, kind: .withdrawal, merchant: "m-1",
            amount: .yuan(60), reference: nil, idempotencyKey: "k-2", at: bench.time.now(),
            isPressedByPerson: true)
        guard case .committed = try await bench.commit(.postDeposit(change)) else {
            return bench.note("the deposit did not leave")
        }
        try await bench.ringFirst(last)
        let record = try bench.require(try await bench.store.claim(last.id), "the claim")
        bench.expect(record.claim.isAutomationHeld, "the deposit pays by itself")
        let told = try await bench.penalties()
        let rows = Set(told.map(\.event.row.id))
        bench.expect(rows.isSuperset(of: ["gone_downrank", "gone_suspend"]), "rows: \(rows)")
        bench.expect(!rows.contains("absconded_ban"), "a ban that no person confirmed")
        let suspension = try bench.require(
            told.first { $0.event.row.id == "gone_suspend" }, "the suspension")
        let decision = bench.advance(
            .penalty(suspension.id, .confirmed, reason: "nobody there"), on: record, by: .platform)
        guard case .committed = try await bench.commit(decision) else {
            return bench.note("a person could not confirm it")
        }
        let ban = try await bench.penalties().last
        bench.expect(ban?.event.row.id, is: "absconded_ban", "what follows")
        bench.expect(ban?.state, is: .due, "the ban's state")
    }

    private static let abuse = Case(
        "a flag of abuse is told to the platform, and moves no clock and no state (M2-19)"
    ) { bench in
        let record = try await bench.openClaim()
        let later = record.claim.filedAt + .twoDays
        let rings = try await bench.store.dueRings(now: later, limit: 10)
        for role in [ClaimActor.buyer, .merchant] {
            guard
                case .committed = try await bench.commit(
                    bench.advance(.abuse(.threat), on: record, by: role))
            else { return bench.note("\(role.rawValue) could not flag") }
        }
        guard
            case .refused(.notAllowed(reason: "wrong_actor")) = try await bench.commit(
                bench.advance(.abuse(.threat), on: record, by: .platform))
        else { return bench.note("the platform flagged") }
        let after = try bench.require(try await bench.store.claim(record.id), "the claim")
        bench.expect(after.claim, is: record.claim, "the claim")
        bench.expect(
            try await bench.store.dueRings(now: later, limit: 10),
            is: rings, "rings")
        let notices = try await bench.due(.claimActionRequired).filter {
            $0.data["notice"]?.stringValue == "abuse_flagged"
        }
        bench.expect(notices.count, is: 2, "notices")
        bench.expect(
            notices.allSatisfy { $0.data["to"]?.stringValue == "platform" }, "another was told")
    }
}

extension Duration {
    /// Within it the first clocks of a claim ring.
    fileprivate static var twoDays: Duration { .seconds(2 * 86_400) }
}
