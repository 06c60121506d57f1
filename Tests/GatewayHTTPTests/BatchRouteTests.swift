import EvidenceLog
import Gateway
import GatewayTesting
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Registered stock over HTTP") struct BatchRouteTests {
    private let terms: JSONValue = [
        "merchant": "m-1", "product": "voucher", "name": "stock.txt", "lines": 3,
        "as_of": "2026-11-20",
    ]

    private func line(_ number: Int, _ classes: JSONValue = []) -> JSONValue {
        [
            "line": .integer(Int64(number)), "serial": .string("S-\(number)"),
            "key": .string("10000000000000000\(number)"), "classes": classes,
        ]
    }

    private func begun(_ fixture: GatewayFixture) async throws -> String {
        let answer = try await fixture.client().post("/v1/batches", fixture.bearer, json: terms)
        #expect(answer.status == 201, "\(answer.text)")
        return "/v1/batches/\(try #require(answer.json["batch"]?.stringValue))"
    }

    @Test("lines are registered, sealed and proven, and no answer holds a key")
    func whole() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let path = try await begun(fixture)
        let chunk: JSONValue = [
            "offset": 0,
            "lines": [
                line(1), line(2, ["expired"]), ["line": 4, "classes": ["malformed"]],
            ],
        ]
        for _ in 0..<2 {
            let added = try await client.post(path + "/codes", fixture.bearer, json: chunk)
            #expect(added.status == 200 && added.json["received"]?.integerValue == 3)
        }
        let sealed = try await client.post(path + "/seal", fixture.bearer, json: [:])
        #expect(sealed.status == 200 && sealed.json["state"]?.stringValue == "held")
        #expect(sealed.json["good"]?.integerValue == 1, "\(sealed.text)")
        #expect(!sealed.text.contains("100000000000000001"))
        for number in [1, 2, 4] {
            let proof = try await client.get(path + "/lines/\(number)/proof", fixture.bearer)
            #expect(proof.status == 200)
            let bundle = try EvidenceBundle(bytes: proof.body)
            let report = await bundle.verify(logKey: fixture.platform.logVerifierKey)
            #expect(report.holds, "\(report.findings)")
            let items = try #require(report.entries.last?.items)
            #expect(items.count == 1)
            let opened = try #require(items.values.first)
            #expect(
                opened.first { $0.name == "line" }?.value == .integer(Int64(number)))
            #expect(!opened.contains { $0.name == "key" })
        }
        #expect(
            try await client.get(path + "/lines/3/proof", fixture.bearer).status == 404)
    }

    @Test("what is wrong with a chunk is said by its place, and nothing is taken")
    func fields() async throws {
        let fixture = try await GatewayFixture()
        let path = try await begun(fixture)
        let rows: [(JSONValue, String)] = [
            (["offset": 0, "lines": []], "/lines"),
            (["offset": -1, "lines": [line(1)]], "/offset"),
            (["offset": 0, "lines": [["line": 1]]], "/lines/0/key"),
            (["offset": 0, "lines": [line(1, ["malformed"])]], "/lines/0/key"),
            (["offset": 0, "lines": [line(1, ["bad"])]], "/lines/0/classes"),
            (["offset": 0, "lines": [["line": 0, "key": "k"]]], "/lines/0/line"),
        ]
        for (body, pointer) in rows {
            let answer = try await fixture.client().post(
                path + "/codes", fixture.bearer, json: body)
            #expect(answer.status == 422, "\(answer.text)")
            let pointers = (answer.json["errors"]?.arrayValue ?? []).compactMap {
                $0["pointer"]?.stringValue
            }
            #expect(pointers.contains(pointer), "\(pointers) lacks \(pointer)")
        }
        let shown = try await fixture.client().get(path, fixture.bearer)
        #expect(shown.json["received"]?.integerValue == 0)
    }

    @Test("a product that is not configured is refused by its name")
    func unknownProduct() async throws {
        var terms = try #require(terms.objectValue)
        terms["product"] = "vouchre"
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client().post(
            "/v1/batches", fixture.bearer, json: .object(terms))
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.arrayValue?.first?["pointer"]?.stringValue == "/product")
    }

    @Test("acts that the state does not allow are 409 with their reason")
    func conflicts() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let path = try await begun(fixture)
        let rows: [(String, JSONValue, String)] = [
            ("/seal", [:], "lines_missing"), ("/release", [:], "batch_not_sealed"),
            ("/quarantine", [:], "batch_not_sealed"),
            ("/codes", ["offset": 1, "lines": [line(1)]], "wrong_offset"),
            ("/codes", ["offset": 0, "lines": [line(2), line(1)]], "lines_not_ascending"),
        ]
        for (act, body, reason) in rows {
            let answer = try await client.post(path + act, fixture.bearer, json: body)
            #expect(answer.status == 409 && answer.reason == reason, "\(answer.text)")
        }
        let recalled = try await client.post(path + "/recall", fixture.bearer, json: [:])
        #expect(recalled.json["state"]?.stringValue == "recalled")
        let late = try await client.post(path + "/release", fixture.bearer, json: [:])
        #expect(late.status == 409 && late.reason == "batch_recalled")
        let given = try await client.post(path + "/withdraw", fixture.bearer, json: [:])
        #expect(given.status == 409 && given.reason == "batch_recalled")
    }

    @Test("a batch that was registered by mistake is withdrawn, and its key is free")
    func withdrawal() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let path = try await begun(fixture)
        for _ in 1...2 {
            let answer = try await client.post(path + "/withdraw", fixture.bearer, json: [:])
            #expect(answer.status == 200 && answer.json["state"]?.stringValue == "withdrawn")
        }
        for act in ["/seal", "/release", "/recall"] {
            let answer = try await client.post(path + act, fixture.bearer, json: [:])
            #expect(answer.status == 409, "\(act): \(answer.text)")
            #expect(answer.reason == "batch_withdrawn", "\(act)")
        }
        #expect(try await begun(fixture) != path)
    }

    @Test("a batch is its platform's alone")
    func strangers() async throws {
        let fixture = try await GatewayFixture()
        let path = try await begun(fixture)
        let client = fixture.client()
        #expect(try await client.get(path).status == 401)
        #expect(try await client.get(path, [("authorization", "Bearer nobody")]).status == 401)
        #expect(
            try await client.get(
                "/v1/batches/bat_\(String(repeating: "0", count: 26))",
                fixture.bearer
            ).status == 404)
        #expect(try await client.post("/v1/batches", json: terms).status == 401)
    }
}
