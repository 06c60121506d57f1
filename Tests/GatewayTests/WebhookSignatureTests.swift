import Crypto
import Testing
import WireFormat

@testable import Gateway

/// Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
// The secret is the synthetic one of the Standard Webhooks specification.
@Suite("Webhook signatures")
struct WebhookSignatureTests {
    static let now = Instant(secondsSinceEpoch: 1_614_265_330)
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    /// The vector that the libraries of the specification test themselves with.
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    static func key(_ text: String) throws -> WebhookKey { try #require(WebhookKey(text)) }

    private func refusal(
        id: String? = id,
        timestamp: String? = "1614265330",
        signature: String? = signature,
        body: [UInt8] = body,
        keys: [WebhookKey]? = nil,
        now: Instant = now
    ) throws -> WebhookSignature.Refusal? {
        let keys = try keys ?? [Self.key(Self.secret)]
        do throws(WebhookSignature.Refusal) {
            try WebhookSignature.verify(
                WebhookHeaders(id: id, timestamp: timestamp, signature: signature),
                body: body,
                keys: keys,
                now: now
            )
            return nil
        } catch {
            return error
        }
    }

    @Test("the vector of the specification's libraries verifies, and we sign it alike")
    func vector() throws {
        #expect(try refusal() == nil)
        guard case .secret(let secret) = try Self.key(Self.secret) else {
            Issue.record("no secret")
            return
        }
        let content = WebhookSignature.signedContent(
            id: Self.id,
            timestamp: "1614265330",
            body: Self.body
        )
        #expect(WebhookSignature.sign(content, secret: secret) == Self.signature)
    }

    @Test("a changed id, body, time or signature is refused")
    func changed() throws {
        #expect(try refusal(id: "msg_other") == .noMatchingSignature)
        #expect(try refusal(body: Self.body + [0x20]) == .noMatchingSignature)
        #expect(try refusal(timestamp: "1614265331") == .noMatchingSignature)
        let flipped = Self.signature.replacing("g0hM", with: "h0hM")
        #expect(try refusal(signature: flipped) == .noMatchingSignature)
    }

    @Test(
        "the time may differ by five minutes each way, and by no second more",
        arguments: [(-301, "in_future"), (-300, ""), (0, ""), (300, ""), (301, "too_old")]
    )
    func tolerance(offset: Int, refused: String) throws {
        let result = try refusal(now: Self.now + .seconds(offset))
        #expect(result?.rawValue == (refused.isEmpty ? nil : "timestamp_\(refused)"))
    }

    @Test(
        "a time that is no plain number of seconds is malformed",
        arguments: ["", " 1614265330", "1614265330.5", "-1614265330", "1e9", "16142653300000000"]
    )
    func malformedTime(text: String) throws {
        #expect(try refusal(timestamp: text) == .malformedTimestamp)
    }

    @Test("a missing time or signature is named")
    func missing() throws {
        #expect(try refusal(timestamp: nil) == .missingTimestamp)
        #expect(try refusal(signature: nil) == .missingSignature)
        #expect(try refusal(signature: "") == .missingSignature)
    }

    @Test(
        "a signature that is not of a known form does not match",
        arguments: [
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,", "v1,not base64", ",", "v1",
            "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", "v1,AAAA",
        ]
    )
    func malformedSignature(text: String) throws {
        #expect(try refusal(signature: text) == .noMatchingSignature)
    }

    @Test("one good signature among sixteen is enough, and a seventeenth is too many")
    func manySignatures() throws {
        let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        let fifteen = Array(repeating: other, count: 15)
        #expect(try refusal(signature: (fifteen + [Self.signature]).joined(separator: " ")) == nil)
        let seventeen = fifteen + [other, Self.signature]
        #expect(try refusal(signature: seventeen.joined(separator: " ")) == .tooManySignatures)
    }

    @Test("while a key is rotated, either is accepted, and after it only the new one")
    func rotation() throws {
        let old = try Self.key(Self.secret)
        let new = WebhookKey.secret(Array(repeating: 7, count: 32))
        #expect(try refusal(keys: [new, old]) == nil)
        #expect(try refusal(keys: [new]) == .noMatchingSignature)
        #expect(try refusal(keys: []) == .noMatchingSignature)
    }

    @Test("v1a verifies with the sender's public key, and with no other")
    func asymmetric() throws {
        let seed = Array(repeating: UInt8(3), count: 32)
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        let content = WebhookSignature.signedContent(
            id: Self.id,
            timestamp: "1614265330",
            body: Self.body
        )
        let signature = try WebhookSignature.sign(content, key: key)
        #expect(signature.hasPrefix("v1a,"))
        let mine = WebhookKey.publicKey(key.publicKey)
        #expect(try refusal(signature: signature, keys: [mine]) == nil)
        let both = "\(Self.signature) \(signature)"
        #expect(try refusal(signature: both, keys: [mine]) == nil)
        let stranger = WebhookKey.publicKey(Curve25519.Signing.PrivateKey().publicKey)
        #expect(try refusal(signature: signature, keys: [stranger]) == .noMatchingSignature)
        // A public key must never serve as a shared secret.
        let confused = WebhookSignature.sign(
            content,
            secret: Array(key.publicKey.rawRepresentation)
        )
        #expect(try refusal(signature: confused, keys: [mine]) == .noMatchingSignature)
    }

    @Test("keys are read in their one written form")
    func keys() throws {
        #expect(try Self.key(Self.secret).text == Self.secret)
        for text in [
            "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2L",
            "whsec_" + Base64.encode(Array(repeating: 1, count: 23)),
            "whsec_" + Base64.encode(Array(repeating: 1, count: 65)), "whpk_AAAA",
        ] {
            #expect(WebhookKey(text) == nil, "\(text.count) symbols")
        }
    }

    @Test(
        "an id has 1 to 128 visible ASCII symbols without a dot",
        arguments: [
            ("a", true), (String(repeating: "x", count: 128), true), ("msg_1-A~!", true),
            ("", false), (String(repeating: "x", count: 129), false), ("a.b", false),
            ("a b", false), ("ä", false), ("a\u{7F}", false),
        ]
    )
    func identifiers(text: String, isWellFormed: Bool) {
        #expect(WebhookSignature.isWellFormed(id: text) == isWellFormed)
    }
}
