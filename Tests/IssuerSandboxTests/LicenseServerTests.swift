import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("The licence server")
struct LicenseServerTests {
    @Test("an unknown key is valid and its licence unused")
    func validLicense() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        let answer = try await withSandbox(clock: clock.clock) { _, client in
            try await client.askLicenseServer("C1B6DE-39A6E3-DE1529")
        }
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/vnd.api+json; charset=utf-8")
        let meta: JSONValue = [
            "ts": "2026-11-20T08:00:00.000Z", "valid": true, "detail": "is valid", "code": "VALID",
        ]
        #expect(answer.json["meta"] == meta)
        #expect(answer.json.value(atPointer: "/data/type") == "licenses")
        #expect(
            answer.json.value(atPointer: "/data/attributes/key") == "C1B6DE-39A6E3-DE1529"
        )
        #expect(answer.json.value(atPointer: "/data/attributes/status") == "ACTIVE")
        #expect(
            answer.json.value(atPointer: "/data/attributes/expiry") == "2027-11-20T15:59:59.000Z"
        )
        #expect(answer.json.value(atPointer: "/data/relationships/machines/meta/count") == 0)
    }

    @Test("every row answers as the published table says")
    func everyRow() async throws {
        try await withSandbox { _, client in
            for state in SandboxState.all where state.conduct == nil && state.first == nil {
                guard let expected = state.license, state.use == nil else { continue }
                let key = "KEY-" + (try #require(state.code(number: 7)))
                let answer = try await client.askLicenseServer(key)
                let meta = answer.json["meta"]
                #expect(answer.status == 200)
                #expect(meta?["code"]?.stringValue == expected.code, "\(state.name)")
                #expect(meta?["valid"]?.boolValue == expected.isValid, "\(state.name)")
                #expect(meta?["detail"]?.stringValue == expected.detail, "\(state.name)")
                #expect(
                    (answer.json["data"] == .null) == (expected.code == "NOT_FOUND"),
                    "\(state.name)"
                )
            }
        }
    }

    @Test("a licence's status, seats and expiry fit its code")
    func attributesFit() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(clock: clock.clock) { _, client in
            let cases: [(String, String, String, Int64)] = [
                ("missing_or_stolen", "BANNED", "2027-11-20T15:59:59.000Z", 0),
                ("damaged", "SUSPENDED", "2027-11-20T15:59:59.000Z", 0),
                ("expired", "EXPIRED", "2026-11-19T08:00:00.000Z", 0),
                ("expired_unflagged", "EXPIRED", "2026-11-19T08:00:00.000Z", 0),
                ("good_short_shelf_life", "EXPIRING", "2026-11-23T15:59:59.000Z", 0),
                ("used", "ACTIVE", "2027-11-20T15:59:59.000Z", 2),
            ]
            for (name, status, expiry, machines) in cases {
                let key = try #require(SandboxState.named(name)?.code(number: 0))
                let data = try await client.askLicenseServer(key).json["data"]
                let attributes = data?["attributes"]
                #expect(attributes?["status"]?.stringValue == status, "\(name)")
                #expect(attributes?["expiry"]?.stringValue == expiry, "\(name)")
                #expect(
                    data?.value(atPointer: "/relationships/machines/meta/count")
                        == .integer(machines),
                    "\(name)"
                )
            }
        }
    }

    @Test("nonce and scope come back as they were sent")
    func echoes() async throws {
        let body: JSONValue = [
            "meta": ["key": "K-1", "nonce": 4711, "scope": ["product": "p-1"]]
        ]
        let answer = try await withSandbox { _, client in
            try await client.sendJSON("/v1/accounts/a/licenses/actions/validate-key", body)
        }
        #expect(answer.json.value(atPointer: "/meta/nonce") == 4711)
        #expect(answer.json.value(atPointer: "/meta/scope/product") == "p-1")
    }

    @Test("ids follow the order of first asks, not the keys")
    func identifiersAreOrdinals() async throws {
        try await withSandbox { _, client in
            var ids: [String?] = []
            for key in ["K-1", "K-2", "K-1"] {
                let answer = try await client.askLicenseServer(key)
                ids.append(answer.json.value(atPointer: "/data/id")?.stringValue)
            }
            #expect(
                ids == [
                    "00000000-0000-4000-8000-000000000001",
                    "00000000-0000-4000-8000-000000000002",
                    "00000000-0000-4000-8000-000000000001",
                ]
            )
        }
    }

    @Test(
        "a request outside the protocol gets an error document that names the member",
        arguments: [
            (#"{"meta":{}}"#, "is missing", "/meta/key"),
            (#"{}"#, "is missing", "/meta"),
            (#"{"meta":[]}"#, "type mismatch (expected object)", "/meta"),
            (#"{"meta":{"key":7}}"#, "type mismatch (expected string)", "/meta/key"),
            (#"{"meta":{"key":"  "}}"#, "cannot be blank", "/meta/key"),
            (
                #"{"meta":{"key":"K","nonce":"7"}}"#, "type mismatch (expected integer)",
                "/meta/nonce"
            ),
            (#"{"meta":{"key":"K","a/b":7}}"#, "unpermitted parameter", "/meta/a~1b"),
            (
                #"{"meta":{"key":"K","scope":{"color":1}}}"#, "unpermitted parameter",
                "/meta/scope/color"
            ),
            (#"{"meta":{"key":"K","key":"L"}}"#, "the request contains invalid JSON", nil),
            ("", "the request contains invalid JSON", nil),
        ] as [(String, String, String?)]
    )
    func refusals(body: String, detail: String, pointer: String?) async throws {
        try await withSandbox { _, client in
            let answer = try await client.send(
                "POST",
                "/v1/accounts/a/licenses/actions/validate-key",
                headers: ["content-type": "application/vnd.api+json"],
                body: Array(body.utf8)
            )
            #expect(answer.status == 400)
            let error = answer.json.value(atPointer: "/errors/0")
            #expect(error?["detail"]?.stringValue == detail)
            #expect(error?.value(atPointer: "/source/pointer")?.stringValue == pointer)
        }
    }

    @Test("a body that is too long or of another type is refused")
    func bodiesAreBounded() async throws {
        try await withSandbox { _, client in
            let path = "/v1/accounts/a/licenses/actions/validate-key"
            let long = try await client.send(
                "POST",
                path,
                headers: ["content-type": "application/json"],
                body: [UInt8](repeating: 0x20, count: SandboxLimits.questionBytes + 1)
            )
            #expect(long.status == 413)
            let typed = try await client.send("POST", path, headers: ["content-type": "text/xml"])
            #expect(typed.status == 415)
            #expect(try await client.send("GET", path).status == 404)
        }
    }
}
