import CardModel
import Gateway
import WireFormat

/// What recorded outages do to the windows of codes (M3-14, M3-15, claims.md E3).
extension StoreConformance {
    private static let day = Duration.seconds(86_400)

    /// Seven days, of which two days of outage do not count.
    private static let prolongedEnd = StoreBench.start + .seconds(9 * 86_400)

    static let prolonged = Case(
        "a window is open to the last millisecond of its prolonged end, and no longer"
    ) { bench in
        for number in 1...2 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            try await bench.answerOne(.good, askAgainAfter: .seconds(60))
        }
        try await bench.outage(.issuer("cmcc"))
        let rest = Self.prolongedEnd.duration(since: bench.time.now())
        bench.time.advance(by: rest - .milliseconds(1))
        let inTime = try await bench.finds(.used(at: StoreBench.start - .seconds(3_600)))
        bench.expect(inTime.claims.count, is: 1, "claims in the last millisecond")
        bench.expect(inTime.claims.first?.warrantyEndsAt, is: Self.prolongedEnd, "the end")
        bench.time.advance(by: .milliseconds(1))
        let late = try await bench.finds(.used(at: StoreBench.start - .seconds(3_600)))
        bench.expect(late.claims.isEmpty, "a claim was opened at the end")
        bench.expect(late.item.decision?.claimRefusal, is: "window_over", "reason")
    }

    static let reaches = Case("an outage prolongs what it touches, and nothing else") { bench in
        let bazaar = try await bench.addPlatform("bazaar")
        let cases: [(IncidentRecord.Reach, IncidentRecord.Kind, Platform, Bool)] = [
            (.platform, .platformOutage, bench.platform, true),
            (.product("cmcc-50"), .issuerOutage, bench.platform, true),
            (.issuer("cmcc"), .issuerOutage, bench.platform, true),
            (.product("cmcc-100"), .issuerOutage, bench.platform, false),
            (.issuer("unicom"), .issuerOutage, bench.platform, false),
            (.platform, .platformOutage, bazaar, false),
        ]
        for (number, (reach, kind, platform, isTouched)) in cases.enumerated() {
            let began = bench.time.now()
            let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number + 1))
            let answer = try await bench.admit(draft.with { $0.deliveredAt = began })
            try await bench.answerOne(.good, askAgainAfter: .seconds(60))
            let record = try await bench.recorded(
                bench.declaration(reach, kind: kind, on: platform))
            bench.time.advance(by: Self.day)
            _ = try await bench.recorded(bench.ending(record))
            bench.time.advance(by: .seconds(6 * 86_400))
            try await bench.answerOne(
                .used(at: began - .seconds(3_600), deliveredAt: began))
            let decision = try await bench.items(answer).first?.decision
            bench.expect(
                decision?.claim != nil, is: isTouched, "a claim after \(reach) on \(platform.name)")
        }
    }

    static let keptBasis = Case(
        "a decision keeps the outages it was made by, whatever becomes of them"
    ) { bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.answerOne(.good, askAgainAfter: .seconds(60))
        bench.time.advance(by: .seconds(6 * 86_400))
        let record = try await bench.declare(.platform, kind: .platformOutage)
        bench.time.advance(by: .seconds(2 * 86_400))
        try await bench.answerOne(
            .used(at: StoreBench.start - .seconds(3_600)), askAgainAfter: .seconds(60))
        let open = [
            Incident(kind: .platformOutage, startedAt: record.startedAt, endedAt: nil)
        ]
        bench.expect(try await bench.keptIncidents(of: answer), is: open, "incidents of the basis")
        let before = try await bench.judgedAgain(answer)
        bench.expect(before.map(\.claim), is: ["open"], "the claim")
        // As if it had not been: the claim that was opened by it stands.
        try await bench.end(record, at: record.startedAt)
        bench.expect(
            try await bench.keptIncidents(of: answer), is: open, "incidents of the basis afterwards"
        )
        bench.expect(try await bench.judgedAgain(answer), is: before, "the judgement")
        _ = try await bench.onlyClaim(of: answer)
    }
}

