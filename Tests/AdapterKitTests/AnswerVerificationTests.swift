import CardModel
import Testing
import WireFormat

@testable import AdapterKit

@Suite("Signed answers")
struct AnswerVerificationTests {
    private let vectors: JSONValue
    init() throws { vectors = try SignerManifest.vectors("answer-signatures") }

    private static let request = """
        method: POST
        url: "{settings.endpoint}/v1/check"
        query: {trace: "1"}
        json: {pin: "{key}"}
        """

    private func adapter(
        _ algorithm: String,
        key: String?,
        verify: String
    ) throws -> any IssuerAdapter {
        let isShared = algorithm.hasPrefix("hmac")
        return try SignerManifest.adapter(
            request: Self.request,
            response: """
                issuer_code: /code
                verify:
                  algorithm: \(algorithm)
                  key: "{\(isShared ? "secrets.key" : "settings.public_key?")}"
                \(verify.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
                """,
            settings: isShared ? [:] : key.map { ["public_key": $0] } ?? [:],
            secrets: isShared ? key.map { ["key": $0] } ?? [:] : [:]
        )
    }

    private let textScheme = """
        scheme: text
        string: "{response.status}\\n{response.header.Date}\\n{response.body.sha256}"
        header: X-Signature
        max_age_seconds: 300
        signed_at: {header: Date, as: http_date}
        """

    private func ask(
        _ adapter: any IssuerAdapter,
        _ headers: [(name: String, value: String)],
        body: String? = nil,
        status: Int = 200,
        at seconds: Int64 = 1_795_161_600
    ) async throws -> InquiryResult {
        let text = try vectors.vector("/body")
        let answer = SignerManifest.answer(body ?? text, headers: headers, status: status)
        return try await adapter.inquire(
            SignerManifest.inquiry(at: seconds),
            using: ScriptedIssuer(answers: [answer])
        )
    }

    private static let algorithms = [
        "ed25519", "rsa_sha256", "hmac_md5", "hmac_sha1", "hmac_sha256", "hmac_sha512",
    ]

