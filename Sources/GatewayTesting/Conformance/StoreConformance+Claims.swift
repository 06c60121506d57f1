import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let claims: [Case] = [
        Case("a code used before delivery opens exactly one claim against the merchant") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
            let record = try await bench.onlyClaim(of: answer)
            bench.expect(record.claim.against, is: .merchant, "liable")
            bench.expect(record.claim.state, is: .open, "state")
            bench.expect(record.warrantyEndsAt, is: StoreBench.start + .seconds(7 * 86_400), "end")
            let history = try await bench.store.claimHistory(record.id)
            bench.expect(history.map(\.to), is: [.detected, .open], "history")
            bench.expect(try await bench.due(.claimOpened).count, is: 1, "events")
            let entries = try await bench.store.entries(
                of: bench.platform.number,
                in: record.leafIndex..<record.leafIndex + 1
            )
            bench.expect(entries.count, is: 1, "leaf of the claim")
        },
        Case("a code used after delivery opens none and says why") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            bench.time.advance(by: .seconds(7_200))
            try await bench.answerOne(.used(at: StoreBench.start + .seconds(3_600)))
            try await bench.expectNoClaim(answer, because: "used_after_delivery")
        },
        Case("after the window no claim opens, and the reason is recorded") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            // A first answer in time: without it the window would have waited for one.
            try await bench.answerOne(.good, askAgainAfter: .seconds(60))
            bench.time.advance(by: .seconds(7 * 86_400))
            try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
            try await bench.expectNoClaim(answer, because: "window_over")
        },
        Case("in the last second of the window a claim opens") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            try await bench.answerOne(.good, askAgainAfter: .seconds(60))
            bench.time.advance(by: .seconds(7 * 86_400 - 1))
            try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
            _ = try await bench.onlyClaim(of: answer)
        },
        Case("a window waits for a first question that could not be put") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            bench.time.advance(by: .seconds(20 * 86_400))
            try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
            _ = try await bench.onlyClaim(of: answer)
            let incidents = try await bench.items(answer).first?.undecidedIncidents
            bench.expect(incidents?.first?.startedAt, is: StoreBench.start, "it waited from")
        },
        secondVerdict, secondFamily, goodAnswer, advance, idempotency, refusedAct, foreignClaim,
        claimPages,
    ]

    private static let secondVerdict = Case("a second bad verdict of the family joins the claim") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let revoked = Verdict(state: .revoked, certainty: .authoritative)
        try await bench.answerOne(
            .used(at: StoreBench.start - .seconds(3_600)),
            askAgainAfter: .seconds(60)
        )
        let first = try await bench.onlyClaim(of: answer)
        bench.time.advance(by: .seconds(60))
        try await bench.answerOne(revoked)
        let second = try await bench.onlyClaim(of: answer)
        bench.expect(second.id, is: first.id, "claim")
        bench.expect(second.claim.attachedDefects, is: [.revoked], "attached defects")
        bench.expect(try await bench.due(.claimOpened).count, is: 1, "events")
    }

    private static let secondFamily = Case("a defect of another family opens a claim of its own") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.answerOne(
            Verdict(state: .undervalued, certainty: .authoritative),
            askAgainAfter: .seconds(60)
        )
        bench.time.advance(by: .seconds(60))
        let revoked = Verdict(state: .revoked, certainty: .authoritative)
        try await bench.answerOne(revoked, askAgainAfter: .seconds(60))
        bench.time.advance(by: .seconds(60))
        try await bench.answerOne(revoked)
        let claims = try await bench.store.claims(
            platform: bench.platform.number,
            after: nil,
            limit: 10
        )
        bench.expect(
            Set(claims.map(\.claim.family)),
            is: [.notAsDescribed, .codeUnusable],
            "families"
        )
        bench.expect(claims.count, is: 2, "claims")
        let decision = try await bench.items(answer).first?.decision
        let unusable = claims.first { $0.claim.family == .codeUnusable }
        bench.expect(decision?.claim, is: unusable?.id, "the claim beside the verdict")
    }

    private static let goodAnswer = Case("a good answer closes the claim that it cures") { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.answerOne(
            Verdict(state: .notFound, certainty: .authoritative),
            askAgainAfter: .seconds(60)
        )
        bench.time.advance(by: .seconds(60))
        try await bench.answerOne(.good)
        let record = try await bench.onlyClaim(of: answer)
        bench.expect(record.claim.state, is: .closedRecovered, "state")
        bench.expect(try await bench.due(.claimStateChanged).count, is: 1, "events")
    }

    private static let advance = Case("an act moves a claim, with history, leaf and event") {
        bench in
        let record = try await bench.openClaim()
        let before = try await bench.store.logHead(of: bench.platform.number)
        guard case .committed = try await bench.commit(bench.withdraw(record)) else {
            return bench.note("the buyer could not withdraw")
        }
        let moved = try await bench.store.claim(record.id)
        bench.expect(moved?.claim.state, is: .closedWithdrawn, "state")
        let history = try await bench.store.claimHistory(record.id)
        bench.expect(history.last?.event, is: "withdrawn", "last event")
        bench.expect(history.last?.actor, is: .buyer, "last actor")
        bench.expect(try await bench.due(.claimStateChanged).count, is: 1, "events")
        let after = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(after?.range.size, is: before.map { $0.range.size + 1 }, "leaves")
    }

    private static let idempotency = Case("the same act under its key happens once") { bench in
        let record = try await bench.openClaim()
        for _ in 0..<3 {
            guard case .committed = try await bench.commit(bench.withdraw(record, key: "k-1"))
            else { return bench.note("the same act was refused") }
        }
        guard
            case .refused(.otherAct) = try await bench.commit(
                bench.withdraw(record, key: "k-1", act: "withdraw something else")
            )
        else { return bench.note("another act under a used key was not refused") }
        let history = try await bench.store.claimHistory(record.id)
        bench.expect(history.count, is: 3, "steps")
    }

    private static let refusedAct = Case(
        "an act that the state refuses writes nothing and does not use its key up"
    ) { bench in
        let record = try await bench.openClaim()
        let wrong = bench.withdraw(record, by: .merchant, key: "k-1")
        for _ in 0..<2 {
            guard case .refused(.notAllowed(reason: "wrong_actor")) = try await bench.commit(wrong)
            else { return bench.note("the merchant's withdrawal was not refused as it should") }
        }
        bench.expect(try await bench.store.claimHistory(record.id).count, is: 2, "steps")
        guard case .committed = try await bench.commit(bench.withdraw(record, key: "k-1")) else {
            return bench.note("the key of a refused act cannot be used")
        }
        let moved = try await bench.store.claim(record.id)
        bench.expect(moved?.claim.state, is: .closedWithdrawn, "state")
    }

    private static let foreignClaim = Case("a claim of another platform is unknown") { bench in
        let record = try await bench.openClaim()
        let other = try await bench.addPlatform("bazaar")
        guard
            case .refused(.unknown) = try await bench.commit(
                bench.withdraw(record, platform: other)
            )
        else { return bench.note("another platform moved the claim") }
        bench.expect(try await bench.store.claim(record.id)?.claim.state, is: .open, "state")
    }

    private static let claimPages = Case("pages of claims follow each other without gap or repeat")
    { bench in
        var opened: [ClaimID] = []
        for number in 1...7 {
            opened.append(try await bench.openClaim(number).id)
            // A clock set back makes ids that sort before those already read.
            bench.time.advance(by: .seconds(number == 4 ? -3 : 1))
        }
        var seen: [ClaimID] = []
        while true {
            let page = try await bench.store.claims(
                platform: bench.platform.number,
                after: seen.last,
                limit: 3
            )
            if page.isEmpty { break }
            seen += page.map(\.id)
        }
        bench.expect(seen, is: opened, "claims in the order in which they were committed")
    }
}

