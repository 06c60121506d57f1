import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    /// Problems that people report (M3-33).
    static let reports: [Case] = [
        Case("a reported problem opens one claim that a person decides (M3-33)") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let item = try bench.require(try await bench.items(answer).first, "the item")
            let before = try await bench.store.logHead(of: bench.platform.number)
            let told = try await bench.told(try bench.report(.accountMismatch, of: item))
            let record = try bench.require(try await bench.reportedClaim(), "the claim")
            bench.expect(told, is: .opened(record.id), "outcome")
            bench.expect(record.claim.against, is: .undetermined, "liable")
            bench.expect(record.claim.state, is: .reviewQueued, "state")
            bench.expect(record.verdict.certainty, is: .claimed, "certainty")
            bench.expect(record.opening.reportedVia, is: .phone, "channel")
            bench.expect(record.opening.reportedBy, is: .buyer, "reporter")
            let history = try await bench.store.claimHistory(record.id)
            bench.expect(history.map(\.actor), is: [.buyer, .system], "actors")
            bench.expect(history.map(\.to), is: [.detected, .reviewQueued], "history")
            bench.expect(try await bench.due(.claimOpened).count, is: 1, "events")
            let after = try await bench.store.logHead(of: bench.platform.number)
            bench.expect(after?.range.size, is: before.map { $0.range.size + 1 }, "leaves")
        },
        Case("a second report of the family joins the claim, once for a problem") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let item = try bench.require(try await bench.items(answer).first, "the item")
            _ = try await bench.told(try bench.report(.lateDelivery, of: item))
            let record = try bench.require(try await bench.reportedClaim(), "the claim")
            for _ in 0..<3 {
                let report = try bench.report(.shortDelivery, of: item, saying: nil)
                bench.expect(try await bench.told(report), is: .joined(record.id), "outcome")
            }
            let joined = try await bench.reportedClaim()
            bench.expect(joined?.claim.attachedDefects, is: [.shortDelivery], "attached")
            bench.expect(joined?.claim.against, is: .undetermined, "liable")
            bench.expect(try await bench.store.claimHistory(record.id).count, is: 3, "steps")
            // Words that are new stand in a step, though the problem is known.
            _ = try await bench.told(try bench.report(.shortDelivery, of: item))
            bench.expect(try await bench.store.claimHistory(record.id).count, is: 4, "steps")
        },
        Case("the last millisecond of the window opens a claim, its end does not") { bench in
            var items: [ItemRecord] = []
            for number in 1...2 {
                let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
                let answer = try await bench.admit(draft)
                items += try await bench.items(answer)
            }
            bench.time.advance(by: .seconds(7 * 86_400) - .milliseconds(1))
            let inTime = try await bench.told(try bench.report(.accountMismatch, of: items[0]))
            guard case .opened = inTime else { return bench.note("no claim in the window") }
            bench.time.advance(by: .milliseconds(1))
            let late = try await bench.told(try bench.report(.accountMismatch, of: items[1]))
            bench.expect(late, is: .notCovered(.windowOver), "outcome at the end")
            let claims = try await bench.store.claims(
                platform: bench.platform.number, after: nil, limit: 10)
            bench.expect(claims.count, is: 1, "claims")
        },
        Case("what an issuer says is good is not reported to be bad") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            try await bench.answerOne(.good)
            let item = try bench.require(try await bench.items(answer).first, "the item")
            let told = try await bench.told(try bench.report(.used, of: item))
            bench.expect(told, is: .notCovered(.foundGood), "outcome")
            let decision = try await bench.items(answer).first?.decision
            bench.expect(decision?.claimRefusal == nil, "a good verdict names a refusal")
        },
        sameKey, closedClaim, foundLater, inStates,
    ]

    private static let sameKey = Case("the same report under its key happens once") { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let item = try bench.require(try await bench.items(answer).first, "the item")
        _ = try await bench.told(try bench.report(.lateDelivery, of: item, key: "k-1"))
        let again = try await bench.told(try bench.report(.lateDelivery, of: item, key: "k-1"))
        let record = try bench.require(try await bench.reportedClaim(), "the claim")
        bench.expect(again, is: .joined(record.id), "outcome")
        let other = try bench.report(.doubleCharged, of: item, key: "k-1")
        guard case .refused(.otherAct) = try await bench.commit(other) else {
            return bench.note("another report under a used key was not refused")
        }
        let fresh = try await bench.told(try bench.report(.doubleCharged, of: item, key: "k-2"))
        guard case .opened = fresh else { return bench.note("a family of its own did not open") }
        bench.expect(try await bench.store.claimHistory(record.id).count, is: 2, "steps")
    }

    private static let closedClaim = Case("a closed claim takes no report, and stays closed") {
        bench in
        let record = try await bench.openClaim()
        guard case .committed = try await bench.commit(bench.withdraw(record)) else {
            return bench.note("the buyer could not withdraw")
        }
        let item = try bench.require(try await bench.store.item(record.item), "the item")
        let report = try bench.report(.notFound, of: item)
        guard
            case .refused(.notAllowed(reason: "claim_is_closed")) = try await bench.commit(report)
        else { return bench.note("a report about a closed claim was not refused") }
        let state = try await bench.store.claim(record.id)?.claim.state
        bench.expect(state, is: .closedWithdrawn, "state")
    }

    private static let foundLater = Case(
        "an issuer's answer sends a reported claim to whom it shows"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let item = try bench.require(try await bench.items(answer).first, "the item")
        _ = try await bench.told(try bench.report(.notFound, of: item))
        try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
        let record = try await bench.onlyClaim(of: answer)
        bench.expect(record.claim.against, is: .merchant, "liable")
        bench.expect(record.claim.state, is: .open, "state")
        bench.expect(record.claim.attachedDefects, is: [.used], "attached")
        bench.expect(record.verdict.certainty, is: .claimed, "what it was opened for")
    }

    private static let inStates = Case("claims in given states come by the time they are due") {
        bench in
        var reported: [ClaimID] = []
        for number in 1...3 {
            let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            let item = try bench.require(
                try await bench.items(try await bench.admit(draft)).first, "the item")
            _ = try await bench.told(try bench.report(.accountMismatch, of: item))
            reported.append(try bench.require(try await bench.reportedClaim(), "the claim").id)
            bench.time.advance(by: .seconds(60))
        }
        let other = try await bench.addPlatform("bazaar")
        let store = bench.store
        let all = try await store.claims(in: [.reviewQueued], platform: nil, limit: 10)
        bench.expect(all.map(\.id), is: reported, "by due time")
        let two = try await store.claims(
            in: [.review, .reviewQueued], platform: bench.platform.number, limit: 2)
        bench.expect(two.map(\.id), is: Array(reported.prefix(2)), "the first two")
        let none = try await store.claims(in: [.reviewQueued], platform: other.number, limit: 10)
        bench.expect(none.isEmpty, "another platform's")
        let open = try await store.claims(in: [.open], platform: nil, limit: 10)
        bench.expect(open.isEmpty, "in another state")
    }
}

extension StoreBench {
    /// A report by telephone.
    func report(
        _ state: VerdictState,
        of item: ItemRecord,
        saying statement: String? = "It does not work.",
        key: String? = nil
    ) throws -> Change {
        let problem = try require(ReportedProblem(state), "a problem that people report")
        return .reportProblem(
            ProblemReport(
                platform: platform.number,
                delivery: item.delivery,
                item: item.number,
                problem: problem,
                channel: .phone,
                statement: statement,
                principal: ClaimPrincipal(.buyer, account: "order"),
                rules: ClaimRules(policy: .sevenDays, calendar: .weekdays),
                at: time.now(),
                drafting: newDrafting(),
                idempotency: key.map { Idempotency(key: $0, actCode: Array(state.rawValue.utf8)) }
            )
        )
    }

    func told(_ report: Change) async throws -> ReportedProblemOutcome? {
        guard case .committed(let receipt) = try await commit(report) else {
            note("the report was refused")
            return nil
        }
        return receipt.reportedProblem
    }

    /// The claim that was opened last.
    func reportedClaim() async throws -> ClaimRecord? {
        try await store.claims(platform: platform.number, after: nil, limit: 100).last
    }
}
