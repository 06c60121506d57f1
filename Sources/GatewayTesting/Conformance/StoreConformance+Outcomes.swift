import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// How claims ended, as it is published, and how much merchants deliver.
extension StoreConformance {
    static let outcomes: [Case] = [
        numbered, refused, replaced, pages, erasedOutcome, stated, deliveryCounts,
    ]

    private static let numbered = Case(
        "a claim that closes is published under the next number, as its leaf commits to it"
    ) { bench in
        for number in 1...3 {
            let record = try await bench.openClaim(number)
            bench.expect(try await bench.outcomes().count, is: number - 1, "of open claims")
            bench.time.advance(by: .seconds(60))
            try await bench.close(record)
        }
        let outcomes = try await bench.outcomes()
        bench.expect(outcomes.map(\.outcome.number), is: [1, 2, 3], "numbers")
        bench.expect(
            outcomes.map(\.outcome.result), is: [.withdrawn, .withdrawn, .withdrawn], "results")
        bench.expect(outcomes.compactMap(\.outcome.replaces), is: [], "replaced")
        bench.expect(Set(outcomes.compactMap(\.claim)).count, is: 3, "claims")
        for outcome in outcomes { try await bench.verify(outcome) }
        let other = try await bench.addPlatform("bazaar")
        let foreign = try await bench.store.outcomes(
            of: other.number, merchant: nil, after: 0, limit: 10)
        bench.expect(foreign.isEmpty, "another platform has them")
    }

    private static let refused = Case("an act that is refused publishes nothing") { bench in
        let record = try await bench.openClaim()
        let wrong = bench.withdraw(record, by: .merchant)
        guard case .refused = try await bench.commit(wrong) else {
            return bench.note("the merchant withdrew the claim")
        }
        bench.expect(try await bench.outcomes().isEmpty, "an outcome was published")
        try await bench.close(record)
        bench.expect(try await bench.outcomes().map(\.outcome.number), is: [1], "numbers")
    }

    private static let replaced = Case("a claim that closes again replaces its earlier outcome") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let missing = Verdict(state: .notFound, certainty: .authoritative)
        try await bench.answerOne(missing, askAgainAfter: .seconds(60))
        bench.time.advance(by: .seconds(60))
        try await bench.answerOne(.good)
        let record = try await bench.onlyClaim(of: answer)
        try await bench.close(try await bench.openClaim(2))
        let evidence = try bench.require(EvidenceReference("leaf 7"), "the evidence")
        try await bench.act(.reopened(evidence), on: record, as: .buyer)
        bench.expect(try await bench.outcomes().count, is: 2, "of a claim that is open again")
        try await bench.close(record)
        let outcomes = try await bench.outcomes()
        bench.expect(outcomes.map(\.outcome.replaces), is: [nil, nil, 1], "replaced")
        bench.expect(
            outcomes.map(\.outcome.result), is: [.recovered, .withdrawn, .withdrawn], "results")
        bench.expect(outcomes.last?.claim, is: record.id, "claim")
        if let last = outcomes.last { try await bench.verify(last) }
    }

    private static let pages = Case("outcomes come by number, of one merchant or of all") { bench in
        for number in 1...5 {
            let merchant = number.isMultiple(of: 2) ? "m-2" : "m-1"
            try await bench.close(try await bench.openClaim(number, against: merchant))
        }
        let platform = bench.platform.number
        func numbers(_ merchant: String?, after: Int, limit: Int) async throws -> [Int] {
            try await bench.store.outcomes(
                of: platform, merchant: merchant, after: after, limit: limit
            ).map(\.outcome.number)
        }
        bench.expect(try await numbers(nil, after: 0, limit: 2), is: [1, 2], "first page")
        bench.expect(try await numbers(nil, after: 2, limit: 9), is: [3, 4, 5], "second page")
        bench.expect(try await numbers("m-2", after: 0, limit: 9), is: [2, 4], "of one merchant")
        bench.expect(try await numbers("m-2", after: 2, limit: 9), is: [4], "of one, after 2")
        bench.expect(try await numbers("m-3", after: 0, limit: 9), is: [], "of nobody")
        let leaves = try await bench.outcomes().map(\.leafIndex)
        for (before, count) in [(leaves[0], 0), (leaves[0] + 1, 1), (leaves[3], 3), (.max, 5)] {
            bench.expect(
                try await bench.store.outcomeCount(of: platform, before: before), is: count,
                "outcomes before leaf \(before)")
        }
    }

    private static let erasedOutcome = Case(
        "an outcome stays as it was published when its delivery is erased"
    ) { bench in
        let record = try await bench.openClaim()
        try await bench.close(record)
        let before = try await bench.outcomes()
        bench.expect(before.first?.claim, is: record.id, "its claim")
        try await bench.erase(record.delivery)
        bench.expect(try await bench.store.claim(record.id) == nil, "the claim is still there")
        let after = try await bench.outcomes()
        bench.expect(after.map(\.disclosure), is: before.map(\.disclosure), "disclosures")
        bench.expect(after.map(\.leafIndex), is: before.map(\.leafIndex), "leaves")
        bench.expect(after.compactMap(\.claim).isEmpty, "it still names the claim")
        for outcome in after { try await bench.verify(outcome) }
        try await bench.close(try await bench.openClaim(2))
        bench.expect(try await bench.outcomes().map(\.outcome.number), is: [1, 2], "numbers")
    }

    private static let stated = Case("a health leaf states how many outcomes there are by then") {
        bench in
        for number in 0...2 {
            if number > 0 { try await bench.close(try await bench.openClaim(number)) }
            let report = try HealthReport(
                platforms: [bench.platform.number], clock: nil, build: "1.2.3", adapters: [],
                at: bench.time.now())
            _ = try await bench.commit(.recordHealth(report))
            let end = try await bench.store.logHead(of: bench.platform.number)?.end ?? 1
            let entry = try await bench.store.entries(
                of: bench.platform.number, in: end - 1..<end
            ).first
            let leaf = try EvidenceLeaf(bytes: bench.require(entry, "the leaf").leaf)
            guard case .disclosed(.health, let members) = leaf.content else {
                return bench.note("the last leaf is none of health")
            }
            bench.expect(
                members[OutcomeFile.totalMember]?.integerValue, is: Int64(number), "outcomes")
        }
    }

    private static let deliveryCounts = Case(
        "orders are counted once, by merchant and day, whatever is erased"
    ) { bench in
        let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        // The same order again, and one of somebody else.
        try await bench.admit(NoticeDraft("w-2", order: "o-1", ItemDraft(2, line: 2)))
        let other = ItemDraft(3).with { $0.merchant = "m-2" }
        try await bench.admit(NoticeDraft("w-3", order: "o-2", other))
        bench.time.advance(by: .seconds(86_400))
        try await bench.admit(NoticeDraft("w-4", order: "o-3", ItemDraft(4)))
        let today = CalendarDate(of: bench.time.now())
        let yesterday = today.adding(days: -1)
        try await bench.erase(first.delivery)
        for (days, wanted) in [
            (yesterday...today, ["m-1": 2, "m-2": 1]), (today...today, ["m-1": 1, "m-2": 0]),
            (yesterday...yesterday, ["m-1": 1, "m-2": 1]),
        ] {
            bench.expect(
                try await bench.store.deliveryCounts(of: bench.platform.number, on: days),
                is: wanted, "orders from \(days.lowerBound.iso8601)")
        }
        let bazaar = try await bench.addPlatform("bazaar")
        bench.expect(
            try await bench.store.deliveryCounts(of: bazaar.number, on: yesterday...today),
            is: [:], "another platform's orders")
    }
}

