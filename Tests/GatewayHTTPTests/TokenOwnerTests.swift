import CardModel
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

/// A path that takes the tokens of some alone refuses all others in one way.
@Suite("Whose token a path takes") struct TokenOwnerTests {
    private static let paths: [(HTTPRequest.Method, String)] = [
        (.get, "/v1/claims"), (.get, "/v1/claims/due"), (.get, "/v1/claims/queue"),
        (.get, "/v1/merchants"), (.get, "/v1/penalties"), (.get, "/v1/incidents"),
        (.get, "/v1/deposits"), (.get, "/v1/remedies"), (.get, "/v1/batches"),
        (.post, "/v1/deposits"),
        (.post, "/v1/merchants/m-77/penalties/pen_00000000000000000000000000/decisions"),
    ]

    private func bearer(_ token: String) -> [(String, String)] {
        [("authorization", "Bearer \(token)"), ("content-type", "application/json")]
    }

    private func orderToken(_ fixture: GatewayFixture) async throws -> String {
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        let answer = try await fixture.client().call(
            .post, DeliveryRouteTests.path, fixture.signed(body, id: "m1"), body: body)
        return try #require(answer.json["order_token"]?.stringValue, "\(answer.text)")
    }

    private func account(_ fixture: GatewayFixture, _ role: ClaimActor) async throws -> String {
        let account = try await fixture.gateway.addPartyAccount(
            platform: fixture.platform, name: role.rawValue.replacing("_", with: "-"), role: role,
            merchant: nil)
        return try #require(account?["token"]?.stringValue)
    }

    @Test("a buyer's own token is refused in the words in which nobody's is")
    func buyer() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let token = try await orderToken(fixture)
        for (method, path) in Self.paths {
            let nobodys = try await client.call(
                method, path, bearer("ot_x"), body: Array("{}".utf8))
            let own = try await client.call(method, path, bearer(token), body: Array("{}".utf8))
            #expect(nobodys.status == 401 && nobodys.reason == "wrong_token", "\(path)")
            #expect(own.status == 401 && own.text == nobodys.text, "\(path) \(own.text)")
            #expect(own.text.contains("This path takes") || own.text.contains("此路径只接受"))
        }
    }

    @Test("an account's token is, too, where its role has no business")
    func account() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let token = try await account(fixture, .thirdParty)
        for (method, path) in Self.paths where path != "/v1/incidents" {
            let nobodys = try await client.call(method, path, bearer("x"), body: Array("{}".utf8))
            let own = try await client.call(method, path, bearer(token), body: Array("{}".utf8))
            #expect(own.status == 401 && own.text == nobodys.text, "\(path) \(own.text)")
        }
    }

    @Test("the platform's token is taken, and told where a person's own is needed")
    func system() async throws {
        let fixture = try await GatewayFixture()
        for (method, path) in Self.paths {
            let answer = try await fixture.client().call(
                method, path, bearer(fixture.token), body: Array("{}".utf8))
            #expect(answer.status != 401, "\(path) \(answer.text)")
            if path.hasSuffix("decisions") { #expect(answer.reason == "needs_account") }
        }
    }
}
