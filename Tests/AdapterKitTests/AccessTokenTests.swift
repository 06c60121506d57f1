import CardModel
import Testing
import WireFormat

@testable import AdapterKit

@Suite("A source of access tokens")
struct AccessTokenTests {
    private static let asked = Instant(secondsSinceEpoch: 1_795_000_000)

    private func source() -> AccessTokenSource {
        AccessTokenSource(
            ClientCredentials(
                tokenURL: "https://issuer.example/token",
                clientID: "id",
                clientSecret: SecretValue("mark-Secret-8841")
            )
        )
    }

    private func conversation(
        at seconds: Int64,
        _ script: @escaping ScriptedIssuer.Script
    ) -> IssuerConversation {
        IssuerConversation(
            startingAt: Self.asked + .seconds(seconds),
            scrubber: Scrubber(secrets: []),
            transport: ScriptedIssuer(script)
        )
    }

    private let card = OutboundRequest(
        method: "GET",
        url: SecretURL("https://issuer.example/card"),
        timeout: .seconds(5),
        responseBytesLimit: 4096
    )

    private static func answer(
        _ body: String,
        status: Int = 200,
        type: String = "application/json",
        headers: [(name: String, value: String)] = []
    ) -> OutboundResponse {
        OutboundResponse(
            status: status,
            headers: [(name: "Content-Type", value: type)] + headers,
            body: Array(body.utf8)
        )
    }

    private static func token(_ text: String, _ rest: String = "") -> OutboundResponse {
        answer(#"{"access_token":"\#(text)","token_type":"bearer"\#(rest)}"#)
    }

    @Test(
        "says whose fault it is when there is no token",
        arguments: [
            (answer(#"{"error":"invalid_client"}"#, status: 401), IndeterminateCause.ourAccount),
            (answer(#"{"error":"invalid_scope"}"#, status: 400), .ourAccount),
            (answer("", status: 404), .ourAccount), (answer("", status: 503), .issuerUnavailable),
            (answer("", status: 429), .rateLimited), (answer("", status: 302), .malformedAnswer),
            (answer("<html>", type: "text/html"), .malformedAnswer),
            (answer("{}"), .malformedAnswer), (token("a b"), .malformedAnswer),
            (token("a\\r\\nX: 1"), .malformedAnswer),
            (answer(#"{"access_token":"abc","token_type":"mac"}"#), .malformedAnswer),
        ]
    )
    func refusals(answer: OutboundResponse, cause: IndeterminateCause) async throws {
        var conversation = conversation(at: 0) { _, _ in answer }
        let source = source()
        let card = card
        let error = await #expect(throws: AdapterError.self) {
            try await conversation.exchange(
                card,
                authorizedBy: source,
                label: "card",
                retrySafe: true
            )
        }
        #expect(error?.cause == cause)
        #expect(error?.mayHaveReachedIssuer == false)
    }

    @Test("passes on how long the authorization server asks us to wait")
    func wait() async throws {
        var conversation = conversation(at: 0) { _, _ in
            Self.answer("", status: 429, headers: [(name: "Retry-After", value: "30")])
        }
        let source = source()
        let error = await #expect(throws: AdapterError.self) {
            try await conversation.token(of: source, rejected: nil)
        }
        #expect(error?.retryAfter == .seconds(30))
    }

    @Test(
        "uses a token for most of its life",
        arguments: [
            (#","expires_in":3600"#, 3539, 3541), (#","expires_in":"3600""#, 3539, 3541),
            (#","expires_in":60"#, 29, 31), ("", 239, 241), (#","expires_in":0"#, 239, 241),
            (#","expires_in":99999999999"#, 86_339, 86_341),
        ]
    )
    func life(member: String, good: Int64, over: Int64) async throws {
        let source = source()
        for (seconds, expected) in [(Int64(0), "t0"), (good, "t0"), (over, "t\(over)")] {
            var conversation = conversation(at: seconds) { _, _ in
                Self.token("t\(seconds)", member)
            }
            let token = try await conversation.token(of: source, rejected: nil)
            #expect(token.value.withUnredacted { $0 } == expected)
        }
    }

    @Test("a refused token is replaced once, and both are taken out of everything kept")
    func replacement() async throws {
        let source = source()
        var conversation = conversation(at: 0) { request, index in
            let isToken = request.url.redacted.hasSuffix("/token")
            if isToken { return Self.token("mark-token-number-\(index)") }
            let shown = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            return Self.answer(#"{"detail":"bad token \#(shown)"}"#, status: 401)
        }
        let response = try await conversation.exchange(
            card,
            authorizedBy: source,
            label: "card",
            retrySafe: false
        )
        #expect(response.status == 401)
        let labels = conversation.transcripts.map(\.label)
        #expect(labels == ["access token", "card", "access token", "card"])
        let kept = conversation.transcripts.map {
            String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self)
        }.joined()
        #expect(!kept.contains("mark-") && kept.contains("bad token"))
    }

    @Test("an answer in which the token cannot be found is not kept at all")
    func withheld() async throws {
        var conversation = conversation(at: 0) { _, _ in
            Self.answer("access_token=mark-token-in-a-form&token_type=bearer", type: "text/plain")
        }
        let source = source()
        let error = await #expect(throws: AdapterError.self) {
            try await conversation.token(of: source, rejected: nil)
        }
        let kept = error?.transcripts.map { String(decoding: $0.responseBytes, as: UTF8.self) }
        #expect(kept?.joined().contains("mark-") == false)
        #expect(kept?.joined().contains("not kept") == true)
    }

    @Test("a secret that came up on the way is taken out of what was kept before, too")
    func learned() async throws {
        var conversation = conversation(at: 0) { _, _ in
            Self.answer(#"{"session":"mark-Session-77120"}"#)
        }
        _ = try await conversation.exchange(card, label: "session", retrySafe: true)
        conversation.alsoScrub(SecretValue("mark-Session-77120"))
        let kept = try #require(conversation.transcripts.first)
        #expect(String(decoding: kept.responseBytes, as: UTF8.self).contains("[redacted]"))
        let again = Transcript(
            label: "session",
            scrubbedRequest: kept.requestBytes,
            scrubbedResponse: kept.responseBytes,
            sentAt: kept.sentAt
        )
        #expect(again.responseSHA256 == kept.responseSHA256)
    }
}
