import CardModel
import Testing

@testable import AdapterKit

@Suite("People in an issuer's answers")
struct PrivacyTests {
    private func kept(_ id: String, case name: String) async throws -> String {
        let fixtures = try ShippedAdapters.fixtures(id)
        let fixture = try #require(fixtures.cases.first { $0.name == name })
        let adapter = try ShippedAdapters.factory(id)
            .adapter(configuredBy: fixtures.configuration)
        return await kept(fixture, by: adapter)
    }

    private func kept(_ fixture: ConformanceFixture, by adapter: any IssuerAdapter) async -> String
    {
        let outcome = await ConformanceOutcome.of(fixture.question, adapter) {
            (_, index) throws(TransportError) in
            try ConformanceSubject.answer(index, of: fixture.answers)
        }
        let text = outcome.transcripts.map { String(decoding: $0.responseBytes, as: UTF8.self) }
            .joined()
        // A callback is read without asking anybody.
        if case .callback = fixture.question { return text }
        #expect(fixture.answers.isEmpty == text.isEmpty, "\(fixture.name)")
        return text
    }

    @Test("of the subscriber who used a voucher only the last four digits are kept")
    func subscriber() async throws {
        let text = try await kept("ericsson-vsip", case: "used, with its history")
        #expect(!text.contains("13800000000"))
        #expect(text.contains("[redacted]0000") && text.contains("20261118T11:12:00+0800"))
    }

    @Test("an answer with more subscribers than a voucher can have is withheld as a whole")
    func tooManySubscribers() async throws {
        let fixtures = try ShippedAdapters.fixtures("ericsson-vsip")
        let fixture = try #require(fixtures.cases.first { $0.name == "used, with its history" })
        func member(_ name: String, _ value: String) -> String {
            "<member><name>\(name)</name><value>\(value)</value></member>"
        }
        let subscribers = (0..<100).map { "1390000\(1000 + $0)" }
        let records = subscribers.map {
            let members = member("newState", "used") + member("subscriberId", $0)
            return "<value><struct>\(members)</struct></value>"
        }
        let list = "<array><data>\(records.joined())</data></array>"
        let answer =
            "<methodResponse><params><param><value><struct>"
            + member("responseCode", "<i4>0</i4>") + member("transactionRecords", list)
            + "</struct></value></param></params></methodResponse>"
        var history = fixture.answers[1]
        history.body = Array(answer.utf8)
        let result = try await ShippedAdapters.factory("ericsson-vsip")
            .adapter(configuredBy: fixtures.configuration)
            .inquire(
                fixture.question.inquiry,
                using: ScriptedIssuer(answers: [fixture.answers[0], history])
            )
        #expect(result.history.count == InquiryResult.mostUsageEvents)
        let kept = String(decoding: result.transcripts[1].responseBytes, as: UTF8.self)
        #expect(result.state == .used && kept.contains("bytes not kept"))
        #expect(!subscribers.contains { kept.contains($0) })
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
        "192.0.2.7", "Germany", "5550321502811", "Synthetic Owner", "owner@example.org",
        "13800000000",
    ]

    @Test(
        "nobody stands in what is kept of a recorded answer",
        arguments: RecordedIssuerTests.ids
    )
    func recorded(id: String) async throws {
        let fixtures = try ShippedAdapters.fixtures(id)
        for fixture in fixtures.cases {
            // Anew for each: some keep a token.
            let adapter = try ShippedAdapters.factory(id)
                .adapter(configuredBy: fixtures.configuration)
            let text = await kept(fixture, by: adapter)
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
