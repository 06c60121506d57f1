import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// Outages that somebody declared (M3-14, claims.md E3).
extension StoreConformance {
    static let incidents: [Case] = [
        declaredAndEnded, wrongTimes, oneAtATime, mostOpen, sameAct, foreign, incidentPages,
        reachingPast, prolonged, reaches, keptBasis, replacement,
    ]

    private static let declaredAndEnded = Case(
        "an outage is declared and ended once, each with a public leaf and an event"
    ) { bench in
        let opened = try await bench.declare(.issuer("cmcc"))
        bench.time.advance(by: .seconds(600))
        let ended = try await bench.end(opened)
        bench.expect(ended.end?.at, is: bench.time.now(), "its end")
        bench.expect(try await bench.store.incident(opened.id), is: ended, "the incident")
        let texts = try await bench.publicLeaves()
        bench.expect(texts.count, is: 2, "leaves")
        let wanted = [
            "\"incident\":\"\(opened.id.text)\"", "\"kind\":\"issuer_outage\"",
            "\"name\":\"cmcc\"", "\"typ\":\"incident\"",
        ]
        for text in texts {
            for part in wanted { bench.expect(text.contains(part), "\(part) is not in \(text)") }
            for hidden in [opened.reason, opened.account] {
                bench.expect(!text.contains(hidden), "the leaf tells \(hidden)")
            }
        }
        bench.expect(texts.first?.contains("\"state\":\"open\"") == true, "the first leaf")
        bench.expect(texts.last?.contains("\"ended_at\":") == true, "the second leaf")
        for (type, index) in [
            (EventType.incidentOpened, opened.leafIndex), (.incidentClosed, ended.end?.leafIndex),
        ] {
            let events = try await bench.due(type)
            bench.expect(events.count, is: 1, "events \(type.rawValue)")
            bench.expect(
                events.first?.data["evidence"]?["index"]?.integerValue,
                is: index.map { Int64($0) }, "the leaf that the event names")
        }
        let again = try await bench.refusal(bench.ending(opened))
        bench.expect(again, is: .alreadyEnded, "a second end")
        if try bench.reopen() {
            bench.expect(
                try await bench.store.incident(opened.id), is: ended, "after opening again")
        }
    }

    private static let wrongTimes = Case(
        "an outage begins neither in the future nor long ago, and ends between its start and now"
    ) { bench in
        let now = bench.time.now()
        let farthest = now - IncidentRecord.longestBackdating
        let early = bench.declaration(.platform, startedAt: farthest - .milliseconds(1))
        bench.expect(try await bench.refusal(early), is: .startsTooEarly, "too early")
        let late = bench.declaration(.platform, startedAt: now + .milliseconds(1))
        bench.expect(try await bench.refusal(late), is: .startsInFuture, "in the future")
        bench.expect(try await bench.publicLeaves().isEmpty, "a refused one has a leaf")
        let record = try await bench.declare(.platform, startedAt: farthest)
        let before = bench.ending(record, at: farthest - .milliseconds(1))
        bench.expect(try await bench.refusal(before), is: .endsBeforeStart, "before the start")
        let after = bench.ending(record, at: now + .milliseconds(1))
        bench.expect(try await bench.refusal(after), is: .endsInFuture, "not over yet")
        let ended = try await bench.end(record, at: farthest)
        bench.expect(ended.state, is: .ended, "one that never was")
    }

    private static let oneAtATime = Case("one outage of a kind and reach is open at a time") {
        bench in
        let first = try await bench.declare(.product("cmcc-50"))
        let same = bench.declaration(.product("cmcc-50"))
        bench.expect(try await bench.refusal(same), is: .alreadyOpen, "the same again")
        for other in [
            bench.declaration(.product("cmcc-100")), bench.declaration(.issuer("cmcc-50")),
            bench.declaration(.product("cmcc-50"), kind: .platformOutage),
        ] { _ = try await bench.recorded(other) }
        bench.time.advance(by: .seconds(60))
        try await bench.end(first)
        _ = try await bench.recorded(same)
    }

    private static let mostOpen = Case("a platform has so many outages open, and no more") {
        bench in
        var records: [IncidentRecord] = []
        for number in 0..<IncidentRecord.mostOpen {
            records.append(try await bench.declare(.product("p-\(number)")))
        }
        let next = bench.declaration(.product("one more"))
        bench.expect(try await bench.refusal(next), is: .tooMany, "one more")
        try await bench.end(try bench.require(records.first, "an incident"))
        _ = try await bench.recorded(next)
    }

