import CardModel
import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Delivery webhook") struct DeliveryRouteTests {
    static let path = "/v1/platforms/shop/deliveries"

    @Test("a signed notice is answered 202 with its receipt, and a repeat byte for byte the same")
    func accepted() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        let first = try await client.call(
            .post,
            Self.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        #expect(first.status == 202, "\(first.text)")
        #expect(first.header("content-type") == "application/json")
        #expect(first.header("cache-control") == "no-store")
        #expect(first.json["status"]?.stringValue == "accepted")
        #expect(first.json["delivery"]?.stringValue?.hasPrefix("dlv_") == true)
        let again = try await client.call(
            .post,
            Self.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        #expect(again.status == 202)
        #expect(again.body == first.body)
    }

    @Test("faults are named in the order of the contract")
    func precedence() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let broken = Array("not json".utf8)
        let unsigned = [
            ("content-type", "application/json"), ("webhook-id", "m1"),
            ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA"),
        ]
        func with(_ changes: [String: String?]) -> [(String, String)] {
            unsigned.filter { changes[$0.0] == nil }
                + changes.compactMap { name, value in value.map { (name, $0) } }
        }
        func reason(
            _ headers: [(String, String)],
            body: [UInt8],
            method: HTTPRequest.Method = .post
        ) async throws -> String? {
            try await client.call(method, Self.path, headers, body: body).reason
        }
        let large = [UInt8](repeating: 0x78, count: (1 << 20) + 1)
        let wrongType = ["content-type": "text/plain", "webhook-id": "a.b"]
        #expect(
            try await reason(with(wrongType), body: large, method: .put) == "method_not_allowed"
        )
        #expect(try await reason(with(["webhook-id": "a.b"]), body: large) == "body_too_large")
        #expect(try await reason(with(wrongType), body: broken) == "unsupported_media_type")
        #expect(try await reason(with(["webhook-id": "a.b"]), body: broken) == "bad_webhook_id")
        #expect(try await reason(with(["webhook-id": nil]), body: broken) == "bad_webhook_id")
        #expect(try await reason(unsigned, body: broken) == "timestamp_too_old")
        let good = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        _ = try await client.call(.post, Self.path, fixture.signed(good, id: "m1"), body: good)
        #expect(
            try await reason(fixture.signed(broken, id: "m1"), body: broken) == "webhook_id_reused"
        )
        #expect(try await reason(fixture.signed(broken, id: "m2"), body: broken) == "not_json")
        let empty = Array("{}".utf8)
        #expect(try await reason(fixture.signed(empty, id: "m3"), body: empty) == "invalid_fields")
    }

    @Test("an unknown platform is told apart from a bad signature by nothing")
    func unknownPlatform() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        var forged = fixture.signed(body, id: "m1")
        forged[3].1 = "v1," + Base64.encode([UInt8](repeating: 0, count: 32))
        let wrong = try await client.call(.post, Self.path, forged, body: body)
        let unknown = try await client.call(
            .post,
            "/v1/platforms/nobody/deliveries",
            fixture.signed(body, id: "m1"),
            body: body
        )
        #expect(wrong.status == 401)
        #expect(wrong.body == unknown.body)
        #expect(wrong.header("www-authenticate") == unknown.header("www-authenticate"))
    }

    @Test("a body of 1 MiB and one byte is refused, announced or not; one of 1 MiB is read")
    func bodyLimit() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let limit = DeliveryNotice.largestBodyBytes
        let headers = [("content-type", "application/json"), ("webhook-id", "m1")]
        let announced = try await client.call(
            .post,
            Self.path,
            headers + [("content-length", "\(limit + 1)")]
        )
        #expect(announced.status == 413)
        #expect(announced.header("connection") == "close")
        let sent = try await client.call(
            .post,
            Self.path,
            headers,
            body: [UInt8](repeating: 0x20, count: limit + 1)
        )
        #expect(sent.status == 413)
        let most = try await client.call(
            .post,
            Self.path,
            headers,
            body: [UInt8](repeating: 0x20, count: limit)
        )
        #expect(most.status == 401)
    }

    @Test("the wait that was asked for is named, capped at 30 seconds, and brings the verdicts")
    func wait() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        let answer = try await client.call(
            .post,
            Self.path,
            fixture.signed(body, id: "m1") + [("prefer", "respond-async, wait=99")],
            body: body
        )
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("preference-applied") == "wait=30")
        let item = answer.json["items"]?.arrayValue?.first
        #expect(item?["verdict"]?["state"]?.stringValue == "ok_unused")
    }

    @Test("a store that cannot write is 503 with Retry-After, and the id is not used up")
    func storeUnavailable() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        fixture.store.failNextCommit(with: .unavailable("the disk is full"))
        let refused = try await client.call(
            .post,
            Self.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        #expect(refused.status == 503)
        #expect(refused.reason == "store_unavailable")
        #expect(refused.header("retry-after").flatMap { Int($0) } ?? 0 > 0)
        #expect(!refused.text.contains("disk"))
        let retried = try await client.call(
            .post,
            Self.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        #expect(retried.status == 202)
    }

    @Test(
        "Prefer: wait is understood among others and ignored where it is not whole seconds",
        arguments: [
            ("wait=5", 5), ("wait=0", 0), ("respond-async, wait=7", 7), ("WAIT = 8", 8),
            ("wait=\"9\"; x=1", 9), ("wait=31", 30), ("wait=99999999999", 30), ("wait=-1", nil),
            ("wait=1.5", nil), ("wait", nil), ("wait=", nil), ("waiting=3", nil), ("", nil),
            (",,;=", nil),
        ] as [(String, Int?)]
    )
    func preference(header: String, seconds: Int?) {
        #expect(WaitPreference(header)?.seconds == seconds)
    }

    @Test(
        "only application/json is JSON",
        arguments: [
            ("application/json", true), ("Application/JSON", true),
            ("application/json; charset=utf-8", true), ("application/json ;x", true),
            ("application/jsonx", false), ("text/json", false), ("application/json x", false),
            ("", false), ("application", false), ("application/problem+json", false),
        ]
    )
    func mediaType(header: String, isJSON: Bool) {
        #expect(MediaType.isJSON(header) == isJSON)
    }
}