    @Test(
        "made by PyCA cryptography are accepted as they are, and no other way",
        arguments: algorithms)
    func text(algorithm: String) async throws {
        let rows = try #require(vectors["rows"]?.arrayValue)
        let row = try #require(rows.first { $0["algorithm"]?.stringValue == algorithm })
        let signature = try row.vector("/signature")
        let date = try vectors.vector("/date")
        for key in try #require(row["keys"]?.arrayValue).compactMap(\.stringValue) {
            let adapter = try adapter(algorithm, key: key, verify: textScheme)
            let signed = [(name: "date", value: date), (name: "x-signature", value: signature)]
            #expect(try await ask(adapter, signed).state == .okUnused, "\(key)")
            let body = try vectors.vector("/body")
            for (headers, body, status) in [
                (Array(signed.dropLast()), body, 200), (signed, body + " ", 200),
                (signed, body, 201), ([(name: "date", value: date)], body, 200),
                (
                    [signed[0], (name: "x-signature", value: "AA" + signature.dropFirst(2))], body,
                    200
                ),
                ([signed[0], (name: "x-signature", value: "")], body, 200),
                ([signed[0], (name: "x-signature", value: "!")], body, 200),
            ] {
                let result = try await ask(adapter, headers, body: body, status: status)
                #expect(result.state == .indeterminate && result.cause == .badSignature)
            }
        }
    }

    @Test("of another hour are a replay")
    func age() async throws {
        let row = try #require(vectors["rows"]?.arrayValue?.first)
        let adapter = try adapter(
            "ed25519",
            key: row.vector("/keys/0"),
            verify: textScheme
        )
        let signed = try [
            (name: "date", value: vectors.vector("/date")),
            (name: "x-signature", value: row.vector("/signature")),
        ]
        for (seconds, cause) in [
            (Int64(-301), IndeterminateCause.badSignature), (-300, nil), (300, nil),
            (301, .badSignature),
        ] {
            let result = try await ask(adapter, signed, at: 1_795_161_600 + seconds)
            #expect(result.cause == cause, "\(seconds)")
        }
    }

    @Test("are not asked for where no key is configured")
    func optional() async throws {
        let adapter = try adapter("ed25519", key: nil, verify: textScheme)
        #expect(try await ask(adapter, []).state == .okUnused)
    }

    @Test("a key that is none is a fault of our settings, and nobody is asked")
    func badKey() async throws {
        for (algorithm, key) in [
            ("ed25519", "abcd"), ("rsa_sha256", "not a key"),
            ("ed25519", String(repeating: "g", count: 64)),
        ] {
            let adapter = try adapter(algorithm, key: key, verify: textScheme)
            let issuer = ScriptedIssuer(answers: [])
            let error = await #expect(throws: AdapterError.self) {
                try await adapter.inquire(SignerManifest.inquiry(), using: issuer)
            }
            #expect(error?.code == .settings && error?.cause == .ourAccount)
            #expect(await issuer.requests.isEmpty)
        }
    }

    @Test("a refusal of our credentials need not be signed to be one, and decides nothing")
    func refusal() async throws {
        let key = try vectors.vector("/rows/0/keys/0")
        let adapter = try adapter("ed25519", key: key, verify: textScheme)
        #expect(try await ask(adapter, [], status: 403).cause == .ourAccount)
    }

    @Test("after draft-cavage-http-signatures cover the request, the host, the date and the body")
    func httpSignature() async throws {
        let verify = "scheme: http_signature\nheader: Issuer-Signature\nmax_age_seconds: 300"
        let adapter = try adapter(
            "ed25519",
            key: vectors.vector("/http_signature/keys/0"),
            verify: verify
        )
        let header = try vectors.vector("/http_signature/header")
        let signed = try [
            (name: "Date", value: vectors.vector("/date")),
            (name: "Digest", value: vectors.vector("/http_signature/digest")),
            (name: "Issuer-Signature", value: header),
        ]
        #expect(try await ask(adapter, signed).state == .okUnused)
        var otherDate = signed
        otherDate[0].value = "Fri, 20 Nov 2026 08:00:01 GMT"
        var otherDigest = signed
        otherDigest[1].value = "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        var less = signed
        less[2].value = header.replacing(" digest\"", with: "\"")
        var otherAlgorithm = signed
        otherAlgorithm[2].value = header.replacing("ed25519", with: "rsa-sha256")
        var twice = signed
        twice[2].value = header + ", algorithm=\"ed25519\""
        for headers in [
            otherDate, otherDigest, less, otherAlgorithm, twice, Array(signed.dropLast()),
            Array(signed.dropFirst()), [signed[0], signed[2]],
        ] {
            #expect(try await ask(adapter, headers).cause == .badSignature, "\(headers)")
        }
        let body = try vectors.vector("/body") + " "
        #expect(try await ask(adapter, signed, body: body).cause == .badSignature)
        #expect(try await ask(adapter, signed, at: 1_795_170_000).cause == .badSignature)
    }

    /// From the examples in keygen-sh/keygen-go: signed by api.keygen.sh in 2022.
    @Test("Keygen's own: an answer that api.keygen.sh signed")
    func keygen() throws {
        let header =
            #"keyid="1fddcec8-8dd3-4d8d-9b16-215cac0f9b52", algorithm="ed25519", "#
            + #"signature="IiyYX1ah2HFzbcCx+3sv+KJpOppFdMRuZ7NWlnwZMKAf5khj9c4TO4z6fr62BqNXlyROOTxZinX8UpXHJHVyAw==""#
            + #", headers="(request-target) host date digest""#
        let signature = try #require(HTTPSignature(header))
        let key = try #require(
            VerifyingKey(
                "e8601e48b69383ba520245fd07971e983d06d22c4257cfd82304601479cee788",
                for: .ed25519,
                notation: .text
            )
        )
        func text(host: String) throws -> [UInt8] {
            let answer = OutboundResponse(
                status: 200,
                headers: [
                    (name: "Date", value: "Wed, 15 Jun 2022 18:52:14 GMT"),
                    (
                        name: "Digest",
                        value: "sha-256=d4uZ26hjiUNqopuSkYcYwg2aBuNtr4D1/9iDhlvf0H8="
                    ),
                ]
            )
            let target = "get /v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/me"
            return Array(
                try #require(signature.text(of: answer, target: target, host: host)).utf8
            )
        }
        #expect(try key.accepts(signature.bytes, over: text(host: "api.keygen.sh")))
        #expect(try !key.accepts(signature.bytes, over: text(host: "api.keygen.test")))
    }

    @Test("another nonce than ours, or none, is an answer to somebody else")
    func nonce() async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/x"
                json: {nonce: "{nonce:number}", text: "{nonce}", ref: "{issuer_reference}"}
                """,
            response: "echo: {nonce: /nonce}"
        )
        for (body, state) in [
            (#"{"code":"00","nonce":9007199254740991}"#, VerdictState.okUnused),
            (#"{"code":"00","nonce":"9007199254740991"}"#, .okUnused),
            (#"{"code":"00","nonce":9007199254740990}"#, .indeterminate),
            (#"{"code":"00","nonce":null}"#, .indeterminate), (#"{"code":"00"}"#, .indeterminate),
        ] {
            let issuer = ScriptedIssuer(answers: [SignerManifest.answer(body)])
            let result = try await adapter.inquire(
                SignerManifest.inquiry(nonce: (1 << 53) - 1),
                using: issuer
            )
            #expect(result.state == state, "\(body)")
            #expect(state == .okUnused || result.cause == .badSignature)
            let sent = try #require(await issuer.requests.first)
            #expect(sent.bodyText.contains(#""nonce":9007199254740991,"text":"9007199254740991""#))
            #expect(sent.bodyText.contains("mark-order-7731-ref"))
            let kept = String(decoding: result.transcripts[0].requestBytes, as: UTF8.self)
            #expect(!kept.contains("mark-order"))
        }
    }
}
