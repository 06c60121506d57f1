import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("What a shop's order is known by")
struct ShopIdentityTests {
    private static let path = "/v1/platforms/market/inbox/generic"
    private static let secret = "a-shop-secret-for-tests"

    private func shop(_ id: String?, key: String, token: String? = nil) -> ShopInbox {
        ShopInbox(
            platform: "market",
            id: id,
            access: token.map { .dujiaoka(.init(token: SecretValue($0)) { _ in true }) }
                ?? .generic(.init(apiKey: key, secret: SecretValue(Self.secret))),
            merchant: "m-1",
            goods: ["7": "cmcc-50"],
            product: nil
        )
    }

    private func world(
        _ shops: [ShopInbox],
        after: GatewayWorld? = nil
    ) async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.after = after
            $0.shops = shops
        }
    }

    private func order(
        _ number: JSONValue,
        code: Int,
        key: String,
        to world: GatewayWorld
    ) async -> ShopAnswer {
        let body: JSONValue = [
            "order_no": number, "product": "7", "delivered_at": "2026-11-20T08:00:00Z",
            "codes": [
                [
                    "serial": .string(GatewayWorld.serial(code)),
                    "key": .string(GatewayWorld.key(code)),
                ]
            ],
        ]
        let bytes = body.serialized()
        let stamp = String(world.time.now().millisecondsSinceEpoch / 1000)
        let content = DujiaoSignature.content(path: Self.path, timestamp: stamp, body: bytes)
        let signature = DujiaoSignature.code(content, SecretValue(Self.secret))
        return await world.gateway.receiveGeneric(
            platform: "market",
            path: Self.path,
            headers: DujiaoHeaders(
                apiKey: key,
                timestamp: stamp,
                signature: Hexadecimal.encode(signature)
            ),
            body: bytes
        )
    }

    private func hook(_ text: String, token: String, to world: GatewayWorld) async -> ShopAnswer {
        let body: JSONValue = ["order_sn": "SN1", "order_info": .string(text), "good_id": 7]
        return await world.gateway.receiveDujiaoka(
            platform: "market",
            token: token,
            address: "203.0.113.7",
            body: body.serialized()
        )
    }

    private func receipt(_ answer: ShopAnswer) throws -> JSONValue {
        guard case .accepted(let bytes) = answer else {
            Issue.record("not accepted: \(answer)")
            throw GatewayWorld.NotAccepted()
        }
        return try JSONValue.parse(bytes)
    }

    private func orderID(_ receipt: JSONValue, in world: GatewayWorld) async throws -> String? {
        let id = try #require(receipt["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        return try await world.store.delivery(id)?.orderID
    }

    @Test("a new key and a new neighbour leave an order what it was", arguments: [nil, "east"])
    func rotation(id: String?) async throws {
        let before = try await world([shop(id, key: "old")])
        let first = try receipt(await order("1", code: 1, key: "old", to: before))
        let after = try await world(
            [shop("west", key: "other"), shop(id, key: "new")],
            after: before
        )
        let again = try receipt(await order("1", code: 1, key: "new", to: after))
        #expect(again == first)
    }

    @Test("two shops count from 1, and neither's order is taken for the other's")
    func neighbours() async throws {
        let world = try await world([shop(nil, key: "a"), shop("west", key: "b")])
        let own = try receipt(await order("1", code: 1, key: "a", to: world))
        let other = try receipt(await order("1", code: 2, key: "b", to: world))
        #expect(own["delivery"] != other["delivery"])
        #expect(try await orderID(own, in: world) == "1")
        #expect(try await orderID(other, in: world) == "west 1")
    }

    @Test("a token that changed is no reason to lose what waits in quarantine")
    func quarantine() async throws {
        let old = String(repeating: "t0", count: 20)
        let new = String(repeating: "t1", count: 20)
        let before = try await world([shop("east", key: "", token: old)])
        _ = await hook("请联系客服", token: old, to: before)
        let after = try await world([shop("east", key: "", token: new)], after: before)
        _ = await hook("请联系客服", token: new, to: after)
        let page = try await after.gateway.quarantinePage(platform: nil, cursor: nil, limit: 10)
        #expect(page.items.count == 1)
        let number = try #require(page.items.first?["number"]?.integerValue)
        let read = try await after.gateway.readAgain(quarantined: number)
        guard case .quarantined(reason: "no_code") = read else {
            Issue.record("\(String(describing: read))")
            return
        }
        let elsewhere = try await world([shop("west", key: "", token: new)], after: before)
        let unknown = try await elsewhere.gateway.readAgain(quarantined: number)
        guard case .refused(.unknownShop) = unknown else {
            Issue.record("another shop took the message: \(String(describing: unknown))")
            return
        }
    }

    @Test("an order without a number is refused with its place", arguments: [nil, "east"])
    func emptyOrder(id: String?) async throws {
        let world = try await world([shop(id, key: "a")])
        let answer = await order("", code: 1, key: "a", to: world)
        guard case .invalid(let errors) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(errors.map(\.pointer) == ["/order/id"] && errors.map(\.reason) == [.empty])
    }

    @Test(
        "an id is short, and holds lower-case letters, digits and dashes",
        arguments: [
            ("east", true), ("e-2", true), (String(repeating: "a", count: 40), true),
            ("", false), (String(repeating: "a", count: 41), false), ("East", false),
            ("a b", false), ("a_b", false), ("é", false),
        ]
    )
    func ids(text: String, isID: Bool) {
        #expect(ShopInbox.isID(text) == isID)
    }
}
