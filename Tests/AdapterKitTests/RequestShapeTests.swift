import AdapterKit
import CardModel
import Testing

@Suite("Forms, queries and credentials")
struct RequestShapeTests {
    private func request(_ changes: [(String, String)]) async throws -> OutboundRequest {
        let yaml = changes.reduce(TownLibrary.manifest) { $0.replacing($1.0, with: $1.1) }
        let manifest = try AdapterManifest(yaml: yaml, file: "x.yaml")
        let adapter = try AdapterFactory(manifest: manifest)
            .adapter(configuredBy: TownLibrary.configuration)
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer("{}")])
        _ = try await adapter.inquire(TownLibrary.inquiry(key: "a b&c=ü"), using: issuer)
        return try #require(await issuer.requests.first)
    }

    private let jsonLine = #"json: {pin: "{key}", strict: true, product: "{product}"}"#
    private let authLine = #"auth: {scheme: bearer, token: "{secrets.token}"}"#

    @Test("a form is percent-encoded, in the order written")
    func form() async throws {
        let sent = try await request([
            (jsonLine, #"form: {license_key: "{key}", increment_uses_count: "false"}"#)
        ])
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == "license_key=ab%26c%3D%C3%BC&increment_uses_count=false"
        )
        #expect(
            sent.headers.contains {
                $0.name == "Content-Type" && $0.value == "application/x-www-form-urlencoded"
            }
        )
    }

    @Test("a key in the address is shown as … and travels encoded")
    func keyInURL() async throws {
        let sent = try await request([("cards/{serial}", "cards/{key}"), ("POST", "GET")])
        #expect(sent.url.withUnredacted { $0.contains("/v2/cards/ab%26c%3D%C3%BC?") })
        #expect(
            sent.url.redacted == "https://library.example/api/v2/cards/…?shop=main&value=5000"
        )
        #expect("\(sent)".contains("/v2/cards/…") && !"\(sent)".contains("%26"))
        #expect(!String(reflecting: sent).contains("%26"))
    }

    @Test(
        "a value in the address that leads to another page is not asked about",
        arguments: [".", "..", "../orders", "a/../../orders", "..\\orders", "x/."]
    )
    func stepsInURL(key: String) async throws {
        let yaml = TownLibrary.manifest.replacing("cards/{serial}", with: "cards/{key}")
        let adapter = try AdapterFactory(manifest: AdapterManifest(yaml: yaml, file: "x.yaml"))
            .adapter(configuredBy: TownLibrary.configuration)
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer("{}")])
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.inquire(TownLibrary.inquiry(key: key), using: issuer)
        }
        #expect(error?.code == .inquiry && error?.cause == .notSupportedByIssuer)
        #expect(await issuer.requests.isEmpty)
    }

    @Test("dots that lead nowhere are part of the key", arguments: ["..a", "a.b", "...", "%2e%2e"])
    func dotsInURL(key: String) async throws {
        let yaml = TownLibrary.manifest.replacing("cards/{serial}", with: "cards/{key}")
        let adapter = try AdapterFactory(manifest: AdapterManifest(yaml: yaml, file: "x.yaml"))
            .adapter(configuredBy: TownLibrary.configuration)
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer("{}")])
        _ = try await adapter.inquire(TownLibrary.inquiry(key: key), using: issuer)
        #expect(await issuer.requests.count == 1)
    }

    @Test(
        "an operator's address does not climb either", arguments: ["/..", "/a/../b", "/%2E%2e/x"])
    func stepsInAddress(path: String) throws {
        let setting = SettingDeclaration(name: "endpoint", kind: .url)
        let objection = setting.objection(to: "https://library.example\(path)")
        #expect(objection == "must not have `.` or `..` in its path")
        #expect(setting.objection(to: "https://library.example/v1.0/..x") == nil)
    }

    @Test("basic credentials are base64 of user and password in UTF-8")
    func basic() async throws {
        let sent = try await request([
            (
                authLine,
                #"auth: {scheme: basic, username: "{settings.shop}", password: "{secrets.token}"}"#
            )
        ])
        // printf 'main:mark-Token-5519-Zr41' | base64
        #expect(
            sent.headers.last?.value == "Basic bWFpbjptYXJrLVRva2VuLTU1MTktWnI0MQ=="
        )
        #expect(sent.headers.last?.isSecret == true)
    }

    @Test("a header of the issuer's own carries the credential, marked secret")
    func header() async throws {
        let sent = try await request([
            (authLine, #"auth: {scheme: header, name: X-Api-Key, value: "k {secrets.token}"}"#)
        ])
        #expect(sent.headers.last?.name == "X-Api-Key" && sent.headers.last?.isSecret == true)
        #expect(sent.headers.last?.value == "k \(TownLibrary.token)")
    }

    @Test("braces are written twice; scalars keep their JSON type unless quoted")
    func templates() async throws {
        let sent = try await request([
            (
                jsonLine,
                #"json: {a: "{{x}}", b: 7, c: "7", d: null, e: [true, "{key}"],"#
                    + #" f: {g: "{face_value.minor}"}}"#
            )
        ])
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"a":"{x}","b":7,"c":"7","d":null,"e":[true,"ab&c=ü"],"f":{"g":"5000"}}"#
        )
    }

    @Test("a line break in a code does not become a header")
    func headerInjection() async throws {
        let yaml = TownLibrary.manifest.replacing(
            "headers: {Accept: application/json}",
            with: #"headers: {X-Pin: "{key}"}"#
        )
        let adapter = try AdapterFactory(manifest: AdapterManifest(yaml: yaml, file: "x.yaml"))
            .adapter(configuredBy: TownLibrary.configuration)
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer("{}")])
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.inquire(
                TownLibrary.inquiry(key: "ab\u{1}X-Evil: 1"),
                using: issuer
            )
        }
        #expect(error?.cause == .ourRequest)
        #expect(await issuer.requests.isEmpty)
    }

    @Test("times are written as the issuer wants them; optional numbers are left out")
    func times() async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/x"
                json:
                  iso: "{asked_at}"
                  unix: "{asked_at.unix:number}"
                  ms: "{asked_at.unix_ms}"
                  http: "{asked_at.http_date}"
                  local: "{asked_at.local}"
                  compact: "{asked_at.local_compact}"
                  value: "{face_value.minor:number}"
                  none: "{settings.public_key:number?}"
                """
        )
        let sent = try await SignerManifest.sent(adapter)
        // date -u -d @1795161600; TZ=Asia/Shanghai date -d @1795161600
        let expected = """
            {"iso":"2026-11-20T08:00:00Z","unix":1795161600,"ms":"1795161600000",\
            "http":"Fri, 20 Nov 2026 08:00:00 GMT","local":"2026-11-20 16:00:00",\
            "compact":"20261120160000","value":5000}
            """
        #expect(sent.bodyText == expected)
    }

    @Test(
        "a number that is none is a fault of our settings", arguments: ["a", "\"1\"", "null"])
    func noNumber(value: String) async throws {
        let adapter = try SignerManifest.adapter(
            request: "method: POST\nurl: \"{settings.endpoint}/x\"\n"
                + "json: {n: \"{settings.public_key:number}\"}",
            settings: ["public_key": value]
        )
        let error = await #expect(throws: AdapterError.self) {
            try await SignerManifest.sent(adapter)
        }
        #expect(error?.code == .settings)
    }

    @Test("parameters and fields are encoded whole, what the manifest writes included")
    func literals() async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: PUT
                url: "{settings.endpoint}/x"
                query: {"a b": "c&d"}
                form: {"e=f": "g h {product}"}
                """
        )
        let sent = try await SignerManifest.sent(adapter)
        #expect(sent.url.withUnredacted { $0 } == "https://issuer.example/x?a%20b=c%26d")
        #expect(sent.bodyText == "e%3Df=g%20h%20test")
    }
}
