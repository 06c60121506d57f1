import AdapterKit
import Testing

@Suite("People in an issuer's answers")
struct PrivacyTests {
    private func kept(_ id: String, case name: String) async throws -> String {
        let fixtures = try ShippedAdapters.fixtures(id)
        let fixture = try #require(fixtures.cases.first { $0.name == name })
        let adapter = try ShippedAdapters.factory(id)
            .adapter(configuredBy: fixtures.configuration)
        let result = try await adapter.inquire(
            fixture.question.inquiry,
            using: ScriptedIssuer(answers: fixture.answers)
        )
        return result.transcripts.map { String(decoding: $0.responseBytes, as: UTF8.self) }
            .joined()
    }

    @Test("of the subscriber who used a voucher only the last four digits are kept")
    func subscriber() async throws {
        let text = try await kept("ericsson-vsip", case: "used, with its history")
        #expect(!text.contains("13800000000"))
        #expect(text.contains("[redacted]0000") && text.contains("20261118T11:12:00+0800"))
    }

    @Test("the name and metadata of a licence's owner are not kept")
    func owner() async throws {
        let text = try await kept("keygen", case: "VALID")
        #expect(!text.contains("Synthetic Owner") && !text.contains("owner@example.org"))
        #expect(text.contains("lastValidated"))
    }

    /// What the strict issuers say about the people they made up.
    private static let people = [
        "buyer@example.org", "Synthetic Buyer", "Synthetic laptop", "synthetic-machine",
        "192.0.2.7", "Germany", "5550321502811",
    ]

    @Test(
        "nobody stands in what is kept of a recorded answer",
        arguments: RecordedIssuerTests.ids
    )
    func recorded(id: String) async throws {
        let fixtures = try ShippedAdapters.fixtures(id)
        for fixture in fixtures.cases {
            let text = try await kept(id, case: fixture.name)
            for word in Self.people where text.contains(word) {
                Issue.record("\(id), \(fixture.name): \(word)")
            }
        }
    }

    @Test("a licence in base64 is kept in clear, without its customer and his machines")
    func opened() async throws {
        let text = try await kept("cryptolens", case: "activated on one of three")
        #expect(
            text.contains(#""MaxNoOfMachines":3"#) && text.contains(#""Customer":"[redacted]""#))
        #expect(text.contains(#""Mid":"[redacted]""#))
        #expect(!text.contains("eyJ"), "base64 of JSON")
    }

    @Test("of a purchase only what says something about the licence is kept")
    func purchase() async throws {
        let text = try await kept("gumroad", case: "with the seller's own question")
        #expect(text.contains(#""refunded":false"#) && text.contains("Who is it for?"))
        #expect(!text.contains("Synthetic Buyer"))
    }
}
