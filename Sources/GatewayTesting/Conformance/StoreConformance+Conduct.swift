import CardModel
import Gateway
import WireFormat

/// Rows of the penalty ladder that merchants reach, and what people make of them.
extension StoreConformance {
    static let conduct: [Case] = [
        ladder, anotherPeriod, answered, penaltyPages, erasedPenalty, decided,
    ]

    private static let ladder = Case(
        "a row that a merchant reaches is told once, with its leaf and an event (M2-17, M2-23)"
    ) { bench in
        for number in 1...4 {
            try await bench.silent(number)
        }
        try await bench.silent(5, merchant: "m-2")
        let told = try await bench.penalties()
        bench.expect(
            told.map(\.event.row.id), is: ["missed_intervene", "missed_downrank"], "rows")
        bench.expect(told.map(\.event.value), is: [2, 3], "counted")
        bench.expect(told.map(\.state), is: [.automatic, .automatic], "states")
        for penalty in told {
            let claim = try bench.require(penalty.claim, "the claim of \(penalty.event.row.id)")
            let steps = try await bench.store.claimHistory(claim)
                .filter { $0.event == "penalty.due" }
            bench.expect(steps.count, is: 1, "steps of \(penalty.event.row.id)")
            let end = penalty.leafIndex + 1
            let leaf = try await bench.store.entries(
                of: bench.platform.number, in: penalty.leafIndex..<end)
            bench.expect(leaf.count, is: 1, "leaves of \(penalty.event.row.id)")
            bench.expect(
                try await bench.store.penalty(penalty.id), is: penalty, "found by its id")
        }
        let heard = try await bench.due(.merchantPenaltyDue)
        bench.expect(
            Set(heard.compactMap { $0.data["penalty"]?.stringValue }),
            is: Set(told.map(\.id.text)), "heard")
        bench.expect(
            heard.allSatisfy { $0.data["text"]?["zh-CN"] != nil && $0.data["claim"] == nil },
            "an event names the claim, or has no words")
    }

    private static let anotherPeriod = Case(
        "in another period a row is told again, and counts anew"
    ) { bench in
        let first = PenaltyPeriod(containing: bench.time.now())
        for number in 1...2 { try await bench.silent(number) }
        bench.time.advance(by: first.end.duration(since: bench.time.now()))
        try await bench.silent(3)
        bench.expect(
            try await bench.penalties().map(\.period), is: [first], "after one of the next period")
        try await bench.silent(4)
        let told = try await bench.penalties()
        bench.expect(
            told.map(\.event.row.id), is: ["missed_intervene", "missed_intervene"], "rows")
        bench.expect(told.map(\.period.number), is: [first.number, first.number + 1], "periods")
        bench.expect(told.map(\.event.value), is: [2, 2], "counted")
    }

    private static let answered = Case(
        "an answer in time, a claim that ended without a defect, and another's fault do not count"
    ) { bench in
        let record = try await bench.openClaim(1)
        try await bench.act(.messagePosted(isAutomatic: false), on: record, as: .merchant)
        let silent = try await bench.silent(2)
        guard case .committed = try await bench.commit(bench.withdraw(silent)) else {
            return bench.note("the buyer could not withdraw")
        }
        try await bench.silent(3)
        bench.expect(try await bench.penalties().isEmpty, "a row was reached")
        try await bench.silent(4)
        bench.expect(try await bench.penalties().map(\.event.value), is: [2], "counted")
    }

    private static let penaltyPages = Case("penalties come as they were told, of one or of all") {
        bench in
        for number in 1...6 {
            try await bench.silent(number, merchant: number.isMultiple(of: 2) ? "m-2" : "m-1")
        }
        let all = try await bench.penalties(merchant: nil)
        bench.expect(all.map(\.merchant), is: ["m-1", "m-2", "m-1", "m-2"], "of all")
        let rest = try await bench.store.penalties(
            platform: bench.platform.number, merchant: nil, after: all[1].id, limit: 1)
        bench.expect(rest, is: [all[2]], "the page after the second")
        bench.expect(
            try await bench.penalties(merchant: "m-2"), is: [all[1], all[3]], "of one")
        let other = try await bench.addPlatform("bazaar")
        let foreign = try await bench.store.penalties(
            platform: other.number, merchant: nil, after: nil, limit: 10)
        bench.expect(foreign.isEmpty, "another platform has them")
    }

