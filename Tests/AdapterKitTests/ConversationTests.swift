import AdapterKit
import CardModel
import Testing
import WireFormat

@Suite("A conversation with an issuer")
struct ConversationTests {
    private func inquire(
        retrySafe: Bool = true,
        _ script: @escaping ScriptedIssuer.Script
    ) async throws -> (result: Result<InquiryResult, AdapterError>, requests: Int) {
        let yaml = TownLibrary.manifest.replacing(
            "retry_safe: true",
            with: "retry_safe: \(retrySafe)"
        )
        let adapter = try AdapterFactory(manifest: AdapterManifest(yaml: yaml, file: "x.yaml"))
            .adapter(configuredBy: TownLibrary.configuration)
        let issuer = ScriptedIssuer(script)
        do throws(AdapterError) {
            let result = try await adapter.inquire(unchecked, using: issuer)
            return (.success(result), await issuer.requests.count)
        } catch {
            return (.failure(error), await issuer.requests.count)
        }
    }

    private let unchecked: Inquiry
    init() throws { unchecked = try TownLibrary.inquiry() }

    private static func failure(_ code: TransportError.Code, sent: Bool) -> TransportError {
        TransportError(code: code, message: "library.example", requestWasSent: sent)
    }

    @Test(
        "is repeated once when the request was not sent, or when asking twice is safe",
        arguments: [
            (TransportError.Code.connectFailed, false, false, 2), (.connectFailed, true, false, 1),
            (.connectFailed, false, true, 2), (.timedOut, true, false, 1),
            (.timedOut, true, true, 2),
            (.connectionBroken, true, true, 2), (.refusedAddress, false, true, 1),
            (.untrustedCertificate, false, true, 1), (.cancelled, false, true, 1),
            (.bodyTooLarge, true, true, 1), (.resolveFailed, false, false, 2),
        ]
    )
    func retries(code: TransportError.Code, sent: Bool, safe: Bool, requests: Int) async throws {
        let outcome = try await inquire(retrySafe: safe) { (_, _) throws(TransportError) in
            throw Self.failure(code, sent: sent)
        }
        #expect(outcome.requests == requests)
        let error = try #require(throws: AdapterError.self) { try outcome.result.get() }
        #expect(error.cause == Self.failure(code, sent: sent).indeterminateCause)
        #expect(error.transcripts.map(\.failure) == Array(repeating: code, count: requests))
    }

    @Test("a second try that succeeds is a success, with both tries on record")
    func recovery() async throws {
        let outcome = try await inquire(retrySafe: false) { (_, index) throws(TransportError) in
            if index == 0 { throw Self.failure(.connectFailed, sent: false) }
            return TownLibrary.answer(TownLibrary.good)
        }
        let result = try outcome.result.get()
        #expect(result.state == .okUnused)
        #expect(result.transcripts.map(\.failure) == [.connectFailed, nil])
    }

    @Test(
        "passes on how long the issuer asks us to wait",
        arguments: [
            ("120", Duration.seconds(120)), (" 5 ", nil),
            ("Fri, 20 Nov 2026 08:01:00 GMT", .seconds(60)),
            ("Thu, 19 Nov 2026 08:00:00 GMT", .zero), ("99999999999999999999", .seconds(604_800)),
            ("soon", nil), ("-5", nil), ("", nil),
        ]
    )
    func retryAfter(value: String, wait: Duration?) async throws {
        let outcome = try await inquire { _, _ in
            TownLibrary.answer("", status: 429, headers: [(name: "retry-after", value: value)])
        }
        let result = try outcome.result.get()
        #expect(result.cause == .rateLimited && result.retryAfter == wait)
    }

    @Test("is kept scrubbed, with digests over the kept bytes")
    func transcript() async throws {
        let outcome = try await inquire { _, _ in
            var answer = TownLibrary.answer(TownLibrary.good)
            answer.headers.append((name: "Set-Cookie", value: "session=1"))
            answer.peerCertificateSHA256 = [1, 2, 3]
            answer.timings = TransportTimings(total: .milliseconds(40))
            return answer
        }
        let kept = try #require(outcome.result.get().transcripts.first)
        let request = String(decoding: kept.requestBytes, as: UTF8.self)
        let response = String(decoding: kept.responseBytes, as: UTF8.self)
        #expect(request.hasPrefix("POST https://library.example/api/v2/cards/007-A?shop=main"))
        #expect(request.contains("Authorization: [redacted]\r\n"))
        #expect(request.contains(#""pin":"[redacted]""#))
        #expect(response.contains("Set-Cookie: [redacted]\r\n"))
        #expect(
            kept.peerCertificateSHA256 == [1, 2, 3] && kept.timings?.total == .milliseconds(40)
        )
        #expect(kept.sentAt == unchecked.askedAt)
        let again = Transcript(
            label: kept.label,
            scrubbedRequest: kept.requestBytes,
            scrubbedResponse: kept.responseBytes,
            sentAt: kept.sentAt
        )
        #expect(again.requestSHA256 == kept.requestSHA256 && kept.requestSHA256.count == 32)
        #expect(again.responseSHA256 == kept.responseSHA256)
    }

    @Test("a long answer is kept up to its bound, and says what is missing")
    func bounded() {
        let transcript = Transcript(
            label: "x",
            scrubbedRequest: [],
            scrubbedResponse: [UInt8](repeating: 0x41, count: Transcript.longestSideBytes + 7),
            sentAt: unchecked.askedAt
        )
        let text = String(decoding: transcript.responseBytes.suffix(30), as: UTF8.self)
        #expect(text.hasSuffix("\n[7 more bytes not kept]"))
    }
}
