import CardModel
import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Provenance over HTTP") struct ProvenanceRouteTests {
    private static let path = "/v1/provenance"
    /// Of a code that was used before it was handed over.
    private static let key = "900000000000000001"
    private static let serial = "10000000000000001"
    private static let question: JSONValue = ["product": "voucher", "key": .string(key)]
    private static let nothing: JSONValue = [
        "registrations": [], "deliveries": [], "complete": true,
    ]

    private func names(of value: JSONValue?) -> Set<String> {
        Set((value?.objectValue?.members ?? []).map(\.name))
    }

    /// Registers a batch of this one code and lets it be handed over.
    private func registered(_ fixture: GatewayFixture) async throws -> String {
        let client = fixture.client()
        let terms: JSONValue = [
            "merchant": "m-77", "product": "voucher", "name": "stock.txt", "lines": 1,
            "as_of": "2026-11-20",
        ]
        let begun = try await client.post("/v1/batches", fixture.bearer, json: terms)
        let id = try #require(begun.json["batch"]?.stringValue, "\(begun.text)")
        let lines: JSONValue = [
            "offset": 0,
            "lines": [
                [
                    "line": 1, "serial": .string(Self.serial), "key": .string(Self.key),
                    "classes": [],
                ]
            ],
        ]
        for (act, body) in [("codes", lines), ("seal", [:]), ("release", [:])] {
            let answer = try await client.post(
                "/v1/batches/\(id)/\(act)", fixture.bearer, json: body)
            #expect(answer.status == 200, "\(answer.text)")
        }
        return id
    }

    @Test("a code is followed from its batch to its order and claim, by itself and by its line")
    func followed() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let batch = try await registered(fixture)
        let told = try await fixture.delivered(fixture.notice(order: "o-1", key: Self.key))
        let delivery = try #require(told["delivery"]?.stringValue, "\(told)")
        let found = try await client.post(Self.path, fixture.bearer, json: Self.question)
        #expect(found.status == 200, "\(found.text)")
        #expect(names(of: found.json) == ["registrations", "deliveries", "complete"])
        #expect(found.json["complete"] == true)
        let line = try #require(found.json["registrations"]?.arrayValue?.first)
        #expect(
            names(of: line) == [
                "batch", "name", "supplier", "merchant", "product", "state", "imported_at", "line",
                "stands", "sold_at", "evidence", "line_proof_url",
            ])
        #expect(line["batch"]?.stringValue == batch && line["line"]?.integerValue == 1)
        #expect(line["stands"] == true && line["sold_at"]?.stringValue != nil)
        let order = try #require(found.json["deliveries"]?.arrayValue?.first)
        #expect(
            names(of: order) == [
                "delivery", "order", "line", "merchant", "product", "check", "buyer_code",
                "delivered_at", "notices", "verdict", "decided_at", "evidence", "replaces",
                "replaced_by", "claims",
            ])
        #expect(order["delivery"]?.stringValue == delivery)
        #expect(order["order"]?.stringValue == "o-1" && order["merchant"]?.stringValue == "m-77")
        #expect(order["verdict"]?.stringValue == "used" && order["replaced_by"] == .null)
        #expect(order["notices"]?.arrayValue?.map { $0["stage"]?.stringValue } == ["receipt"])
        let item = told["items"]?.arrayValue?.first
        #expect(order["claims"]?.arrayValue?.map { $0["claim"] } == [item?["claim"]])
        let read = try await client.get(
            "/v1/deliveries/\(delivery)/items/1/provenance", fixture.bearer)
        #expect(
            read.json == ["delivery": .string(delivery), "line": 1, "codes": [found.json]],
            "\(read.text)")
    }

    @Test("no answer and no line of the log shows a code or a token")
    func silence() async throws {
        let fixture = try await GatewayFixture()
        let log = LogLines()
        let client = fixture.client(log: log.logger)
        let running = fixture.runGateway()
        defer { running.cancel() }
        let told = try await fixture.delivered(fixture.notice(order: "o-1", key: Self.key))
        let delivery = try #require(told["delivery"]?.stringValue, "\(told)")
        let orderToken = try #require(told["order_token"]?.stringValue)
        let line = "/v1/deliveries/\(delivery)/items/1/provenance"
        let refused: JSONValue = ["product": "voucher", "key": .string(Self.key), Self.key: 1]
        let answers = [
            try await client.post(Self.path, fixture.bearer, json: Self.question),
            try await client.get(line, fixture.bearer),
            try await client.post(Self.path, fixture.bearer, json: refused),
        ]
        #expect(answers.map(\.status) == [200, 200, 422])
        for text in answers.map(\.text) + log.all {
            for secret in [Self.key, Self.serial, orderToken, fixture.token] {
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }

    @Test("only the platform's own token asks, and it learns nothing of another platform's codes")
    func tokens() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let told = try await fixture.delivered(fixture.notice(order: "o-1", key: Self.key))
        let delivery = try #require(told["delivery"]?.stringValue, "\(told)")
        let orderToken = try #require(told["order_token"]?.stringValue)
        let line = "/v1/deliveries/\(delivery)/items/1/provenance"
        let rows: [([(String, String)], String)] = [
            ([], "missing_token"), ([("authorization", "Bearer cpt_other")], "wrong_token"),
            ([("authorization", "Bearer \(orderToken)")], "wrong_token"),
            (try await fixture.bearer(of: .platform), "wrong_token"),
            (try await fixture.bearer(of: .merchant), "wrong_token"),
        ]
        for (headers, reason) in rows {
            let found = try await client.post(Self.path, headers, json: Self.question)
            #expect(found.status == 401 && found.reason == reason, "\(found.text)")
            let read = try await client.get(line, headers)
            #expect(read.status == 401 && read.reason == reason, "\(read.text)")
        }
        _ = try await fixture.gateway.directory.add(
            name: "other",
            origin: "other.example/log",
            eventsURL: nil,
            webhookKeys: [.secret(fixture.random.bytes(32))],
            apiToken: "cpt_another-synthetic-token",
            to: fixture.store
        )
        let other = [("authorization", "Bearer cpt_another-synthetic-token")]
        let found = try await client.post(Self.path, other, json: Self.question)
        #expect(found.status == 200 && found.json == Self.nothing, "\(found.text)")
        #expect(try await client.get(line, other).status == 404)
        let operators = fixture.client(\.admin)
        #expect(try await operators.post(Self.path, json: Self.question).status == 404)
        #expect(try await operators.get(line).status == 404)
    }

    @Test("a code nobody saw has nothing, and a line that is not there is 404")
    func unknown() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let running = fixture.runGateway()
        defer { running.cancel() }
        let unseen = try await client.post(Self.path, fixture.bearer, json: Self.question)
        #expect(unseen.status == 200 && unseen.json == Self.nothing, "\(unseen.text)")
        let told = try await fixture.delivered(fixture.notice(order: "o-1", key: Self.key))
        let delivery = try #require(told["delivery"]?.stringValue, "\(told)")
        for line in ["2", "0", "-1", "01", "+1", "one", "99999999999999999999"] {
            let answer = try await client.get(
                "/v1/deliveries/\(delivery)/items/\(line)/provenance", fixture.bearer)
            #expect(answer.status == 404 && answer.reason == "not_found", "\(line)")
        }
        for id in ["dlv_00000000000000000000000000", "clm_00000000000000000000000000", "nobody"] {
            let answer = try await client.get(
                "/v1/deliveries/\(id)/items/1/provenance", fixture.bearer)
            #expect(answer.status == 404, "\(id)")
        }
    }

    @Test(
        "what a question lacks or does not know is named",
        arguments: [
            ("{}", ["/product", "/key"]), (#"{"key":"1"}"#, ["/product"]),
            (#"{"product":"voucher"}"#, ["/key"]),
            (#"{"product":"voucher","key":""}"#, ["/key"]),
            (#"{"product":"voucher","key":1}"#, ["/key"]),
            (#"{"product":7,"key":"1","serial":{}}"#, ["/product", "/serial"]),
            (#"{"product":"voucher","key":"1","order":"o-1"}"#, [""]),
            (
                #"{"product":"voucher","key":""#
                    + String(repeating: "1", count: DeliveryNotice.longestCodeField + 1) + #""}"#,
                ["/key"]
            ),
            ("[]", [""]),
        ]
    )
    func fields(body: String, pointers: [String]) async throws {
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client().call(
            .post, Self.path, fixture.bearer + [("content-type", "application/json")],
            body: Array(body.utf8))
        #expect(answer.status == 422 && answer.reason == "invalid_fields", "\(answer.text)")
        #expect(
            answer.json["errors"]?.arrayValue?.map { $0["pointer"]?.stringValue } == pointers,
            "\(answer.text)")
    }

    @Test("a body that is no JSON, of another type, or too large is refused before it is read")
    func bodies() async throws {
        let fixture = try await GatewayFixture()
        let large = [UInt8](repeating: 0x20, count: ProvenanceRoutes.largestBodyBytes + 1)
        let rows: [(String, [UInt8], Int, String)] = [
            ("application/json", Array("no json".utf8), 400, "not_json"),
            ("application/json", Array(#"{"key":"1","key":"2"}"#.utf8), 400, "duplicate_key"),
            ("text/plain", Self.question.serialized(), 415, "unsupported_media_type"),
            ("application/json", large, 413, "body_too_large"),
        ]
        for (type, body, status, reason) in rows {
            let answer = try await fixture.client().call(
                .post, Self.path, fixture.bearer + [("content-type", type)], body: body)
            #expect(answer.status == status && answer.reason == reason, "\(answer.text)")
        }
    }
}
