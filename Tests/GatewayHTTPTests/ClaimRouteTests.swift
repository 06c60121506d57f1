import CardModel
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Claim routes") struct ClaimRouteTests {
    /// A claim that opened by itself: the code was used a day before the delivery.
    private func opened(_ fixture: GatewayFixture) async throws -> String {
        let answer = try await fixture.delivered(
            fixture.notice(order: "o-1", key: "900000000000000001"))
        let item = answer["items"]?.arrayValue?.first
        return try #require(item?["claim"]?.stringValue, "\(answer)")
    }

    @Test("a claim is listed, read with its history, and moved by an event of its parties")
    func moves() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let id = try await opened(fixture)
        let list = try await client.get("/v1/claims", fixture.bearer)
        #expect(list.json["claims"]?.arrayValue?.map { $0["claim"]?.stringValue } == [id])
        #expect(list.json["next_cursor"] == .null)
        let claim = try await client.get("/v1/claims/\(id)", fixture.bearer)
        #expect(claim.json["state"]?.stringValue == "open")
        #expect(claim.json["history"]?.arrayValue?.isEmpty == false)
        let moved = try await client.post(
            "/v1/claims/\(id)/events",
            fixture.bearer,
            json: ["event": "message_posted", "actor": "merchant"]
        )
        #expect(moved.status == 200, "\(moved.text)")
        #expect(moved.json["state"]?.stringValue == "review.queued")
    }

    @Test("the page of a tracking number shows the time of the policy's zone, and names it")
    func trackingPage() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let id = try await opened(fixture)
        let claim = try await client.get("/v1/claims/\(id)", fixture.bearer).json
        let number = try #require(claim["tracking"]?.stringValue)
        for member in ["opened_at", "due_at"] {
            let told = try #require(claim[member]?.stringValue)
            let instant = try #require(Instant(rfc3339: told))
            let local = LocalZone.shanghai.text(of: instant, to: .minutes)
            for (language, zone) in [("zh-CN", "北京时间"), ("en", "Beijing time")] {
                let page = try await client.get("/claims/\(number)?lang=\(language)")
                #expect(page.text.contains("<time datetime=\"\(told)\">\(local)</time>"))
                #expect(page.text.contains("<td>\(zone)</td>") && !page.text.contains(">\(told)<"))
            }
        }
    }

    @Test("the same idempotency key a second time changes nothing")
    func idempotency() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let id = try await opened(fixture)
        let event: JSONValue = ["event": "withdrawn", "actor": "buyer"]
        for key in ["\"k-1\"", "k-1"] {
            let answer = try await client.post(
                "/v1/claims/\(id)/events",
                fixture.bearer + [("idempotency-key", key)],
                json: event
            )
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["state"]?.stringValue == "closed.withdrawn")
        }
        let other = try await client.post(
            "/v1/claims/\(id)/events",
            fixture.bearer + [("idempotency-key", "k-1")],
            json: ["event": "message_posted", "actor": "buyer"]
        )
        #expect(other.status == 409 && other.reason == "idempotency_key_reused")
        let again = try await client.post("/v1/claims/\(id)/events", fixture.bearer, json: event)
        #expect(again.status == 409 && again.reason == "claim_is_closed")
        for bad in ["", "\"\"", "a b", String(repeating: "k", count: 129)] {
            let answer = try await client.post(
                "/v1/claims/\(id)/events",
                fixture.bearer + [("idempotency-key", bad)],
                json: event
            )
            #expect(answer.status == 400 && answer.reason == "bad_idempotency_key", "\(bad)")
        }
    }

    @Test("an event of somebody who may not is 409, of a claim that is not there 404")
    func notAllowed() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let id = try await opened(fixture)
        let wrong = try await client.post(
            "/v1/claims/\(id)/events",
            fixture.bearer,
            json: ["event": "withdrawn", "actor": "merchant"]
        )
        #expect(wrong.status == 409 && wrong.reason == "wrong_actor")
        let unknown = try await client.post(
            "/v1/claims/clm_00000000000000000000000000/events",
            fixture.bearer,
            json: ["event": "withdrawn", "actor": "buyer"]
        )
        #expect(unknown.status == 404)
    }

    @Test(
        "what an event lacks or does not know is named",
        arguments: [
            ("{}", ["/event", "/actor"]),
            (#"{"event":"timer_rung","actor":"buyer"}"#, ["/event"]),
            (#"{"event":"withdrawn","actor":"system"}"#, ["/actor"]),
            (#"{"event":"withdrawn","actor":7}"#, ["/actor"]),
            (#"{"event":"withdrawn","actor":"buyer","note":"x"}"#, [""]),
            (#"{"event":"evidence_requested","actor":"platform"}"#, ["/from"]),
            (#"{"event":"evidence_added","actor":"buyer","is_complete":1}"#, ["/is_complete"]),
            (#"{"event":"remedy_offered","actor":"merchant","remedy":"money"}"#, ["/remedy"]),
            (#"{"event":"remedy_answered","actor":"buyer"}"#, ["/is_accepted"]),
            (#"{"event":"escalated","actor":"buyer","tier":9}"#, ["/tier"]),
            (
                #"{"event":"ruled","actor":"platform","ruling":"excluded","#
                    + #""exclusion":"user_leak"}"#,
                ["/evidence"]
            ),
            (
                #"{"event":"ruled","actor":"platform","ruling":"excluded","#
                    + #""exclusion":"user_leak","evidence":" "}"#,
                ["/evidence"]
            ),
            ("[]", [""]),
        ]
    )
    func badEvents(body: String, pointers: [String]) async throws {
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client().call(
            .post,
            "/v1/claims/clm_00000000000000000000000000/events",
            fixture.bearer + [("content-type", "application/json")],
            body: Array(body.utf8)
        )
        #expect(answer.status == 422 && answer.reason == "invalid_fields", "\(answer.text)")
        #expect(
            answer.json["errors"]?.arrayValue?.map { $0["pointer"]?.stringValue } == pointers
        )
    }

    @Test("every event a person can cause is understood", arguments: ClaimEventBody.Name.allCases)
    func allEvents(name: ClaimEventBody.Name) throws {
        let body: [String: JSONValue] = [
            "from": "buyer", "remedy": "reissue", "is_accepted": true, "liable": "merchant",
            "tier": 2, "evidence": "clm_1", "ruling": "liable", "by": "PT24H", "reason": "-",
            "outcome": "upheld", "kind": "insult",
        ]
        let needed: [ClaimEventBody.Name: [String]] = [
            .evidenceRequested: ["from"], .remedyOffered: ["remedy"],
            .demandStated: ["remedy"], .remedyAnswered: ["is_accepted"],
            .liabilityProposed: ["ruling", "liable", "remedy"],
            .ruled: ["ruling", "liable", "remedy"], .disputed: ["evidence"],
            .reopened: ["evidence"], .reviewExtended: ["by", "reason"],
            .appealDecided: ["outcome"], .escalated: ["tier"], .abuseFlagged: ["kind"],
        ]
        var object: JSONObject = JSONObject([
            .init(name: "event", value: .string(name.rawValue)),
            .init(name: "actor", value: "platform"),
        ])
        for member in needed[name] ?? [] { object[member] = body[member] }
        if name == .externalUpdate { object["outcome"] = "progress" }
        let read = try ClaimEventBody(object, namesActor: true)
        #expect(read.name == name && read.actor == .platform)
    }

    @Test(
        "a ruling may say why, an extension does; the history's own words have nothing of it",
        arguments: [
            ["event": "liability_proposed", "ruling": "not_liable", "evidence": "log 3"],
            ["event": "ruled", "ruling": "liable", "liable": "merchant", "remedy": "reissue"],
            ["event": "appeal_decided", "outcome": "upheld"],
            ["event": "review_extended", "by": "P1WD"],
            [
                "event": "appeal_decided", "outcome": "changed", "ruling": "not_liable",
                "evidence": "log 3",
            ],
        ] as [JSONValue]
    )
    func reason(body: JSONValue) throws {
        var object = try #require(body.objectValue)
        if body["event"]?.stringValue == "review_extended" {
            #expect(throws: Problem.self) { _ = try ClaimEventBody(object, namesActor: false) }
        } else {
            #expect(try ClaimEventBody(object, namesActor: false).reason == nil)
        }
        object["reason"] = "the issuer's record"
        let read = try ClaimEventBody(object, namesActor: false)
        #expect(read.reason == "the issuer's record")
        #expect(!String(decoding: read.detail.serialized(), as: UTF8.self).contains("record"))
        for wrong in ["", String(repeating: "x", count: 501)] {
            object["reason"] = .string(wrong)
            #expect(throws: Problem.self) { _ = try ClaimEventBody(object, namesActor: false) }
        }
    }
}
