import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

/// What gift card adapters do beside giving states: whom they ask, what they keep, what they tell.
@Suite("Gift cards")
struct GiftCardTests {
    private struct Played {
        var result: InquiryResult
        var requests: [OutboundRequest]
        /// Everything that is kept.
        var kept: String
    }

    private func fixture(_ id: String, _ name: String) throws -> ConformanceFixture {
        let fixtures = try ShippedAdapters.fixtures(id)
        return try #require(fixtures.cases.first { $0.name == name }, "\(id): \(name)")
    }

    private func adapter(_ id: String) throws -> any IssuerAdapter {
        try ShippedAdapters.factory(id)
            .adapter(configuredBy: ShippedAdapters.fixtures(id).configuration)
    }

    private func play(
        _ id: String,
        _ name: String,
        change: (inout Inquiry) -> Void = { _ in }
    ) async throws -> Played {
        let fixture = try fixture(id, name)
        var inquiry = fixture.question.inquiry
        change(&inquiry)
        let issuer = ScriptedIssuer(answers: fixture.answers)
        let result = try await adapter(id).inquire(inquiry, using: issuer)
        return Played(
            result: result,
            requests: await issuer.requests,
            kept: result.transcripts.map {
                String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self)
            }.joined()
        )
    }

    @Test("Square's activities become usage events, oldest first")
    func squareHistory() async throws {
        let played = try await play("square-giftcard", "active, part of the money gone")
        #expect(played.result.history.map(\.kind) == ["ACTIVATE", "REDEEM", "ADJUST_DECREMENT"])
        #expect(
            played.result.history.map(\.amount?.minorUnits) == [5000, 3000, 800]
        )
        #expect(played.result.history[1].at == Instant(rfc3339: "2026-11-18T03:12:00Z"))
    }

    @Test("no instant is told where Square has more activities than it showed")
    func squarePages() async throws {
        let played = try await play(
            "square-giftcard",
            "nothing left, and more activities than one page"
        )
        #expect(played.result.issuer.at == nil)
        #expect(played.result.history.count == InquiryResult.mostUsageEvents)
    }

    @Test("who holds a Square card is not kept")
    func squareOwners() async throws {
        let played = try await play("square-giftcard", "active")
        #expect(!played.kept.contains("JDKYHBWT1D4F8MFH63DBMEN8Y4"))
        #expect(played.kept.contains("balance_money"))
    }

    @Test("a payout address is followed only to the configured host, as a plain path")
    func runaHosts() async throws {
        let address = "http://127.0.0.1:3000"
        for text in [
            "https://spend.runa.io/-/q7RmZk4XwD2p9hTl", "http://127.0.0.1/-/q7RmZk4XwD2p9hTl",
            "\(address).evil.example/-/q7RmZk4XwD2p9hTl", "\(address)@evil.example/q7RmZk4XwD2p",
            "\(address)/-/q7RmZk4XwD2p?x=1", "\(address)/-/q7RmZk4XwD2p#x",
            "\(address)/-/a b c d e f",
            "\(address)/-/../q7RmZk4XwD2p", "\(address)/-/%2e%2e/q7RmZk4XwD2p", "\(address)/", "",
            "\(address)/-/./q7RmZk4XwD2p",
            "//evil.example/q7RmZk4XwD2p", "/-/../q7RmZk4XwD2p", "-/q7RmZk4XwD2p", "/",
        ] {
            let issuer = ScriptedIssuer(answers: [OutboundResponse(status: 200)])
            var inquiry = try fixture("runa", "issued").question.inquiry
            inquiry.issuerReference = SecretValue(text)
            let asked = inquiry
            let adapter = try adapter("runa")
            let error = await #expect(throws: AdapterError.self, "\(text)") {
                try await adapter.inquire(asked, using: issuer)
            }
            #expect(error?.cause == .ourRequest && error?.mayHaveReachedIssuer == false)
            #expect(error.map { !"\($0)".contains("q7RmZk4XwD2p") } == true)
            #expect(await issuer.requests.isEmpty)
        }
    }

    @Test("a payout address shows as …, and the code behind it is not kept")
    func runaSecrets() async throws {
        let played = try await play("runa", "another code")
        #expect(played.requests.map(\.url.redacted) == ["http://127.0.0.1:3000/…?format=json"])
        for secret in ["q7RmZk4XwD2p9hTlVcB3nY6f", "6338021100009999", "55554444"] {
            #expect(!played.kept.contains(secret))
        }
        #expect(played.kept.contains("expiry_date"))
    }

    @Test("a whole payout address is the same as its path")
    func runaWholeAddress() async throws {
        let short = try await play("runa", "issued")
        let path = try #require(try fixture("runa", "issued").question.inquiry.issuerReference)
        let long = try await play("runa", "issued") { inquiry in
            let whole = path.withUnredacted { "http://127.0.0.1:3000" + $0 }
            inquiry.issuerReference = SecretValue(whole)
        }
        let urls = (short.requests + long.requests).map { $0.url.withUnredacted { $0 } }
        #expect(urls.count == 2 && urls[0] == urls[1])
        #expect(long.result.state == .unsupported)
    }

    @Test("Runa without its API key sends none")
    func runaWithoutKey() async throws {
        var configuration = try ShippedAdapters.fixtures("runa").configuration
        configuration.secrets = [:]
        let fixture = try fixture("runa", "issued")
        let issuer = ScriptedIssuer(answers: fixture.answers)
        _ = try await ShippedAdapters.factory("runa").adapter(configuredBy: configuration)
            .inquire(fixture.question.inquiry, using: issuer)
        #expect(await issuer.requests[0].headers.map(\.name) == ["Accept"])
    }

    @Test("a Reloadly token is asked for once, and then used again")
    func reloadlyToken() async throws {
        let fixture = try fixture("reloadly-giftcard", "issued")
        let adapter = try adapter("reloadly-giftcard")
        let first = ScriptedIssuer(answers: fixture.answers)
        _ = try await adapter.inquire(fixture.question.inquiry, using: first)
        let second = ScriptedIssuer(answers: Array(fixture.answers.dropFirst()))
        let again = try await adapter.inquire(fixture.question.inquiry, using: second)
        #expect(again.state == .unsupported)
        #expect(await first.requests.count == 3)
        #expect(await second.requests.count == 2)
    }

    @Test("of a Reloadly order neither other buyers' codes nor its e-mail address are kept")
    func reloadlySecrets() async throws {
        let played = try await play("reloadly-giftcard", "issued with others")
        for secret in ["6120200345140000", "55554444", "40817263", "buyer@example.org"] {
            #expect(!played.kept.contains(secret))
        }
        #expect(!played.kept.contains("48210000000001"))
        #expect(played.kept.contains("SUCCESSFUL"))
    }

    @Test("an order is asked about by its number only", arguments: ["", "12a", "1/cards?x", "-1"])
    func reloadlyReference(text: String) async throws {
        let fixture = try fixture("reloadly-giftcard", "issued")
        var inquiry = fixture.question.inquiry
        inquiry.issuerReference = SecretValue(text)
        let asked = inquiry
        let issuer = ScriptedIssuer(answers: fixture.answers)
        let adapter = try adapter("reloadly-giftcard")
        await #expect(throws: AdapterError.self) {
            try await adapter.inquire(asked, using: issuer)
        }
        #expect(await issuer.requests.isEmpty)
    }

    @Test("a Givex card without a PIN is asked by its number and an empty PIN")
    func givexBareKey() async throws {
        let played = try await play("givex", "full") { inquiry in
            inquiry.code = CardCode(serial: nil, key: CardKey("6036281900000000001"))
        }
        let body = try JSONValue.parse(played.requests[0].body)
        #expect(body.value(atPointer: "/params/4")?.stringValue == "6036281900000000001")
        #expect(body.value(atPointer: "/params/5")?.stringValue == "")
    }

    @Test("an answer to another Givex question is none", arguments: [UInt64(1), 7_000_000_001])
    func givexEcho(nonce: UInt64) async throws {
        let played = try await play("givex", "full") { $0.nonce = nonce }
        #expect(played.result.state == .indeterminate)
        #expect(played.result.cause == .malformedAnswer)
    }
}
