import AdapterKit
import CardModel
import Testing
import WireFormat

@testable import Adapters

@Suite("Licence keys: what no recorded answer shows")
struct LicenceAdapterTests {
    private static let askedAt = "2026-11-20T08:05:00Z"

    private func inquiry(_ key: String) throws -> Inquiry {
        Inquiry(
            code: CardCode(serial: nil, key: CardKey(key)),
            product: "test",
            askedAt: try #require(Instant(rfc3339: Self.askedAt)),
            format: .generic
        )
    }

    /// The adapter as its fixtures configure it, with changes.
    private func adapter(
        _ id: String,
        settings: [String: String?] = [:],
        without secret: String? = nil
    ) throws -> any IssuerAdapter {
        var configuration = try ShippedAdapters.fixtures(id).configuration
        for (name, value) in settings { configuration.settings[name] = value }
        if let secret { configuration.secrets[secret] = nil }
        return try ShippedAdapters.factory(id).adapter(configuredBy: configuration)
    }

    private func fixture(_ id: String, _ name: String) throws -> ConformanceFixture {
        try #require(try ShippedAdapters.fixtures(id).cases.first { $0.name == name })
    }

    @Test("licensespring signs its requests as the published vector does")
    func requestSignature() {
        let header = LicenseSpringSignature.authorization(
            date: "Tue, 07 Jun 2014 20:51:35 GMT",
            apiKey: "AK",
            sharedKey: "SK"
        )
        #expect(
            header == #"algorithm="hmac-sha256",headers="date","#
                + #"signature="ruppw9wOzYKSiAFGkd89UEQVNF0PCFhUC8QAg4qM6uo=",apiKey="AK""#
        )
    }

    @Test(
        "dates in headers are written as RFC 9110 does",
        arguments: [
            ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("2024-02-29T23:59:59.999Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
            ("2027-01-01T00:00:00+08:00", "Thu, 31 Dec 2026 16:00:00 GMT"),
        ]
    )
    func date(instant: String, written: String) throws {
        #expect(try HTTPDate.text(#require(Instant(rfc3339: instant))) == written)
    }

    @Test(
        "lmfwc asks nobody about a key that would be another page's address",
        arguments: ["..", ".", "a/b", "a?b", "a%2Fb", "a:b", "ключ", "a#b"]
    )
    func pathTraversal(key: String) async throws {
        let issuer = ScriptedIssuer(answers: [OutboundResponse(status: 200)])
        let error = await #expect(throws: AdapterError.self) {
            try await adapter("lmfwc").inquire(inquiry(key), using: issuer)
        }
        #expect(error?.cause == .notSupportedByIssuer)
        #expect(error?.mayHaveReachedIssuer == false)
        #expect(await issuer.requests.isEmpty)
    }

    @Test("lmfwc's address shows everything but the key")
    func secretAddress() async throws {
        let good = try fixture("lmfwc", "delivered, never activated")
        let issuer = ScriptedIssuer(answers: good.answers)
        _ = try await adapter("lmfwc").inquire(good.question.inquiry, using: issuer)
        let url = try #require(await issuer.requests.first?.url)
        #expect("\(url)" == "http://127.0.0.1:3000/wp-json/lmfwc/v2/licenses/…")
    }

    @Test("polar without a token does not call a key good that may be activated everywhere")
    func unseenActivations() async throws {
        let activated = try fixture("polar", "activated on every device")
        let issuer = ScriptedIssuer(answers: activated.answers)
        let result = try await adapter("polar", without: "access_token")
            .inquire(activated.question.inquiry, using: issuer)
        #expect(result.state == .indeterminate && result.cause == .ambiguousAnswer)
        #expect(await issuer.requests.count == 1)
    }

    @Test(
        "polar decides nothing while nobody tells how many devices a key is activated on",
        arguments: [
            (401, IndeterminateCause.ourAccount), (404, .malformedAnswer), (429, .rateLimited),
            (500, .issuerUnavailable),
        ]
    )
    func failedSecondQuestion(status: Int, cause: IndeterminateCause) async throws {
        let activated = try fixture("polar", "activated on every device")
        let first = try #require(activated.answers.first)
        let issuer = ScriptedIssuer(answers: [first, OutboundResponse(status: status)])
        let result = try await adapter("polar").inquire(activated.question.inquiry, using: issuer)
        #expect(result.state == .indeterminate && result.cause == cause)
        #expect(result.transcripts.count == 2)
    }

    @Test("cryptolens decides nothing by a date that nobody said to count")
    func undeclaredTimeLimit() async throws {
        let past = try fixture("cryptolens", "past its date, with a time limit")
        let issuer = ScriptedIssuer(answers: past.answers)
        let result = try await adapter("cryptolens", settings: ["time_limited": nil])
            .inquire(past.question.inquiry, using: issuer)
        #expect(result.state == .indeterminate && result.cause == .ambiguousAnswer)
    }

    @Test(
        "cryptolens counts the date for the keys that the operator named",
        arguments: [
            ("always", VerdictState.expired), ("F2", .expired), ("F3", .okUnused),
            ("never", .okUnused),
        ]
    )
    func timeLimit(setting: String, state: VerdictState) async throws {
        let past = try fixture("cryptolens", "past its date, with a time limit")
        let result = try await adapter("cryptolens", settings: ["time_limited": setting])
            .inquire(past.question.inquiry, using: ScriptedIssuer(answers: past.answers))
        #expect(result.state == state)
    }

    @Test("cryptolens tells when a key was activated, oldest first")
    func history() async throws {
        let used = try fixture("cryptolens", "activated on three of three")
        let result = try await adapter("cryptolens")
            .inquire(used.question.inquiry, using: ScriptedIssuer(answers: used.answers))
        #expect(
            result.history.map(\.at?.rfc3339Seconds)
                == ["2026-11-18T08:05:00Z", "2026-11-19T08:05:00Z", "2026-11-20T08:05:00Z"]
        )
        #expect(result.history.allSatisfy { $0.kind == "activated" && $0.actorHint == nil })
    }

    @Test(
        "a setting that makes no sense is named before anybody is asked",
        arguments: [
            ("cryptolens", "public_key", "<RSAKeyValue></RSAKeyValue>"),
            ("cryptolens", "public_key", "not a key"), ("cryptolens", "time_limited", "F9"),
            ("licensespring", "public_key", "bm90IGEga2V5"),
        ]
    )
    func settings(id: String, setting: String, value: String) async throws {
        let issuer = ScriptedIssuer(answers: [OutboundResponse(status: 200)])
        let error = await #expect(throws: AdapterError.self) {
            try await adapter(id, settings: [setting: value]).inquire(inquiry("K"), using: issuer)
        }
        #expect(error?.code == .settings && error?.message.contains(setting) == true)
        #expect(await issuer.requests.isEmpty)
    }
}
