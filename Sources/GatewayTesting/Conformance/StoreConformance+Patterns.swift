import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// Claims that have their source in common: rules of risk, and one case for many.
extension StoreConformance {
    static let patterns: [Case] = [
        Case("claims are found by merchant and by buyer, the latest of them, in order") { bench in
            for number in 1...3 { try await bench.claim(number, buyer: "b-1") }
            try await bench.claim(4, buyer: "b-2", merchant: "m-2")
            let all = try await bench.claims(from: .merchant("m-1"))
            bench.expect(all.map(\.claim.filedAt), is: all.map(\.claim.filedAt).sorted(), "order")
            bench.expect(all.count, is: 3, "claims of the merchant")
            let latest = try await bench.claims(from: .merchant("m-1"), limit: 2)
            bench.expect(latest.map(\.id), is: all.suffix(2).map(\.id), "the latest")
            let buyers = try await bench.claims(from: .buyer(Array("b-2".utf8)))
            bench.expect(buyers.map(\.merchant), is: ["m-2"], "claims of the buyer")
            let later = try await bench.claims(
                from: .merchant("m-1"), since: all[0].claim.filedAt)
            bench.expect(later.count, is: 2, "filed after the first")
        },
        Case("a buyer's fifth complaint waits for a person, and is not refused") { bench in
            for number in 1...4 { try await bench.claim(number, buyer: "b-1") }
            let fourth = try await bench.claims(from: .merchant("m-1")).last
            bench.expect(fourth?.claim.state, is: .open, "the fourth")
            try await bench.claim(5, buyer: "b-1", merchant: "m-2")
            let fifth = try await bench.claims(from: .merchant("m-2")).last
            bench.expect(fifth?.claim.state, is: .holdRisk, "the fifth")
            let record = try bench.require(fifth, "the fifth claim")
            let history = try await bench.store.claimHistory(record.id)
            bench.expect(history.map(\.event).last, is: "risk.raised", "what moved it")
        },
        Case("codes that were dead before the buyer had them are no complaints of his") { bench in
            for number in 1...6 {
                try await bench.claim(
                    number, buyer: "b-1", .used(at: StoreBench.start - .seconds(3_600)))
            }
            let last = try await bench.claims(from: .merchant("m-1")).last
            bench.expect(last?.claim.state, is: .open, "the sixth")
        },
        Case("five bad codes of one merchant are one collective case, told once") { bench in
            for number in 1...7 { try await bench.claim(number, buyer: "b-\(number)") }
            var told: [ClaimID] = []
            for claim in try await bench.claims(from: .merchant("m-1")) {
                let history = try await bench.store.claimHistory(claim.id)
                let formed = history.filter { $0.event == "collective.formed" }
                if let members = formed.first?.detail["claims"]?.arrayValue {
                    told.append(claim.id)
                    bench.expect(members.count, is: 5, "members")
                }
            }
            bench.expect(told.count, is: 1, "claims that tell of it")
        },
        manyRefunds, knownBehindStatements, knownByItsLast,
        Case("what was only said counts for a collective case once answers bear it out (M1-30)") {
            bench in
            for number in 1...5 {
                bench.time.advance(by: .seconds(60))
                let answer = try await bench.admit(
                    NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
                let item = try bench.require(try await bench.items(answer).first, "the item")
                _ = try await bench.told(try bench.report(.notFound, of: item))
            }
            // The window of a case is over by then; the claims were filed in one.
            bench.time.advance(by: .seconds(8 * 86_400))
            let revoked = Verdict(state: .revoked, certainty: .authoritative)
            for leased in try await bench.lease() {
                bench.expect(try await bench.formed().isEmpty, "formed before the fifth answer")
                _ = try await bench.commit(try bench.outcome(leased, revoked))
            }
            let all = try await bench.claims(from: .merchant("m-1"))
            bench.expect(all.compactMap(\.confirmedAt).count, is: 5, "confirmed claims")
            bench.expect(
                Set(all.map(\.verdict.certainty)), is: [.claimed], "what they opened for")
            bench.expect(try await bench.formed().map(\.count), is: [5], "members")
        },
    ]
}

extension StoreConformance {
    private static let manyRefunds = Case(
        "a merchant's refund requests are counted by what is asked for now (M1-41)"
    ) { bench in
        for number in 1...20 { try await bench.claim(number, buyer: "b-\(number)") }
        let claims = try await bench.claims(from: .merchant("m-1"))
        for claim in claims.dropLast() {
            try await bench.act(.demandStated(.refundOriginal), on: claim, as: .buyer)
        }
        try await bench.act(.demandStated(.reissue), on: claims[0], as: .buyer)
        try await bench.act(.demandStated(.partialRefund), on: claims[19], as: .buyer)
        bench.expect(try await bench.burstCounts(of: claims), is: [], "bursts with nineteen")
        try await bench.act(.demandStated(.refundOriginal), on: claims[0], as: .buyer)
        bench.expect(try await bench.burstCounts(of: claims), is: [20], "bursts with twenty")
    }
}

extension StoreConformance {
    private static let knownBehindStatements = Case(
        "a collective case that lies behind many statements is not told again (M1-30)"
    ) { bench in
        for number in 1...5 { try await bench.claim(number, buyer: "b-\(number)") }
        for number in 6...20 {
            bench.time.advance(by: .seconds(61))
            let answer = try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            let item = try bench.require(try await bench.items(answer).first, "the item")
            _ = try await bench.told(try bench.report(.notFound, of: item))
        }
        let revoked = Verdict(state: .revoked, certainty: .authoritative)
        for number in 21...23 {
            bench.time.advance(by: .seconds(61))
            let answer = try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            let item = try bench.require(try await bench.items(answer).first, "the item")
            // Nobody answers about what was only said.
            for leased in try await bench.lease() where leased.check.item == item.number {
                _ = try await bench.commit(try bench.outcome(leased, revoked))
            }
        }
        let all = try await bench.claims(from: .merchant("m-1"))
        bench.expect(
            all.map(\.verdict.certainty.isFinding),
            is: (1...23).map { !(6...20).contains($0) }, "claims that opened on a finding")
        bench.expect(try await bench.formed().map(\.count), is: [5], "members")
    }

