import CardModel
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("How to complain, over HTTP") struct ComplaintRouteTests {
    private static let path = "/v1/platforms/shop/complaints/how"
    private static let page = ComplaintRoutes.pagePath

    private static let contacts = ComplaintContacts(
        phone: "400-000-0000", email: "help@shop.example", hours: "09:00-21:00 <daily>",
        address: "1 Some Road & Co")

    /// A gateway whose one platform publishes contacts, and keeps to a minimum.
    private static func fixture() async throws -> GatewayFixture {
        try await GatewayFixture(
            complaints: ComplaintBook(
                contacts: ["shop": try #require(contacts)], minimum: .sevenDays))
    }

    private static func language(_ name: String) -> [(String, String)] {
        [("accept-language", name)]
    }

    @Test("the ways are published to everybody in both languages, with and without a token (M1-37)")
    func published() async throws {
        let fixture = try await Self.fixture()
        let client = fixture.client()
        let english = try await client.get(Self.path, Self.language("en"))
        #expect(english.status == 200, "\(english.text)")
        let chinese = try await client.get(Self.path, Self.language("zh-CN"))
        for (answer, language) in [(english.json, "en"), (chinese.json, "zh-CN")] {
            #expect(
                Set((answer.objectValue?.members ?? []).map(\.name)) == [
                    "platform", "language", "steps", "contacts", "limits", "channels",
                ])
            #expect(answer["platform"]?.stringValue == "shop")
            #expect(answer["language"]?.stringValue == language)
            #expect(answer["steps"]?.arrayValue?.count == ComplaintGuide.steps.count)
            #expect(answer["contacts"] == Self.contacts?.jsonValue)
            let limits = answer["limits"]?.arrayValue ?? []
            #expect(
                limits.map { $0["limit"]?.stringValue } == [
                    "first_response", "proposal", "resolution", "decision", "appeal",
                ])
            #expect(limits.first?["within"]?.stringValue == "PT2M")
            let tiers = (answer["channels"]?.arrayValue ?? []).compactMap {
                $0["tier"]?.integerValue
            }
            #expect(tiers == tiers.sorted() && Set(tiers) == [2, 3, 4])
        }
        #expect(english.json["steps"] != chinese.json["steps"])
        for headers in [fixture.bearer, [("authorization", "Bearer cpt_other")]] {
            let same = try await client.get(Self.path, headers + Self.language("en"))
            #expect(same.status == 200 && same.body == english.body)
        }
        #expect(!english.text.contains(fixture.token))
    }

    @Test("the page needs no platform where one publishes, and what was written is no markup")
    func onePage() async throws {
        let client = try await Self.fixture().client()
        let rows = [
            ("", "zh-CN", "如何投诉"), ("", "en", "How to complain"),
            ("?platform=shop", "en", "How to complain"),
            ("?platform=shop&lang=zh-CN", "en", "如何投诉"), ("?lang=en", "zh-CN", "How to complain"),
            ("?lang=tlh", "en", "How to complain"),
        ]
        for (query, language, title) in rows {
            let answer = try await client.get(Self.page + query, Self.language(language))
            #expect(answer.status == 200, "\(query)")
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            #expect(answer.header("cache-control") == "public, max-age=300")
            #expect(answer.header("vary") == "accept-language, cookie")
            #expect(
                answer.header("content-security-policy")?.hasPrefix("default-src 'none'") == true)
            #expect(answer.text.contains("<h1>\(title)</h1>"), "\(query)")
            #expect(answer.text.contains("09:00-21:00 &lt;daily&gt;"))
            #expect(
                answer.text.contains("1 Some Road &amp; Co") && !answer.text.contains("<daily>"))
        }
    }

    @Test("a platform that is not there is 404, and what the query should not have is 422")
    func unknown() async throws {
        let client = try await Self.fixture().client()
        for path in [
            "/v1/platforms/nobody/complaints/how", "/v1/platforms/%FF/complaints/how",
            Self.page + "?platform=nobody",
        ] {
            let answer = try await client.get(path)
            #expect(answer.status == 404 && answer.reason == "not_found", "\(path)")
        }
        for query in ["platform=shop&platform=shop", "platform=%FF", "unknown=1"] {
            let answer = try await client.get("\(Self.page)?\(query)")
            #expect(answer.status == 422 && answer.reason == "invalid_parameters", "\(query)")
        }
        for path in [Self.path, Self.page] {
            let answer = try await client.post(path, json: [:])
            #expect(answer.status == 405 && answer.header("allow")?.contains("GET") == true)
        }
    }

    @Test("where nothing is published the steps and the channels stand, and the page asks whose")
    func nothingPublished() async throws {
        let client = try await GatewayFixture().client()
        let guide = try await client.get(Self.path, Self.language("en")).json
        #expect(guide["contacts"] == .null && guide["limits"] == [])
        #expect(guide["channels"]?.arrayValue?.isEmpty == false)
        let asked = try await client.get(Self.page)
        #expect(asked.status == 422)
        let error = asked.json["errors"]?.arrayValue?.first
        #expect(error?["parameter"]?.stringValue == "platform", "\(asked.text)")
        let page = try await client.get(Self.page + "?platform=shop", Self.language("en"))
        #expect(page.status == 200 && page.text.contains("Not published."))
    }
}