extension StoreBench {
    /// Declares an outage that lasts two days from now.
    fileprivate func outage(_ reach: IncidentRecord.Reach) async throws {
        let record = try await declare(reach)
        time.advance(by: .seconds(2 * 86_400))
        try await end(record)
    }

    /// Those of the basis of the first item's decision.
    fileprivate func keptIncidents(of answer: StoredAnswer) async throws -> [Incident]? {
        try await items(answer).first?.decision?.judgement?.basis.incidents
    }

    /// What the next due check brings, and the claims about its item.
    fileprivate func finds(
        _ verdict: Verdict
    ) async throws -> (item: ItemRecord, claims: [ClaimRecord]) {
        let leased = try require(try await lease(1).first, "a due check")
        _ = try await commit(try outcome(leased, verdict))
        return (
            try require(try await store.item(leased.item.number), "the item"),
            try await store.claims(of: leased.item.number)
        )
    }

    func declaration(
        _ reach: IncidentRecord.Reach,
        kind: IncidentRecord.Kind = .issuerOutage,
        startedAt: Instant? = nil,
        on platform: Platform? = nil,
        idempotency: Idempotency? = nil
    ) -> Change {
        let now = time.now()
        let record = IncidentRecord(
            id: IncidentID(at: now, random: random.bytes(10)),
            platform: (platform ?? self.platform).number,
            kind: kind,
            reach: reach,
            startedAt: startedAt ?? now,
            reason: "停机维护",
            account: "agent-1",
            declaredAt: now,
            idempotency: idempotency
        )
        return .incident(
            .declare(IncidentDeclaration(record: record, drafting: newDrafting())))
    }

    func ending(
        _ record: IncidentRecord,
        at endedAt: Instant? = nil,
        on platform: Platform? = nil,
        idempotency: Idempotency? = nil
    ) -> Change {
        .incident(
            .end(
                IncidentEnding(
                    platform: platform?.number ?? record.platform, incident: record.id,
                    endedAt: endedAt ?? time.now(), account: "agent-2", at: time.now(),
                    idempotency: idempotency, drafting: newDrafting())))
    }

    /// Declares an outage that the case says can be.
    @discardableResult
    func declare(
        _ reach: IncidentRecord.Reach,
        kind: IncidentRecord.Kind = .issuerOutage,
        startedAt: Instant? = nil
    ) async throws -> IncidentRecord {
        try await recorded(declaration(reach, kind: kind, startedAt: startedAt))
    }

    @discardableResult
    func end(_ record: IncidentRecord, at endedAt: Instant? = nil) async throws -> IncidentRecord {
        try await recorded(ending(record, at: endedAt))
    }

    func recorded(_ change: Change) async throws -> IncidentRecord {
        guard case .committed(let receipt) = try await commit(change) else {
            throw Missing(description: "the receipt of an incident")
        }
        expect(receipt.isRepeat == (receipt.proof == nil), "a proof, and nothing new")
        return try require(receipt.incident, "the incident")
    }

    /// Why a change was refused; nil when it was not.
    func outcome(_ change: Change) async throws -> Refusal? {
        if case .refused(let refusal) = try await commit(change) { refusal } else { nil }
    }

    func refusal(_ change: Change) async throws -> IncidentRefusal? {
        guard case .notAllowed(let reason) = try await outcome(change) else { return nil }
        return IncidentRefusal(rawValue: reason)
    }

    /// Texts of the leaves that everybody can read.
    func publicLeaves() async throws -> [String] {
        try await store.publicEntries(
            of: platform.number, in: 0..<UInt64(Int64.max), newestFirst: false, limit: 1_000
        ).map { String(decoding: $0.leaf, as: UTF8.self) }
    }
}