extension StoreBench {
    fileprivate func outcomes() async throws -> [OutcomeRecord] {
        try await store.outcomes(of: platform.number, merchant: nil, after: 0, limit: 100)
    }

    fileprivate func close(_ record: ClaimRecord) async throws {
        guard case .committed = try await commit(withdraw(record)) else {
            return note("the buyer could not withdraw \(record.id.text)")
        }
    }

    /// A claim against a merchant.
    fileprivate func openClaim(_ number: Int, against merchant: String) async throws -> ClaimRecord
    {
        let item = ItemDraft(number).with { $0.merchant = merchant }
        let answer = try await admit(NoticeDraft("w-\(number)", order: "o-\(number)", item))
        try await answerOne(.used(at: Self.start - .seconds(3_600)))
        let claim = try await items(answer).first?.decision?.claim
        return try require(
            try await store.claim(try require(claim, "the claim's id")), "the claim")
    }

    fileprivate func erase(_ delivery: DeliveryID) async throws {
        let order = ErasureOrder(
            platform: platform.number, delivery: delivery, at: time.now(),
            requestSHA256: [UInt8](repeating: 7, count: 32), rule: RetentionRule(period: .zero),
            overrideReason: nil, quarantined: [])
        guard case .committed(let receipt) = try await commit(.erase(order)),
            case .erased = receipt.erasure
        else { return note("\(delivery.text) was not erased") }
    }

    /// Whoever has the leaf opens the outcome in it.
    fileprivate func verify(_ record: OutcomeRecord) async throws {
        let entry = try await store.entries(
            of: platform.number, in: record.leafIndex..<record.leafIndex + 1
        ).first
        let leaf = try EvidenceLeaf(bytes: require(entry, "the closing leaf").leaf)
        let opened = try leaf.open([Disclosure(text: record.disclosure)])
        expect(opened.map(\.name), is: [OutcomeFile.disclosureName], "what is opened")
        expect(
            opened.first.flatMap { try? ClaimOutcome(jsonValue: $0.value) }, is: record.outcome,
            "outcome \(record.outcome.number)")
    }
}