    private static let knownByItsLast = Case(
        "later codes that its last members meet make no collective case of their own (M1-30)"
    ) { bench in
        for number in 1...5 { try await bench.claim(number, buyer: "b-\(number)") }
        // The first member is out of the window of the next claims, and the others are in it.
        bench.time.advance(by: .seconds(7 * 86_400 - 270))
        for number in 6...7 {
            try await bench.claim(
                number, buyer: "b-\(number)", deliveredAt: bench.time.now() + .seconds(60))
        }
        let all = try await bench.claims(from: .merchant("m-1"))
        bench.expect(all.count, is: 7, "claims")
        bench.expect(try await bench.formed().map(\.count), is: [5], "members")
    }
}

extension StoreBench {
    /// How many refund requests each note of a burst counted.
    fileprivate func burstCounts(of claims: [ClaimRecord]) async throws -> [Int64] {
        var found: [Int64] = []
        for claim in claims {
            let notes = try await store.claimHistory(claim.id).filter { $0.event == "risk.noted" }
            for note in notes {
                let hits = (note.detail["event"] ?? note.detail)["hits"]?.arrayValue ?? []
                found += hits.filter { $0["rule"]?.stringValue == "refund_burst" }
                    .compactMap { $0.value(atPointer: "/counts/count")?.integerValue }
            }
        }
        return found
    }

    /// A claim about a code of its own order, a minute after the one before it.
    fileprivate func claim(
        _ number: Int,
        buyer: String,
        merchant: String = "m-1",
        deliveredAt: Instant = StoreBench.start,
        _ verdict: Verdict = Verdict(state: .revoked, certainty: .authoritative)
    ) async throws {
        time.advance(by: .seconds(60))
        let item = ItemDraft(number).with { $0.merchant = merchant }
        _ = try await admit(
            NoticeDraft("w-\(number)", order: "o-\(number)", item).with {
                $0.buyer = buyer
                $0.deliveredAt = deliveredAt
            })
        try await answerOne(verdict)
    }

    /// The members of each collective case that was told of.
    fileprivate func formed() async throws -> [[JSONValue]] {
        var found: [[JSONValue]] = []
        for claim in try await claims(from: .merchant("m-1")) {
            found += try await store.claimHistory(claim.id)
                .filter { $0.event == "collective.formed" }
                .compactMap { $0.detail["claims"]?.arrayValue }
        }
        return found
    }

    fileprivate func claims(
        from source: ClaimSource,
        since: Instant = StoreBench.start - .seconds(1),
        limit: Int = 100
    ) async throws -> [ClaimRecord] {
        try await store.claims(
            from: source, platform: platform.number, since: since, limit: limit)
    }
}
