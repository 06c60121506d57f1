import CardModel
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Merchant routes") struct MerchantRouteTests {
    /// A claim that opened by itself and was withdrawn.
    private func closed(_ fixture: GatewayFixture) async throws {
        let answer = try await fixture.delivered(
            fixture.notice(order: "o-1", key: "900000000000000001"))
        let item = answer["items"]?.arrayValue?.first
        let id = try #require(item?["claim"]?.stringValue, "\(answer)")
        let moved = try await fixture.client().post(
            "/v1/claims/\(id)/events",
            fixture.bearer,
            json: ["event": "withdrawn", "actor": "buyer"]
        )
        #expect(moved.status == 200, "\(moved.text)")
    }

    @Test("the file of outcomes is public, of the open log and of each by its number (M2-12)")
    func outcomes() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let path = "/v1/platforms/shop/log/outcomes.jsonl"
        let empty = try await client.get(path)
        #expect(empty.status == 200 && empty.text.split(separator: "\n").count == 1)
        try await closed(fixture)
        let asOf = "?as_of=2126-11-20T08:00:00Z"
        let answer = try await client.get(path + asOf)
        #expect(answer.header("content-type") == "application/jsonl")
        let lines = answer.text.split(separator: "\n")
        #expect(lines.count == 2)
        let outcome = try JSONValue.parse(Array(try #require(lines.last).utf8))["outcome"]
        #expect(outcome?["result"]?.stringValue == "withdrawn")
        let same = try await client.get("/v1/platforms/shop/log/1/outcomes.jsonl" + asOf)
        #expect(same.body == answer.body)
        let none = try await client.get(path + asOf + "&size=0")
        #expect(none.text.split(separator: "\n").count == 1)
        #expect(try await client.get("/v1/platforms/shop/log/2/outcomes.jsonl").status == 404)
        #expect(try await client.get("/v1/platforms/nobody/log/outcomes.jsonl").status == 404)
        for query in ["size=-1", "size=some", "as_of=today", "merchant=m", "size=1&size=1"] {
            let wrong = try await client.get("\(path)?\(query)")
            #expect(wrong.status == 422, "\(query)")
        }
        for year in ["1970", "9999"] {
            let far = try await client.get("\(path)?as_of=\(year)-01-01T00:00:00Z")
            #expect(far.status == 200, "\(year)")
        }
    }

    @Test("grades are for the platform; who has no token, and whom nobody knows, is told so")
    func grades() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        try await closed(fixture)
        #expect(try await client.get("/v1/merchants").reason == "missing_token")
        let list = try await client.get("/v1/merchants", fixture.bearer)
        let row = try #require(list.json["merchants"]?.arrayValue?.first, "\(list.text)")
        let merchant = try #require(row["merchant"]?.stringValue)
        #expect(row["rating"]?["grade"]?.stringValue == "unrated")
        #expect(row["declared"]?["deliveries"]?.integerValue == 1)
        let path = "/v1/merchants/\(merchant)/grade"
        #expect(try await client.get(path).reason == "missing_token")
        let grade = try await client.get(path, fixture.bearer)
        #expect(grade.json["merchant"]?.stringValue == merchant)
        #expect(grade.json["rating"]?["formula"]?.stringValue == "merchant-grade@1")
        for unknown in ["nobody", "%E5%BA%97", "%FF", "%"] {
            let answer = try await client.get("/v1/merchants/\(unknown)/grade", fixture.bearer)
            #expect(answer.status == 404, "\(unknown)")
        }
        #expect(try await client.get("\(path)?as_of=today", fixture.bearer).status == 422)
    }
}