extension StoreBench {
    /// Answers the one check that is due.
    func answerOne(_ verdict: Verdict, askAgainAfter pause: Duration? = nil) async throws {
        let outcome = try outcome(try await leaseOne(), verdict, askAgainAfter: pause)
        guard case .committed = try await commit(outcome) else {
            return note("the outcome \(verdict.state.rawValue) was not recorded")
        }
    }

    func onlyClaim(of answer: StoredAnswer) async throws -> ClaimRecord {
        let claims = try await store.claims(platform: platform.number, after: nil, limit: 10)
        expect(claims.count, is: 1, "claims")
        let decision = try await items(answer).first?.decision
        expect(decision?.claim, is: claims.first?.id, "the claim beside the verdict")
        return try require(claims.first, "the claim")
    }

    func expectNoClaim(_ answer: StoredAnswer, because reason: String) async throws {
        let claims = try await store.claims(platform: platform.number, after: nil, limit: 10)
        expect(claims.isEmpty, "a claim was opened")
        let decision = try await items(answer).first?.decision
        expect(decision?.claim == nil, "the verdict names a claim")
        expect(decision?.claimRefusal, is: reason, "reason")
    }

    /// An item used before its delivery, and its claim.
    func openClaim(_ number: Int = 1) async throws -> ClaimRecord {
        let answer = try await admit(
            NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
        )
        try await answerOne(.used(at: Self.start - .seconds(3_600)))
        let claim = try await items(answer).first?.decision?.claim
        return try require(
            try await store.claim(try require(claim, "the claim's id")),
            "the claim"
        )
    }

    func withdraw(
        _ record: ClaimRecord,
        by actor: ClaimActor = .buyer,
        key: String? = nil,
        act: String = "withdraw",
        platform: Platform? = nil
    ) -> Change {
        .advanceClaim(
            ClaimAdvance(
                platform: (platform ?? self.platform).number,
                claim: record.id,
                move: .event(.withdrawn),
                name: "withdrawn",
                principal: ClaimPrincipal(actor, account: "a-1"),
                rules: ClaimRules(policy: .sevenDays, calendar: .weekdays),
                at: time.now(),
                drafting: newDrafting(),
                idempotency: key.map { Idempotency(key: $0, actCode: Array(act.utf8)) }
            )
        )
    }
}
