import AdapterKit
import CardModel
import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Consents, orders and callbacks over HTTP") struct ConsentRouteTests {
    private func delivered(
        _ fixture: GatewayFixture,
        order: String = "o-1",
        key: String = "700000000000000001"
    ) async throws -> JSONValue {
        let body = fixture.notice(order: order, key: key, product: "topup").serialized()
        let answer = try await fixture.client().call(
            .post, DeliveryRouteTests.path, fixture.signed(body, id: order), body: body)
        #expect(answer.status == 202, "\(answer.text)")
        return answer.json
    }

    private func path(_ delivered: JSONValue, line: String = "1") -> String {
        "/v1/deliveries/\(delivered["delivery"]?.stringValue ?? "-")/items/\(line)/consents"
    }

    private let wish: JSONValue = [
        "operation": "redeem", "given_by": "buyer", "given_at": "2026-11-20T08:00:00+08:00",
        "statement_sha256": .string(String(repeating: "ab", count: 32)),
        "beneficiary": "13800000000",
    ]

    @Test("a consent is 201 with its order, the same under its key 200, another under it 409")
    func platform() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let delivery = try await delivered(fixture)
        let headers = fixture.bearer + [("idempotency-key", "k-1")]
        let first = try await client.post(path(delivery), headers, json: wish)
        #expect(first.status == 201, "\(first.text)")
        #expect(
            first.json["given_at"]?.stringValue == "2026-11-20T00:00:00.000Z"
                || first.json["given_at"]?.stringValue == "2026-11-20T00:00:00Z")
        #expect(first.json["redemption"]?["state"]?.stringValue == "planned")
        #expect(!first.text.contains("13800000000"))
        let second = try await client.post(path(delivery), headers, json: wish)
        #expect(second.status == 200 && second.json["consent"] == first.json["consent"])
        let other = try await client.post(
            path(delivery), headers, json: ["operation": "redeem", "given_by": "buyer"])
        #expect(other.status == 409 && other.reason == "idempotency_key_reused")
        let again = try await client.post(path(delivery), fixture.bearer, json: wish)
        #expect(again.status == 409 && again.reason == "already_ordered")
        let list = try await client.get("/v1/redemptions?state=planned", fixture.bearer)
        #expect(list.json["redemptions"]?.arrayValue?.count == 1, "\(list.text)")
        let none = try await client.get("/v1/redemptions?state=person", fixture.bearer)
        #expect(none.json["redemptions"]?.arrayValue?.isEmpty == true)
        let wrong = try await client.get("/v1/redemptions?state=lost", fixture.bearer)
        #expect(wrong.status == 422)
        let admin = try await fixture.client(\.admin).get("/v1/redemptions")
        #expect(admin.json["redemptions"]?.arrayValue?.count == 1)
    }

    @Test("a buyer agrees with his order token, for his own order and for himself alone")
    func buyer() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let own = try await delivered(fixture)
        let other = try await delivered(fixture, order: "o-2", key: "700000000000000002")
        let token = [("authorization", "Bearer \(own["order_token"]?.stringValue ?? "-")")]
        let foreign = try await client.post(path(other), token, json: wish)
        #expect(foreign.status == 404)
        let merchant = try await client.post(
            path(own), token, json: ["operation": "redeem", "given_by": "merchant"])
        #expect(merchant.status == 409 && merchant.reason == "not_the_owner")
        let answer = try await client.post(path(own), token, json: wish)
        #expect(answer.status == 201, "\(answer.text)")
        let stranger = try await client.post(
            path(own), [("authorization", "Bearer nobody")], json: wish)
        #expect(stranger.status == 401)
        #expect(try await client.post(path(own), [], json: wish).status == 401)
    }

    @Test(
        "what a consent lacks or does not know is named",
        arguments: [
            ("{}", ["/operation", "/given_by"]),
            (#"{"operation":"activate","given_by":"buyer"}"#, ["/operation"]),
            (#"{"operation":"redeem","given_by":"issuer"}"#, ["/given_by"]),
            (#"{"operation":"redeem","given_by":"buyer","given_at":"now"}"#, ["/given_at"]),
            (
                #"{"operation":"redeem","given_by":"buyer","given_at":"2999-01-01T00:00:00Z"}"#,
                ["/given_at"]
            ),
            (
                #"{"operation":"redeem","given_by":"buyer","statement_sha256":"ab"}"#,
                ["/statement_sha256"]
            ),
            (#"{"operation":"redeem","given_by":"buyer","check":"chk"}"#, ["/check"]),
            (#"{"operation":"redeem","given_by":"buyer","note":1}"#, [""]),
        ]
    )
    func malformed(body: String, pointers: [String]) async throws {
        let fixture = try await GatewayFixture()
        let delivery = try await delivered(fixture)
        let answer = try await fixture.client().call(
            .post,
            path(delivery),
            fixture.bearer + [("content-type", "application/json")],
            body: Array(body.utf8)
        )
        #expect(answer.status == 422, "\(answer.text)")
        #expect(
            answer.json["errors"]?.arrayValue?.map { $0["pointer"]?.stringValue } == pointers)
    }

    @Test("lines and deliveries that are not there are 404")
    func unknown() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let delivery = try await delivered(fixture)
        for line in ["2", "0", "01", "x", "1000001"] {
            let answer = try await client.post(
                path(delivery, line: line), fixture.bearer, json: wish)
            #expect(answer.status == 404, "\(line)")
        }
    }

    @Test("a callback is acknowledged in the issuer's words, whatever is not believed is 400")
    func callbacks() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let delivery = try await delivered(fixture)
        let consent = try await client.post(path(delivery), fixture.bearer, json: wish)
        let number = try #require(consent.json["redemption"]?["redemption"]?.stringValue)
        let base = "/v1/platforms/shop/callbacks/redeemer"
        let good = "order=\(number)&word=ok_activated_by_buyer&sign=\(number)"
        for _ in 0..<2 {
            let answer = try await client.get("\(base)?\(good)")
            #expect(answer.status == 200 && answer.text == "success", "\(answer.text)")
        }
        let posted = try await client.call(.post, base, [], body: Array(good.utf8))
        #expect(posted.status == 200 && posted.text == "success")
        for bad in [
            "", "order=\(number)", "order=\(number)&word=used&sign=1", "order=7&word=used&sign=7",
        ] {
            let answer = try await client.get("\(base)?\(bad)")
            #expect(answer.status == 400 && answer.reason == "callback_refused", "\(bad)")
            #expect(!answer.text.contains(number))
        }
        let head = try await client.call(.head, "\(base)?\(good)", [], body: [])
        #expect(head.status == 405)
        for path in [
            "/v1/platforms/bazaar/callbacks/redeemer", "/v1/platforms/shop/callbacks/scripted",
        ] {
            #expect(try await client.get("\(path)?\(good)").status == 404)
        }
        let long = Array(repeating: UInt8(ascii: "x"), count: IssuerCallback.longestBytes + 1)
        #expect(try await client.call(.post, base, [], body: long).status == 413)
        let read = try await client.get(
            "/v1/deliveries/\(delivery["delivery"]?.stringValue ?? "-")", fixture.bearer)
        let verdict = read.json.value(atPointer: "/items/0/verdict/state")
        #expect(verdict?.stringValue == "ok_activated_by_buyer", "\(read.text)")
    }
}
