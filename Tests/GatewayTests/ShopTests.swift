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

    private func world(
        _ access: ShopInbox.Access,
        goods: [String: String] = ["7": "cmcc-50"],
        after: GatewayWorld? = nil
    ) async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.after = after
            $0.shops = [
                ShopInbox(
                    platform: "market",
                    access: access,
                    merchant: "m-1",
                    goods: goods,
                    product: nil
                )
            ]
        }
    }

    private static let dujiaoNext = ShopInbox.Access.dujiaoNext(
        .init(apiKey: "key-1", secret: SecretValue(secret))
    )

    private func isAccepted(_ answer: ShopAnswer?) -> Bool {
        if case .accepted = answer { true } else { false }
    }

    private func quarantineReason(_ answer: ShopAnswer?) -> String? {
        if case .quarantined(let reason) = answer { reason } else { nil }
    }

    private func dujiao(
        _ world: GatewayWorld,
        order: String = "DJ1",
        payload: String = line,
        deliveredAt: String? = "2026-11-20T08:00:00Z",
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
            "fulfillment": [
                "type": "auto", "payload": .string(payload),
                "delivered_at": deliveredAt.map { .string($0) } ?? .null,
            ],
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
        #expect(isAccepted(await dujiao(world, at: now - 60)))
        #expect(refusal(await dujiao(world, key: "key-2")) == .invalidAPIKey)
        #expect(refusal(await dujiao(world, secret: "another")) == .invalidSignature)
        #expect(refusal(await dujiao(world, tampered: true)) == .invalidSignature)
        #expect(refusal(await dujiao(world, path: "/elsewhere")) == .invalidSignature)
        let whole = "/v1/platforms/market/inbox/dujiao-next/api/v1/upstream/callback"
        #expect(isAccepted(await dujiao(world, order: "DJ2", path: whole)))
    }

    @Test("a message waits in quarantine once, and becomes a delivery when its goods are known")
    func quarantine() async throws {
        let before = try await world(Self.dujiaoNext, goods: [:])
        for _ in 0..<2 { #expect(quarantineReason(await dujiao(before)) == "unknown_goods") }
        let page = try await before.gateway.quarantinePage(platform: nil, cursor: nil, limit: 10)
        let number = try #require(page.items.first?["number"]?.integerValue)
        #expect(page.items.count == 1 && !"\(page.items)".contains("110412000012345678"))
        let still = try await before.gateway.readAgain(quarantined: number)
        #expect(quarantineReason(still) == "unknown_goods")
        let after = try await world(Self.dujiaoNext, after: before)
        #expect(isAccepted(try await after.gateway.readAgain(quarantined: number)))
        #expect(try await after.gateway.readAgain(quarantined: number) == nil)
        let notices = try await after.gateway.notices(
            platform: after.platform,
            since: nil,
            cursor: nil,
            limit: 10
        )
        #expect(notices.items.count == 1)
    }

    @Test("what holds no code, no time or an impossible one is kept and never guessed")
    func kept() async throws {
        let world = try await world(Self.dujiaoNext)
        #expect(quarantineReason(await dujiao(world, payload: "库存不足")) == "no_code")
        #expect(quarantineReason(await dujiao(world, payload: "")) == "no_code")
        #expect(quarantineReason(await dujiao(world, deliveredAt: nil)) == "malformed")
        let future = await dujiao(world, order: "DJ3", deliveredAt: "2999-01-01T00:00:00Z")
        #expect(quarantineReason(future) == "malformed")
        let long = await dujiao(world, order: String(repeating: "9", count: 2_000))
        #expect(quarantineReason(long) == "malformed")
        let page = try await world.gateway.quarantinePage(platform: nil, cursor: nil, limit: 10)
        let number = try #require(page.items.first?["number"]?.integerValue)
        #expect(try await world.gateway.discard(quarantined: number))
        #expect(try await world.gateway.discard(quarantined: number) == false)
    }

    @Test("a full quarantine takes nothing new, and still knows what it holds")
    func fullQuarantine() async throws {
        let world = try await world(Self.dujiaoNext)
        #expect(quarantineReason(await dujiao(world, payload: "库存不足")) == "no_code")
        let kept = try await world.store.quarantined(platform: nil, after: nil, limit: 1)
        var record = try #require(kept.first)
        for number in 1..<QuarantineRecord.mostOfAPlatform {
            record.identity = [UInt8(number >> 8), UInt8(number & 0xFF)]
            #expect(try await world.store.keepQuarantined(record))
        }
        let further = await dujiao(world, order: "DJ2", payload: "库存不足")
        guard case .unavailable(reason: "quarantine_full") = further else {
            Issue.record("\(further)")
            return
        }
        #expect(quarantineReason(await dujiao(world, payload: "库存不足")) == "no_code")
        #expect(isAccepted(await dujiao(world, order: "DJ3")))
    }

    @Test("a message that is longer than a thousand codes is refused, and not kept")
    func longMessage() async throws {
        let world = try await world(Self.dujiaoNext)
        let longest = QuarantineRecord.longestMessageBytes
        /// A text that is read no further than its first line.
        func text(_ count: Int) -> String { "库存不足\n" + String(repeating: "x", count: count) }
        #expect(refusal(await dujiao(world, payload: text(longest))) == .malformed)
        #expect(quarantineReason(await dujiao(world, payload: text(longest - 1_024))) == "no_code")
        let kept = try await world.store.quarantined(platform: nil, after: nil, limit: 10)
        #expect(kept.count == 1)
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
