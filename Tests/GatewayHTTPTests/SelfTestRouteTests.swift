import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Self-test routes") struct SelfTestRouteTests {
    private let path = "/v1/selftests"

    private func ordered(_ fixture: GatewayFixture) async throws -> String {
        let answer = try await fixture.delivered(
            fixture.notice(order: "o-1", key: "100000000000000001"))
        return try #require(answer["order_token"]?.stringValue, "\(answer)")
    }

    @Test("the order's token brings its verdicts, and a typed code only matches_delivered")
    func tested() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let token = [("authorization", "Bearer \(try await ordered(fixture))")]
        let plain = try await client.post(path, token, json: [:])
        #expect(plain.status == 200, "\(plain.text)")
        let item = plain.json["items"]?.arrayValue?.first
        #expect(item?["verdict"]?["state"]?.stringValue == "ok_unused")
        #expect(item?["matches_delivered"] == .null)
        for (key, matches) in [("100000000000000001", true), ("100000000000000002", false)] {
            let answer = try await client.post(
                path,
                token,
                json: ["codes": [["line": 1, "key": .string(key)]]]
            )
            let item = answer.json["items"]?.arrayValue?.first
            #expect(item?["matches_delivered"]?.boolValue == matches)
            #expect(!answer.text.contains(key))
        }
    }

    @Test("past the order's budget the answer is 429 and says when to come again")
    func budget() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let token = [("authorization", "Bearer \(try await ordered(fixture))")]
        var last: RouteClient.Answer?
        for _ in 1...8 {
            last = try await client.post(path, token, json: [:])
            if last?.status == 429 { break }
        }
        #expect(last?.status == 429 && last?.reason == "order_budget_spent")
        let seconds = last?.header("retry-after").flatMap { Int($0) } ?? 0
        #expect((1...86_400).contains(seconds))
    }

    @Test("a wrong token is 401 whatever stands in the body that is JSON")
    func wrongToken() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        for header in ["Bearer ot_AAAA", "Bearer \(fixture.token)", "Basic x", "x"] {
            let answer = try await client.post(path, [("authorization", header)], json: [:])
            #expect(answer.status == 401 && answer.reason == "wrong_token", "\(header)")
        }
    }

    @Test("without a token there is advice about the form, the same for known and unknown codes")
    func advice() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        _ = try await client.call(
            .post,
            DeliveryRouteTests.path,
            fixture.signed(
                fixture.notice(order: "o", key: "100000000000000001").serialized(),
                id: "m1"
            ),
            body: fixture.notice(order: "o", key: "100000000000000001").serialized()
        )
        func ask(_ key: String) async throws -> RouteClient.Answer {
            try await client.post(
                path,
                json: ["format": "cmcc", "codes": [["line": 1, "key": .string(key)]]]
            )
        }
        let known = try await ask("100000000000000001")
        let unknown = try await ask("100000000000000002")
        #expect(known.status == 200 && known.body == unknown.body, "\(known.text)")
        #expect(!known.text.contains("verdict"))
        let short = try await ask("1O")
        let item = short.json["items"]?.arrayValue?.first
        #expect(item?["plausible"]?.boolValue == false)
        let finding = item?["findings"]?.arrayValue?.first
        #expect(finding?["message"]?["zh-CN"]?.stringValue?.isEmpty == false)
        #expect(finding?["message"]?["en"]?.stringValue?.isEmpty == false)
        #expect(try await client.post(path, json: [:]).json["items"]?.arrayValue == [])
    }

    @Test(
        "what is wrong with a self-test's body is named",
        arguments: [
            (#"{"codes":{}}"#, "/codes"), (#"{"codes":[7]}"#, "/codes/0"),
            (#"{"codes":[{"line":1}]}"#, "/codes/0/key"),
            (#"{"codes":[{"key":"1"}]}"#, "/codes/0/line"),
            (#"{"codes":[{"line":0,"key":"1"}]}"#, "/codes/0/line"),
            (#"{"codes":[{"line":1,"key":"1"},{"line":1,"key":"2"}]}"#, "/codes/1/line"),
            (#"{"codes":[{"line":1,"key":""}]}"#, "/codes/0/key"),
            (#"{"format":"no-such"}"#, "/format"), (#"{"cods":[]}"#, ""),
        ]
    )
    func badBodies(body: String, pointer: String) async throws {
        let answer = try await GatewayFixture().client().call(
            .post,
            path,
            [("content-type", "application/json")],
            body: Array(body.utf8)
        )
        #expect(answer.status == 422 && answer.reason == "invalid_fields")
        #expect(answer.json["errors"]?.arrayValue?.first?["pointer"]?.stringValue == pointer)
    }

    @Test("an address has a budget of its own that refills with time")
    func addressBudget() {
        let budget = AddressBudget()
        let start = Instant(secondsSinceEpoch: 1_800_000_000)
        for _ in 1...Int(AddressBudget.burst) { #expect(budget.spend("a", at: start) == nil) }
        let wait = budget.spend("a", at: start)
        #expect(wait.map { $0.wholeSeconds } == 1)
        #expect(budget.spend("b", at: start) == nil)
        #expect(budget.spend("a", at: start + .seconds(1)) == nil)
        #expect(
            budget.spend("a", at: start - .seconds(3_600)) == nil,
            "a clock set back takes nothing"
        )
    }

    @Test("addresses beyond the table share one budget, and idle ones make room")
    func addressTable() {
        let budget = AddressBudget()
        let start = Instant(secondsSinceEpoch: 1_800_000_000)
        for number in 0..<AddressBudget.addressLimit {
            #expect(budget.spend("a\(number)", at: start) == nil)
        }
        for number in 0..<Int(AddressBudget.burst) {
            #expect(budget.spend("new\(number)", at: start) == nil)
        }
        #expect(budget.spend("one more", at: start) != nil)
        #expect(budget.spend("later", at: start + .seconds(2)) == nil)
    }

    @Test("a proxy's header names the client only where the operator says so")
    func forwarded() async throws {
        let fixture = try await GatewayFixture()
        let responder = RouteResponder(
            table: fixture.tables(clientAddressHeader: "x-forwarded-for").api,
            observer: RequestObserver(logger: .silent, .all)
        )
        let client = RouteClient(responder: responder)
        let spent = [("x-forwarded-for", "8.8.8.8, 2001:db8:1:2:3::1")]
        for _ in 1...Int(AddressBudget.burst) + 50 {
            if try await client.post(path, spent, json: [:]).status == 429 { break }
        }
        let neighbour = [("x-forwarded-for", "2001:db8:1:2:ffff::9")]
        #expect(try await client.post(path, neighbour, json: [:]).status == 429, "same /64")
        let other = [("x-forwarded-for", "2001:db8:1:3::1")]
        #expect(try await client.post(path, other, json: [:]).status == 200)
        #expect(try await client.post(path, json: [:]).status == 200)
    }
}
