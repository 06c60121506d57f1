import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@Suite("Access tokens, against a server built on authlib")
struct AccessTokenServerTests {
    /// Every symbol that form encoding, Basic or JSON could get wrong.
    private static let secret = "mark-Secret 1:/%&+=\"é"

    private actor Issuer {
        nonisolated let address: String
        private let server: PythonIssuer
        private let file: String

        init(_ style: ClientCredentials.Style, expiresIn: String) throws {
            file = try PythonIssuer.file(AccessTokenServerTests.secret)
            server = try PythonIssuer("oauth_server.py", ["0", style.rawValue, file, expiresIn])
            address = server.address
        }

        deinit { try? FileManager.default.removeItem(atPath: file) }

        nonisolated func source(
            _ style: ClientCredentials.Style, secret: String
        ) -> AccessTokenSource {
            AccessTokenSource(
                ClientCredentials(
                    tokenURL: address + "/token",
                    clientID: "gateway one",
                    clientSecret: SecretValue(secret),
                    scope: "cards",
                    audience: "https://cards.example",
                    style: style
                )
            )
        }

        nonisolated func send(_ method: String, _ path: String) async throws -> JSONValue {
            let request = OutboundRequest(
                method: method,
                url: SecretURL(address + path),
                timeout: .seconds(10),
                responseBytesLimit: 4096
            )
            return try JSONValue.parse(await LoopbackTransport().send(request).body)
        }

        nonisolated func count(_ name: String) async throws -> Int64 {
            try await send("GET", "/control/counts")[name]?.integerValue ?? 0
        }
    }

    private func ask(
        _ issuer: Issuer,
        _ source: AccessTokenSource,
        at time: String = "2026-11-20T08:00:00Z"
    ) async throws -> (status: Int, transcripts: [Transcript]) {
        let inquiry = Inquiry(
            code: CardCode(serial: nil, key: CardKey("Zq7K-m4Xw-9TrB-2LcV")),
            product: "test",
            askedAt: try #require(Instant(rfc3339: time)),
            format: .generic
        )
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: Scrubber(secrets: []).adding(inquiry.code, format: .generic),
            transport: LoopbackTransport()
        )
        let response = try await conversation.exchange(
            OutboundRequest(
                method: "GET",
                url: SecretURL(issuer.address + "/card"),
                timeout: .seconds(10),
                responseBytesLimit: 4096
            ),
            authorizedBy: source,
            label: "card",
            retrySafe: true
        )
        return (response.status, conversation.transcripts)
    }

    @Test(
        "are fetched in every style, once for many callers, and shown nowhere",
        arguments: ClientCredentials.Style.allCases
    )
    func styles(style: ClientCredentials.Style) async throws {
        let issuer = try Issuer(style, expiresIn: "3600")
        let source = issuer.source(style, secret: Self.secret)
        let texts = try await withThrowingTaskGroup(of: [Transcript].self) { group in
            for _ in 0..<8 {
                group.addTask { try await self.ask(issuer, source).transcripts }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }.map { String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self) }
        #expect(try await issuer.count("tokens") == 1)
        #expect(try await issuer.count("cards") == 8)
        #expect(texts.count == 9)
        #expect(texts.contains { $0.contains("POST") && $0.contains("expires_in") })
        #expect(!texts.contains { $0.contains("mark-") || $0.contains("mark%2D") })
    }

    @Test("are used until shortly before their end, by the time of the question")
    func expiry() async throws {
        let issuer = try Issuer(.basic, expiresIn: "3600")
        let source = issuer.source(.basic, secret: Self.secret)
        for (time, tokens) in [
            ("2026-11-20T08:00:00Z", 1), ("2026-11-20T08:58:59Z", 1),
            ("2026-11-20T08:59:00Z", 2), ("2026-11-20T09:00:00Z", 2),
        ] {
            #expect(try await ask(issuer, source, at: time).status == 200)
            #expect(try await issuer.count("tokens") == tokens, "\(time)")
        }
    }

    @Test("a token that the issuer refuses is replaced once")
    func refusedToken() async throws {
        let issuer = try Issuer(.form, expiresIn: "none")
        let source = issuer.source(.form, secret: Self.secret)
        #expect(try await ask(issuer, source).status == 200)
        _ = try await issuer.send("POST", "/control/forget")
        let again = try await ask(issuer, source)
        #expect(again.status == 200)
        #expect(again.transcripts.map(\.label) == ["card", "access token", "card"])
        #expect(try await issuer.count("tokens") == 2)
        #expect(try await issuer.count("refused") == 1)
    }

    @Test("refused credentials are a fault of our account, and the code was not shown to anybody")
    func refusedCredentials() async throws {
        let issuer = try Issuer(.basic, expiresIn: "3600")
        let source = issuer.source(.basic, secret: "mark-another")
        let error = await #expect(throws: AdapterError.self) { try await ask(issuer, source) }
        #expect(error?.cause == .ourAccount && error?.code == .authorization)
        #expect(error?.mayHaveReachedIssuer == false)
        #expect(error?.transcripts.count == 1)
        #expect(try await issuer.count("cards") == 0)
    }

    private static let manifest = """
        id: cards
        version: 1
        name: {en: Cards, zh: 卡}
        operations: {inquire: {effect: read_only}}
        settings:
          endpoint: {kind: url, required: true}
          client: {required: true}
          client_secret: {secret: true, required: true}
          scope: {}
        request: {method: GET, url: "{settings.endpoint}/card"}
        auth:
          scheme: oauth2_client_credentials
          token_url: "{settings.endpoint}/token"
          client_id: "{settings.client}"
          client_secret: "{secrets.client_secret}"
          scope: "{settings.scope?}"
          audience: https://cards.example
          style: STYLE
        response: {issuer_code: /code, rules: [{table: {path: /code, codes: {"00": ok_unused}}}]}
        """

    private func adapter(
        _ issuer: Issuer,
        _ style: ClientCredentials.Style,
        secret: String
    ) throws -> any IssuerAdapter {
        let yaml = Self.manifest.replacing("STYLE", with: style.rawValue)
        return try AdapterFactory(manifest: AdapterManifest(yaml: yaml, file: "cards.yaml"))
            .adapter(
                configuredBy: AdapterConfiguration(
                    id: "cards",
                    settings: [
                        "endpoint": issuer.address, "client": "gateway one", "scope": "cards",
                    ],
                    secrets: ["client_secret": SecretValue(secret)]
                )
            )
    }

    @Test("a manifest gets them, too", arguments: ClientCredentials.Style.allCases)
    func manifests(style: ClientCredentials.Style) async throws {
        let issuer = try Issuer(style, expiresIn: "3600")
        let adapter = try adapter(issuer, style, secret: Self.secret)
        let inquiry = Inquiry(
            code: CardCode(serial: nil, key: CardKey("Zq7K-m4Xw-9TrB-2LcV")),
            product: "test",
            askedAt: try #require(Instant(rfc3339: "2026-11-20T08:00:00Z")),
            format: .generic
        )
        for _ in 0..<2 {
            let result = try await adapter.inquire(inquiry, using: LoopbackTransport())
            #expect(result.state == .okUnused)
            let kept = result.transcripts.map {
                String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self)
            }.joined()
            #expect(!kept.contains("mark-") && !kept.contains("mark%2D"))
        }
        #expect(try await issuer.count("tokens") == 1)
        let refused = try self.adapter(issuer, style, secret: "mark-another")
        let error = await #expect(throws: AdapterError.self) {
            try await refused.inquire(inquiry, using: LoopbackTransport())
        }
        #expect(error?.cause == .ourAccount)
    }
}
