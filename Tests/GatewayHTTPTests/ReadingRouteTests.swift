import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Reading back") struct ReadingRouteTests {
    private func delivered(
        _ fixture: GatewayFixture,
        count: Int
    ) async throws -> [(webhook: String, delivery: String, check: String)] {
        let client = fixture.client()
        var sent: [(String, String, String)] = []
        for number in 1...count {
            let body = fixture.notice(order: "o-\(number)", key: "10000000000000000\(number)")
                .serialized()
            let answer = try await client.call(
                .post,
                DeliveryRouteTests.path,
                fixture.signed(body, id: "m\(number)"),
                body: body
            )
            let item = answer.json["items"]?.arrayValue?.first
            sent.append(
                (
                    "m\(number)", try #require(answer.json["delivery"]?.stringValue),
                    try #require(item?["check"]?.stringValue)
                )
            )
        }
        return sent
    }

    @Test("every read needs the platform's token, and says how")
    func tokens() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        for path in [
            "/v1/deliveries", "/v1/deliveries/x", "/v1/checks/x", "/v1/claims", "/v1/claims/x",
        ] {
            let without = try await client.get(path)
            #expect(without.status == 401 && without.reason == "missing_token", "\(path)")
            #expect(without.header("www-authenticate") == "Bearer")
            for wrong in ["Bearer cpt_other", "Bearer ", "Basic \(fixture.token)", fixture.token] {
                let answer = try await client.get(path, [("authorization", wrong)])
                #expect(answer.status == 401 && answer.reason == "wrong_token", "\(path) \(wrong)")
            }
            #expect(try await client.get(path, fixture.bearer).status != 401)
            #expect(try await client.get(path + "?token=\(fixture.token)").status == 401)
        }
    }

    @Test("a list is read page by page, each row once")
    func pages() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let sent = try await delivered(fixture, count: 5)
        var rows: [String] = []
        var cursor = ""
        for _ in 1...4 {
            let answer = try await client.get("/v1/deliveries?limit=2\(cursor)", fixture.bearer)
            #expect(answer.status == 200, "\(answer.text)")
            let items = try #require(answer.json["deliveries"]?.arrayValue)
            #expect(items.count <= 2)
            rows += items.compactMap { $0["webhook_id"]?.stringValue }
            guard let next = answer.json["next_cursor"]?.stringValue else { break }
            cursor = "&cursor=\(next)"
        }
        #expect(rows == sent.map(\.webhook))
    }

    @Test("a delivery is found by its id and by each webhook id")
    func find() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let sent = try await delivered(fixture, count: 1)[0]
        let byID = try await client.get("/v1/deliveries/\(sent.delivery)", fixture.bearer)
        let byWebhook = try await client.get("/v1/deliveries?webhook_id=m1", fixture.bearer)
        #expect(byID.status == 200 && byID.body == byWebhook.body)
        #expect(byID.json["status"]?.stringValue == "pending")
        let check = try await client.get("/v1/checks/\(sent.check)", fixture.bearer)
        #expect(check.json["delivery"]?.stringValue == sent.delivery)
        for path in [
            "/v1/deliveries/dlv_00000000000000000000000000", "/v1/deliveries/\(sent.check)",
            "/v1/deliveries?webhook_id=m2", "/v1/checks/\(sent.delivery)",
        ] {
            #expect(try await client.get(path, fixture.bearer).status == 404, "\(path)")
        }
    }

    @Test("what belongs to another platform is not told apart from what is not there")
    func otherPlatform() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let sent = try await delivered(fixture, count: 1)[0]
        _ = try await fixture.gateway.directory.add(
            name: "other",
            origin: "other.example/log",
            eventsURL: nil,
            webhookKeys: [],
            apiToken: "cpt_other-synthetic",
            to: fixture.store
        )
        let other = [("authorization", "Bearer cpt_other-synthetic")]
        let theirs = try await client.get("/v1/deliveries/\(sent.delivery)", other)
        let nobodys = try await client.get(
            "/v1/deliveries/dlv_00000000000000000000000000",
            other
        )
        #expect(theirs.status == 404 && theirs.body == nobodys.body)
        let list = try await client.get("/v1/deliveries", other)
        #expect(list.json["deliveries"]?.arrayValue == [])
    }

    @Test(
        "a parameter that cannot be is named",
        arguments: [
            ("limit=0", "limit", "out_of_range"), ("limit=1001", "limit", "out_of_range"),
            ("limit=ten", "limit", "out_of_range"), ("since=yesterday", "since", "malformed"),
            ("cursor=-1", "cursor", "malformed"), ("cursor=x", "cursor", "malformed"),
            ("since=%zz", "since", "malformed"), ("since=%ff", "since", "malformed"),
            ("limit=1&limit=2", "limit", "malformed"),
            ("webhook_id=a.b", "webhook_id", "malformed"),
        ]
    )
    func badParameters(query: String, name: String, reason: String) async throws {
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client().get("/v1/deliveries?\(query)", fixture.bearer)
        #expect(answer.status == 422 && answer.reason == "invalid_parameters")
        let error = answer.json["errors"]?.arrayValue?.first
        #expect(error?["parameter"]?.stringValue == name)
        #expect(error?["reason"]?.stringValue == reason)
    }

    @Test("a parameter nobody knows is refused without repeating it")
    func unknownParameter() async throws {
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client().get(
            "/v1/deliveries?cpt_secret=1",
            fixture.bearer
        )
        #expect(answer.status == 422 && !answer.text.contains("cpt_secret"))
        #expect(answer.json["detail"]?.stringValue?.contains("webhook_id") == true)
    }

    @Test("a time with an offset may stand in a query as it is or escaped")
    func offsets() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        for text in ["2020-01-01T08:00:00+08:00", "2020-01-01T08%3A00%3A00%2B08%3A00"] {
            let answer = try await client.get("/v1/deliveries?since=\(text)", fixture.bearer)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }
}