    private static let sameAct = Case("the same act under the same key happens once") { bench in
        let key = Idempotency(key: "k-1", actCode: [1])
        let change = bench.declaration(.platform, idempotency: key)
        let record = try await bench.recorded(change)
        bench.time.advance(by: .seconds(60))
        let repeated = bench.declaration(.platform, idempotency: key)
        bench.expect(try await bench.recorded(repeated), is: record, "the repeat")
        let other = bench.declaration(
            .issuer("cmcc"), idempotency: Idempotency(key: "k-1", actCode: [2]))
        bench.expect(try await bench.outcome(other), is: .otherAct, "another act under the key")
        let ending = bench.ending(record, idempotency: key)
        let ended = try await bench.recorded(ending)
        bench.time.advance(by: .seconds(60))
        let again = try await bench.recorded(bench.ending(record, idempotency: key))
        bench.expect(again, is: ended, "the repeated end")
        let otherEnd = bench.ending(record, idempotency: Idempotency(key: "k-1", actCode: [2]))
        bench.expect(try await bench.outcome(otherEnd), is: .otherAct, "another end under the key")
        bench.expect(try await bench.publicLeaves().count, is: 2, "leaves")
        let elsewhere = try await bench.addPlatform("bazaar")
        _ = try await bench.recorded(
            bench.declaration(.platform, on: elsewhere, idempotency: key))
    }

    private static let foreign = Case("an outage of another platform, or of nobody, is unknown") {
        bench in
        let bazaar = try await bench.addPlatform("bazaar")
        let theirs = try await bench.recorded(bench.declaration(.platform, on: bazaar))
        bench.expect(
            try await bench.outcome(bench.ending(theirs, on: bench.platform)), is: .unknown,
            "another platform's")
        var nobodys = theirs
        nobodys.id = IncidentID(at: bench.time.now(), random: bench.random.bytes(10))
        bench.expect(try await bench.outcome(bench.ending(nobodys)), is: .unknown, "nobody's")
        bench.expect(try await bench.store.incident(nobodys.id), is: nil, "nobody's")
    }

    private static let incidentPages = Case("outages come as they were declared, page by page") {
        bench in
        let bazaar = try await bench.addPlatform("bazaar")
        var ids: [IncidentID] = []
        for number in 0..<5 {
            // The latest declared began first.
            let start = bench.time.now() - .seconds(3_600 * number)
            ids.append(try await bench.declare(.product("p-\(number)"), startedAt: start).id)
            bench.time.advance(by: .seconds(1))
        }
        let theirs = try await bench.recorded(bench.declaration(.platform, on: bazaar)).id
        let second = try bench.require(try await bench.store.incident(ids[1]), "the second")
        try await bench.end(second)
        func page(
            _ platform: Platform?,
            _ state: IncidentRecord.State? = nil,
            after cursor: IncidentID? = nil,
            limit: Int = 10
        ) async throws -> [IncidentID] {
            try await bench.store.incidents(
                platform: platform?.number, state: state, after: cursor, limit: limit
            ).map(\.id)
        }
        let ours = bench.platform
        bench.expect(try await page(nil), is: ids + [theirs], "all")
        bench.expect(try await page(ours, limit: 2), is: Array(ids[..<2]), "first page")
        bench.expect(try await page(ours, after: ids[1]), is: Array(ids[2...]), "second page")
        bench.expect(try await page(ours, .ended), is: [ids[1]], "ended")
        bench.expect(
            try await page(ours, .open, after: ids[0]), is: Array(ids[2...]), "open, after one")
        bench.expect(try await page(bazaar), is: [theirs], "the other platform's")
    }

    private static let reachingPast = Case("outages that reach past an instant come by start") {
        bench in
        let start = bench.time.now()
        bench.time.advance(by: .seconds(3_600))
        let open = try await bench.declare(.product("open"), startedAt: start + .seconds(30))
        let over = try await bench.declare(.product("over"), startedAt: start)
        try await bench.end(over, at: start + .seconds(60))
        let bazaar = try await bench.addPlatform("bazaar")
        _ = try await bench.recorded(bench.declaration(.platform, on: bazaar))
        func reaching(_ instant: Instant) async throws -> [IncidentID] {
            try await bench.store.incidents(of: bench.platform.number, reachingPast: instant)
                .map(\.id)
        }
        let justBefore = start + .milliseconds(59_999)
        bench.expect(try await reaching(justBefore), is: [over.id, open.id], "before the end")
        bench.expect(try await reaching(start + .seconds(60)), is: [open.id], "at the end")
        let far = start + .seconds(900_000)
        bench.expect(try await reaching(far), is: [open.id], "long after")
    }
}
