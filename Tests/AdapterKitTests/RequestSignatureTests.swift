import AdapterKit
import CardModel
import Testing
import WireFormat

@Suite("Signed requests, through the language")
struct RequestSignatureTests {
    private let vectors: JSONValue
    init() throws { vectors = try SignerManifest.vectors("protocol-vectors") }

    @Test("LicenseSpring's vector: HMAC-SHA256 over a date")
    func licenseSpring() async throws {
        let string = try vectors.vector("/licensespring/signing_string")
        let date = try #require(string.split(separator: "date: ").last)
        let adapter = try licenseSpring(date: String(date), string: string)
        let sent = try await SignerManifest.sent(adapter)
        let signature = try vectors.vector("/licensespring/signature")
        #expect(
            sent.header("Authorization")
                == #"algorithm="hmac-sha256",headers="date",signature="\#(signature)",apikey="K1""#
        )
        #expect(sent.headers.last?.isSecret == true)
    }

    /// https://docs.licensespring.com/license-api/license-api-authorization/request-signature
    @Test("LicenseSpring's own example, with the date of the question")
    func licenseSpringExample() async throws {
        let adapter = try licenseSpring(
            date: "{asked_at.http_date}",
            string: "licenseSpring\ndate: {asked_at.http_date}",
            key: "kw4qSnpSwXzgiv5yxYpZZmFEd9QAeiKTQ6OuyMja"
        )
        let asked = try #require(Instant(rfc3339: "2011-06-07T20:51:35Z"))
        let sent = try await SignerManifest.sent(
            adapter,
            SignerManifest.inquiry(at: asked.secondsAndMilliseconds.seconds)
        )
        #expect(sent.header("Date") == "Tue, 07 Jun 2011 20:51:35 GMT")
        #expect(sent.header("Authorization")?.contains(#"signature="UDysfR"#) == true)
    }

    private func licenseSpring(
        date: String,
        string: String,
        key: String = "SK"
    ) throws -> any IssuerAdapter {
        try SignerManifest.adapter(
            request: """
                method: GET
                url: "{settings.endpoint}/api/v4/check_license"
                query: {license_key: "{key}"}
                headers: {Date: "\(date)"}
                """,
            auth: """
                auth:
                  scheme: signature
                  algorithm: hmac_sha256
                  key: "{secrets.key}"
                  string: "\(string.replacing("\n", with: "\\n"))"
                  as: base64
                  in: header
                  name: Authorization
                  value: 'algorithm="hmac-sha256",headers="date",signature="{signature}",apikey="K1"'
                """,
            secrets: ["key": key]
        )
    }

    @Test("dujiao-next's vector: HMAC-SHA256 over method, path, time and the body's MD5")
    func dujiaoNext() async throws {
        let body = try vectors.vector("/dujiao_next_callback/body")
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/api/v1/upstream/callback"
                headers: {Dujiao-Next-Timestamp: "{asked_at.unix}"}
                json: \(body)
                """,
            auth: """
                auth:
                  scheme: signature
                  algorithm: hmac_sha256
                  key: "{secrets.key}"
                  string: "{method}\\n{path}\\n{asked_at.unix}\\n{body.md5}"
                  in: header
                  name: Dujiao-Next-Signature
                """,
            secrets: ["key": try vectors.vector("/dujiao_next_callback/api_secret")]
        )
        let sent = try await SignerManifest.sent(adapter, SignerManifest.inquiry(at: 1_772_366_460))
        #expect(sent.bodyText == body)
        #expect(
            try sent.header("Dujiao-Next-Signature")
                == vectors.vector("/dujiao_next_callback/Dujiao-Next-Signature")
        )
    }

    private func fields(
        _ form: String,
        string: String,
        key: String,
        at seconds: Int64
    ) async throws -> OutboundRequest {
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/shared"
                form: \(form)
                """,
            auth: """
                auth: {scheme: signature, algorithm: md5, string: "\(string)", in: form, name: sign}
                """,
            secrets: ["key": key]
        )
        return try await SignerManifest.sent(adapter, SignerManifest.inquiry(at: seconds))
    }

    @Test("acg-faka's vector: MD5 over sorted pairs, empty ones left out")
    func acgFaka() async throws {
        let sent = try await fields(
            #"{app_id: "7", app_key: "{secrets.key}", shared_code: ABC, num: "1", race: ""}"#,
            string: "{fields.pairs}&key={secrets.key}",
            key: try vectors.vector("/acg_faka/key"),
            at: 0
        )
        let sign = try vectors.vector("/acg_faka/sign")
        #expect(
            sent.bodyText == "app_id=7&app_key=K7&shared_code=ABC&num=1&race=&sign=\(sign)"
        )
    }

    @Test("Agiso's vector: MD5 over sorted names and values between the secret")
    func agiso() async throws {
        let sent = try await fields(
            #"{timestamp: "{asked_at.unix}", tids: "100"}"#,
            string: "{secrets.key}{fields.texts}{secrets.key}",
            key: try vectors.vector("/agiso/app_secret"),
            at: 1_772_366_460
        )
        #expect(try sent.bodyText.hasSuffix("&sign=\(vectors.vector("/agiso/sign"))"))
    }

    @Test("JD's vector: MD5 over sorted pairs and a local time")
    func jdGameCard() async throws {
        let asked = try #require(Instant(rfc3339: "2025-12-31T16:00:00Z"))
        let sent = try await fields(
            #"{customerId: C1, data: "\#(vectors.vector("/jd_game_card/data"))","#
                + #" timestamp: "{asked_at.local_compact}"}"#,
            string: "{fields.pairs}&key={secrets.key}",
            key: try vectors.vector("/jd_game_card/md5_secret"),
            at: asked.secondsAndMilliseconds.seconds
        )
        #expect(sent.bodyText.contains("timestamp=20260101000000"))
        #expect(try sent.bodyText.hasSuffix("&sign=\(vectors.vector("/jd_game_card/sign"))"))
    }

    @Test("Fulu's vector: MD5 over the sorted characters of the JSON body and the secret")
    func fulu() async throws {
        let body = try vectors.vector("/fulu_sign/json")
        let template = body.replacing(#""{\""#, with: #""{{\""#)
            .replacing(#"\"}""#, with: #"\"}}""#)
            .replacing("2026-01-01 00:00:00", with: "{asked_at.local}")
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/api/getway"
                json: \(template)
                """,
            auth: """
                auth: {scheme: signature, algorithm: md5, string: "{body.sorted}{secrets.key}",
                  in: json, name: sign}
                """,
            secrets: ["key": try vectors.vector("/fulu_sign/app_secret")]
        )
        let asked = try #require(Instant(rfc3339: "2025-12-31T16:00:00Z"))
        let sent = try await SignerManifest.sent(
            adapter,
            SignerManifest.inquiry(at: asked.secondsAndMilliseconds.seconds)
        )
        let sign = try vectors.vector("/fulu_sign/sign")
        #expect(sent.bodyText == body.dropLast() + #","sign":"\#(sign)"}"#)
    }

    @Test("characters are sorted by code point, not by byte, and Chinese ones last")
    func sortedCharacters() async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/x"
                json: {b: 卡é, a: B}
                """,
            auth: """
                auth: {scheme: signature, algorithm: md5, string: "{body.sorted}", in: header,
                  name: X-Sign}
                """
        )
        // printf %s '"""""""",::Bab{}é卡' | md5sum
        let sent = try await SignerManifest.sent(adapter)
        #expect(sent.header("X-Sign") == "7e45c28141b3a31899c43d602eea4e2f")
    }

    @Test("a signature travels in a member of the body, too")
    func member() async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: PUT
                url: "{settings.endpoint}/x"
                json: {b: 2, a: "x y", nothing: ""}
                """,
            auth: """
                auth:
                  scheme: signature
                  algorithm: hmac_sha1
                  key: "{secrets.key}"
                  key_as: hex
                  string: "{fields.pairs}"
                  as: hex_upper
                  in: json
                  name: sign
                """,
            secrets: ["key": "6b6579"]
        )
        // printf 'a=x y&b=2' | openssl dgst -sha1 -hmac key
        let sent = try await SignerManifest.sent(adapter)
        #expect(sent.method == "PUT")
        #expect(sent.bodyText.hasPrefix(#"{"b":2,"a":"x y","nothing":"","sign":""#))
        #expect(sent.bodyText.contains("F74829AD5DE0ACC77381591312C373BFF7CD11A5"))
    }

    @Test("a key that is not written as declared is a fault of our settings, and nobody is asked")
    func badKey() async throws {
        let adapter = try SignerManifest.adapter(
            request: "method: POST\nurl: \"{settings.endpoint}/x\"",
            auth: """
                auth: {scheme: signature, algorithm: hmac_md5, key: "{secrets.key}", key_as: base64,
                  string: "{method}", in: header, name: X-Sign}
                """,
            secrets: ["key": "no base64!"]
        )
        let issuer = ScriptedIssuer(answers: [SignerManifest.answer("{}")])
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.inquire(SignerManifest.inquiry(), using: issuer)
        }
        #expect(error?.cause == .ourAccount)
        #expect(await issuer.requests.isEmpty)
    }

    @Test(
        "a signature is kept as little as the secret it was made with",
        arguments: [
            "header", "query", "form",
        ])
    func transcript(location: String) async throws {
        let adapter = try SignerManifest.adapter(
            request: """
                method: POST
                url: "{settings.endpoint}/x"
                form: {pin: "{key}"}
                """,
            auth: """
                auth: {scheme: signature, algorithm: md5, string: "{secrets.key}", in: \(location),
                  name: x-sign}
                """,
            secrets: ["key": "hello"]
        )
        let answer = SignerManifest.answer(
            #"{"code":"00","seen":"5d41402abc4b2a76b9719d911017c592"}"#)
        let issuer = ScriptedIssuer(answers: [answer])
        let result = try await adapter.inquire(SignerManifest.inquiry(), using: issuer)
        let kept = result.transcripts.map {
            String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self)
        }.joined()
        #expect(kept.contains("x-sign") && !kept.contains("5d41402abc"))
        let sent = try #require(await issuer.requests.first)
        let wire = sent.bodyText + (sent.header("x-sign") ?? "") + sent.url.withUnredacted { $0 }
        #expect(wire.contains("5d41402abc4b2a76b9719d911017c592"))
    }
}
