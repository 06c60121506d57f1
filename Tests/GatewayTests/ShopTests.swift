import AdapterKit
import CardModel
import Crypto
import Foundation
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("Shops that exist already")
struct ShopTests {
    private static let line = "10111281010000123----110412000012345678"

    private func vector(_ name: String) throws -> JSONValue {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Vectors/protocol-vectors.json"))
        return try #require(try JSONValue.parse(Array(data))[name])
    }

    @Test("dujiao-next's signature is the published vector's, byte for byte")
    func dujiaoVector() throws {
        let vector = try vector("dujiao_next_callback")
        let body = try #require(vector["body"]?.stringValue)
        let secret = SecretValue(try #require(vector["api_secret"]?.stringValue))
        let content = DujiaoSignature.content(
            path: DujiaoSignature.path,
            timestamp: "1772366460",
            body: Array(body.utf8)
        )
        #expect(content == vector["sign_string"]?.stringValue)
        let code = Hexadecimal.encode(DujiaoSignature.code(content, secret))
        #expect(code == vector["Dujiao-Next-Signature"]?.stringValue)
    }

    @Test("acg-faka's signature is the published vector's, byte for byte")
    func acgVector() throws {
        let vector = try vector("acg_faka")
        let fields = try #require(vector["fields"]?.objectValue).members
            .map { ($0.name, $0.value.stringValue ?? "") }
        let sign = AcgFakaQuery.signature(fields, key: "K7")
        #expect(sign == vector["sign"]?.stringValue)
    }

    private static let secret = "a-shop-secret-for-tests"

    private func world(_ access: ShopInbox.Access) async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.shops = [
                ShopInbox(
                    platform: "market",
                    access: access,
                    merchant: "m-1",
                    goods: ["7": "cmcc-50"],
                    product: nil
                )
            ]
        }
    }

    private func dujiao(
        _ world: GatewayWorld,
        order: String = "DJ1",
        payload: String = line,
        path: String = "/api/v1/upstream/callback",
        at seconds: Int64? = nil,
        key: String = "key-1",
        secret: String = secret,
        tampered: Bool = false
    ) async -> ShopAnswer {
        let stamp = String(seconds ?? world.time.now().millisecondsSinceEpoch / 1000)
        let body: JSONValue = [
            "event": "order.delivered", "order_no": .string(order), "product_id": 7,
            "status": "delivered",
            "fulfillment": ["type": "auto", "payload": .string(payload)],
            "timestamp": .string(stamp),
        ]
        var bytes = body.serialized()
        let content = DujiaoSignature.content(path: path, timestamp: stamp, body: bytes)
        let code = DujiaoSignature.code(content, SecretValue(secret))
        if tampered { bytes.append(0x20) }
        return await world.gateway.receiveDujiaoNext(
            platform: "market",
            path: "/v1/platforms/market/inbox/dujiao-next/api/v1/upstream/callback",
            headers: DujiaoHeaders(
                apiKey: key,
                timestamp: stamp,
                signature: Hexadecimal.encode(code)
            ),
            body: bytes
        )
    }

    private func refusal(_ answer: ShopAnswer) -> ShopRefusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    @Test("a dujiao-next callback becomes a delivery, once, however often it comes")
    func dujiaoDelivery() async throws {
        let world = try await world(
            .dujiaoNext(.init(apiKey: "key-1", secret: SecretValue(Self.secret)))
        )
        guard case .accepted(let first) = await dujiao(world) else {
            Issue.record("the callback was not accepted")
            return
        }
        world.time.advance(by: .seconds(30))
        guard case .accepted(let second) = await dujiao(world) else {
            Issue.record("the repeat was not accepted")
            return
        }
        #expect(first == second)
        let page = try await world.gateway.notices(
            platform: world.platform,
            since: nil,
            cursor: nil,
            limit: 10
        )
        #expect(page.items.count == 1)
    }

    @Test("a dujiao-next callback is refused for each reason of its API document")
    func dujiaoRefusals() async throws {
        let world = try await world(
            .dujiaoNext(.init(apiKey: "key-1", secret: SecretValue(Self.secret)))
        )
        let now = world.time.now().millisecondsSinceEpoch / 1000
        #expect(refusal(await dujiao(world, at: now - 61)) == .timestampExpired)
        #expect(refusal(await dujiao(world, at: now + 61)) == .timestampExpired)
        #expect(refusal(await dujiao(world, at: now - 60)) == nil)
        #expect(refusal(await dujiao(world, key: "key-2")) == .invalidAPIKey)
        #expect(refusal(await dujiao(world, secret: "another")) == .invalidSignature)
        #expect(refusal(await dujiao(world, tampered: true)) == .invalidSignature)
        #expect(refusal(await dujiao(world, path: "/elsewhere")) == .invalidSignature)
        let whole = "/v1/platforms/market/inbox/dujiao-next/api/v1/upstream/callback"
        #expect(refusal(await dujiao(world, order: "DJ2", path: whole)) == nil)
    }

    @Test("a text without a code goes into quarantine, and is read again when its goods are known")
    func quarantine() async throws {
        let world = try await world(
            .dujiaoNext(.init(apiKey: "key-1", secret: SecretValue(Self.secret)))
        )
        for _ in 0..<2 {
            guard case .quarantined(let reason) = await dujiao(world, payload: "库存不足") else {
                Issue.record("the text was not quarantined")
                return
            }
            #expect(reason == "no_code")
        }
        let kept = try await world.gateway.quarantined(after: nil, limit: 10)
        #expect(kept.count == 1)
        let number = try #require(kept.first?.number)
        guard case .quarantined = try await world.gateway.readAgain(quarantined: number) else {
            Issue.record("it is still no code")
            return
        }
        #expect(try await world.gateway.readAgain(quarantined: 99) == nil)
    }

    @Test("dujiaoka's hook is known by its token and its address, and by nothing else")
    func dujiaoka() async throws {
        let token = String(repeating: "t0", count: 20)
        let world = try await world(
            .dujiaoka(.init(token: SecretValue(token)) { $0 == "203.0.113.7" })
        )
        let body: JSONValue = [
            "title": "t", "order_sn": "SN1", "email": "buyer@example.org", "actual_price": "50",
            "order_info": .string(Self.line), "good_id": 7, "gd_name": "g",
        ]
        func call(_ token: String, _ address: String) async -> ShopAnswer {
            await world.gateway.receiveDujiaoka(
                platform: "market",
                token: token,
                address: address,
                body: body.serialized()
            )
        }
        #expect(refusal(await call("wrong", "203.0.113.7")) == .unknownShop)
        #expect(refusal(await call(token, "198.51.100.1")) == .addressNotAllowed)
        guard case .accepted = await call(token, "203.0.113.7") else {
            Issue.record("the hook was not accepted")
            return
        }
    }
}
