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
}