    private static let erasedPenalty = Case(
        "when its claim is erased, a decided penalty names it no more, another is told again"
    ) { bench in
        for number in 1...2 { try await bench.silent(number) }
        let first = try bench.require(try await bench.penalties().first, "the penalty")
        try await bench.eraseDelivery(of: first)
        bench.expect(try await bench.penalties(), is: [], "what is left")
        bench.expect(try await bench.store.penalty(first.id), is: nil, "found by its id")
        try await bench.silent(3)
        let again = try bench.require(try await bench.penalties().first, "the second penalty")
        bench.expect(again.event.row.id, is: first.event.row.id, "row")
        let claim = try bench.require(
            try await bench.store.claim(bench.require(again.claim, "its claim's id")), "its claim")
        guard
            case .committed = try await bench.commit(
                bench.advance(
                    .penalty(again.id, .dismissed, reason: "seen"), on: claim, by: .platform))
        else { return bench.note("nobody could decide") }
        var wanted = try bench.require(try await bench.store.penalty(again.id), "the decided one")
        try await bench.eraseDelivery(of: wanted)
        wanted.claim = nil
        bench.expect(try await bench.penalties(), is: [wanted], "what is left")
    }

    private static let decided = Case("a penalty that waits for a person is decided once, by one") {
        bench in
        for number in 1...10 { try await bench.silent(number) }
        let fine = try bench.require(
            try await bench.penalties().first { $0.event.row.id == "missed_fine" }, "the fine")
        bench.expect(fine.state, is: .due, "state")
        let claim = try bench.require(
            try await bench.store.claim(bench.require(fine.claim, "its claim's id")), "its claim")
        func decide(_ id: PenaltyID, by role: ClaimActor) async throws -> CommitOutcome {
            try await bench.commit(
                bench.advance(.penalty(id, .confirmed, reason: "seen"), on: claim, by: role))
        }
        guard case .refused = try await decide(fine.id, by: .merchant) else {
            return bench.note("the merchant decided")
        }
        guard case .committed = try await decide(fine.id, by: .platform) else {
            return bench.note("nobody could decide")
        }
        guard
            case .refused(.notAllowed(reason: "already_heard")) =
                try await decide(fine.id, by: .platform)
        else { return bench.note("it was decided twice") }
        let after = try await bench.store.penalty(fine.id)
        bench.expect(after?.state, is: .confirmed, "state")
        bench.expect(after?.decision?.account, is: "a-1", "who decided")
        let names = try await bench.store.claimHistory(claim.id).map(\.event)
        bench.expect(names.last, is: "penalty.confirmed", "the last step")
    }
}

extension StoreBench {
    /// Erases the delivery whose claim reached a row.
    func eraseDelivery(of penalty: PenaltyRecord) async throws {
        let id = try require(penalty.claim, "the claim's id")
        let claim = try require(try await store.claim(id), "the claim")
        let order = ErasureOrder(
            platform: platform.number, delivery: claim.delivery, at: time.now(),
            requestSHA256: [UInt8](repeating: 7, count: 32), rule: RetentionRule(period: .zero),
            overrideReason: "a test", quarantined: [])
        guard case .committed = try await commit(.erase(order)) else {
            return note("the delivery was not erased")
        }
    }

    func penalties(merchant: String? = "m-1") async throws -> [PenaltyRecord] {
        try await store.penalties(
            platform: platform.number, merchant: merchant, after: nil, limit: 100)
    }

    /// A claim of its own order.
    func claim(
        _ number: Int,
        against merchant: String,
        price: Money?
    ) async throws -> ClaimRecord {
        let item = ItemDraft(number).with {
            $0.merchant = merchant
            $0.price = price
        }
        let now = time.now()
        let answer = try await admit(
            NoticeDraft("w-\(number)", order: "o-\(number)", item).with { $0.deliveredAt = now })
        try await answerOne(.used(at: Self.start - .seconds(3_600)))
        let claim = try await items(answer).first?.decision?.claim
        return try require(
            try await store.claim(try require(claim, "the claim's id")), "the claim")
    }

    func ringFirst(_ record: ClaimRecord, after seconds: Int64 = 0) async throws {
        time.advance(by: .seconds(seconds))
        guard case .committed = try await commit(ring(.firstResponse, record)) else {
            return note("the first clock of \(record.id.text) did not ring")
        }
    }

    /// A claim whose first answer nobody gave.
    @discardableResult
    func silent(_ number: Int, merchant: String = "m-1") async throws -> ClaimRecord {
        let record = try await claim(number, against: merchant, price: nil)
        try await ringFirst(record, after: 120)
        return record
    }

    func advance(
        _ move: ClaimMove,
        on record: ClaimRecord,
        by role: ClaimActor
    ) -> Change {
        .advanceClaim(
            ClaimAdvance(
                platform: platform.number,
                claim: record.id,
                move: move,
                name: "act",
                principal: ClaimPrincipal(role, account: "a-1"),
                rules: ClaimRules(policy: .sevenDays, calendar: .weekdays),
                at: time.now(),
                drafting: newDrafting()
            )
        )
    }
}
