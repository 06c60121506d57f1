import CardModel
import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Declared outages over HTTP") struct IncidentRouteTests {
    private let declaration: JSONValue = [
        "kind": "issuer_outage", "scope": "issuer", "name": "issuer",
        "reason": "https://issuer.example/notices/17",
    ]

    @Test("a person declares an outage and ends it once; whoever has an account reads it (M3-14)")
    func whole() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let agent = try await fixture.bearer(of: .platform)
        let opened = try await client.post("/v1/incidents", agent, json: declaration)
        #expect(opened.status == 201, "\(opened.text)")
        #expect(opened.json["declared_by"]?.stringValue == "platform")
        #expect(opened.json["state"]?.stringValue == "open")
        let again = try await client.post("/v1/incidents", agent, json: declaration)
        #expect(again.status == 409 && again.reason == "incident_already_open")
        let path = "/v1/incidents/\(try #require(opened.json["incident"]?.stringValue))"
        let judge = try await fixture.bearer(of: .arbiter)
        let ended = try await client.post(path + "/end", judge, json: [:])
        #expect(ended.status == 200 && ended.json["ended_by"]?.stringValue == "arbiter")
        let twice = try await client.post(path + "/end", judge, json: [:])
        #expect(twice.status == 409 && twice.reason == "incident_already_ended")
        let merchant = try await fixture.bearer(of: .merchant)
        #expect(try await client.get(path, merchant).json == ended.json)
        for (query, count) in [("", 1), ("?state=ended", 1), ("?state=open", 0)] {
            let list = try await client.get("/v1/incidents\(query)", merchant)
            #expect(list.json["incidents"]?.arrayValue?.count == count)
        }
        let operators = try await fixture.client(\.admin).get("/v1/incidents?platform=shop")
        #expect(operators.json["incidents"]?.arrayValue == [ended.json])
    }

    @Test("a merchant, a third party, a buyer and a stranger declare and end nothing (M3-14)")
    func strangers() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let opened = try await client.post("/v1/incidents", fixture.bearer, json: declaration)
        #expect(opened.status == 201 && opened.json["declared_by"]?.stringValue == "system")
        let path = "/v1/incidents/\(try #require(opened.json["incident"]?.stringValue))"
        for role in [ClaimActor.merchant, .thirdParty] {
            let token = try await fixture.bearer(of: role)
            for (path, body) in [("/v1/incidents", declaration), (path + "/end", [:])] {
                let answer = try await client.post(path, token, json: body)
                #expect(answer.status == 409 && answer.reason == "wrong_actor")
            }
        }
        let nobody = [("authorization", "Bearer cpt_other")]
        #expect(try await client.post("/v1/incidents", nobody, json: declaration).status == 401)
        #expect(try await client.get("/v1/incidents", nobody).status == 401)
        #expect(try await client.get(path).status == 401)
        let nowhere = "/v1/incidents/inc_00000000000000000000000000"
        #expect(try await client.post(nowhere + "/end", fixture.bearer, json: [:]).status == 404)
        #expect(try await client.get(nowhere, fixture.bearer).status == 404)
    }

    @Test(
        "what cannot be is refused at its place",
        arguments: [
            (["name": "misspelt"], "/name", "unknown"), (["name": nil], "/name", "missing"),
            (["scope": "platform"], "/name", "unknown"),
            (["kind": "indeterminate"], "/kind", "unknown"),
            (["reason": ""], "/reason", "empty"), (["reason": "a\nb"], "/reason", "malformed"),
            (["started_at": "yesterday"], "/started_at", "malformed"),
            (["started_at": "2999-01-01T00:00:00Z"], "/started_at", "in_future"),
            (["started_at": "2020-01-01T00:00:00Z"], "/started_at", "out_of_range"),
        ] as [([String: String?], String, String)]
    )
    func malformed(change: [String: String?], pointer: String, reason: String) async throws {
        let fixture = try await GatewayFixture()
        var body = try #require(declaration.objectValue)
        for (name, value) in change { body[name] = JSONValue(text: value) }
        let answer = try await fixture.client().post(
            "/v1/incidents", fixture.bearer, json: .object(body))
        #expect(answer.status == 422, "\(answer.text)")
        let errors = answer.json["errors"]?.arrayValue ?? []
        #expect(
            errors.contains {
                $0["pointer"]?.stringValue == pointer && $0["reason"]?.stringValue == reason
            }, "\(answer.text)")
    }
}
