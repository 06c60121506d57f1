import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// How a delivery webhook is answered, above the whole gateway.
@Suite("Intake")
struct IntakeTests {
    private static func name(_ answer: IntakeAnswer) -> String {
        switch answer {
        case .accepted: "accepted"
        case .decided: "decided"
        case .refused(.malformedWebhookID(let isMissing)): isMissing ? "no id" : "bad id"
        case .refused(.unauthorized(let reason)): reason
        case .refused(.otherBody): "other body"
        case .refused(.malformedJSON): "not json"
        case .refused(.fields): "fields"
        case .refused(.stockBlocked(let blocks)): "blocked: \(blocks.count)"
        case .refused(.unavailable(let reason)): "unavailable: \(reason)"
        }
    }

    @Test("an accepted notice is answered with its delivery, check, token and receipt")
    func accepted() async throws {
        let world = try await GatewayWorld()
        let answer = try await world.deliver(
            GatewayWorld.body { $0["note"] = "x" },
            id: "w-1"
        )
        #expect(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) } != nil)
        #expect(answer["status"]?.stringValue == "accepted")
        #expect(answer["ignored"] == ["/note"])
        let check = answer.value(atPointer: "/items/0/check")?.stringValue
        #expect(check.flatMap { CheckID($0) } != nil)
        #expect(answer.value(atPointer: "/evidence/index")?.integerValue == 0)
        let proof = answer.value(atPointer: "/evidence/proof")?.stringValue
        #expect(proof?.hasPrefix("c2sp.org/tlog-proof@v1\n") == true)
    }

    @Test("a repeat gets the same bytes, signed at another time")
    func repeated() async throws {
        let world = try await GatewayWorld()
        guard case .accepted(let first) = await world.post(GatewayWorld.body(), id: "w-1") else {
            Issue.record("not accepted")
            return
        }
        _ = try await world.deliver(GatewayWorld.body(order: "o-2", number: 2), id: "w-2")
        world.time.advance(by: .seconds(3_600))
        guard case .accepted(let again) = await world.post(GatewayWorld.body(), id: "w-1") else {
            Issue.record("not accepted again")
            return
        }
        #expect(first == again)
    }

    @Test("each refusal comes before those that the contract lists after it")
    func precedence() async throws {
        let world = try await GatewayWorld()
        _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
        let junk = Array("{".utf8)
        func post(
            _ id: String?,
            _ body: [UInt8],
            platform: String = "market",
            sign: (WebhookHeaders) -> WebhookHeaders = { $0 }
        ) async -> String {
            var headers = world.headers(id ?? "x", body)
            headers.id = id
            return Self.name(
                await world.gateway.receive(
                    platform: platform,
                    headers: sign(headers),
                    body: body,
                    wait: nil
                )
            )
        }
        func unsigned(_ headers: WebhookHeaders) -> WebhookHeaders {
            WebhookHeaders(id: headers.id, timestamp: nil, signature: nil)
        }
        #expect(await post(nil, junk, sign: unsigned) == "no id")
        #expect(await post("a.b", junk, sign: unsigned) == "bad id")
        #expect(await post("w-1", junk, sign: unsigned) == "missing_timestamp")
        // A stranger learns nothing about names.
        #expect(await post("w-1", junk, platform: "nobody", sign: unsigned) == "missing_timestamp")
        #expect(await post("w-1", junk, platform: "nobody") == "no_matching_signature")
        #expect(await post("w-1", junk) == "other body")
        let wrongFields = GatewayWorld.body { $0["merchant"] = nil }.serialized()
        #expect(await post("w-1", wrongFields) == "other body")
        #expect(await post("w-2", junk) == "not json")
        #expect(await post("w-2", wrongFields) == "fields")
        #expect(await post("w-2", GatewayWorld.body(order: "o-2").serialized()) == "accepted")
    }

    @Test(
        "a body that is not strict JSON is refused and stored nowhere",
        arguments: [
            "", "{}{}", "{\"a\":1,\"a\":2}", "[" + String(repeating: "[", count: 40), "\u{FEFF}{}",
            "nul",
        ]
    )
    func notJSON(text: String) async throws {
        let world = try await GatewayWorld()
        #expect(Self.name(await world.post(Array(text.utf8), id: "w-1")) == "not json")
        let bad: [UInt8] = [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D]
        #expect(Self.name(await world.post(bad, id: "w-1")) == "not json")
        let stored = try await world.store.notice(
            platform: world.platform.number,
            webhookID: "w-1"
        )
        #expect(stored == nil)
        // A refused body does not use its id up.
        #expect(Self.name(await world.post(GatewayWorld.body(), id: "w-1")) == "accepted")
    }

    @Test("an unknown product is accepted and unsupported")
    func unknownProduct() async throws {
        let world = try await GatewayWorld()
        let answer = try await world.deliver(GatewayWorld.body(product: "mystery"), id: "w-1")
        let item = try #require(try await world.standing(answer).value(atPointer: "/items/0"))
        #expect(item["verdict"]?["state"]?.stringValue == "unsupported")
        #expect(item["liability"]?.stringValue == "none")
        #expect(item["claim"]?.isNull == true)
    }

    @Test("codes of an unknown product are compared as they are, and duplicates are found")
    func unknownDuplicate() async throws {
        let world = try await GatewayWorld()
        func deliver(_ order: String, key: JSONValue) async throws -> String? {
            let item: JSONValue = ["line": 1, "product": "mystery", "key": key]
            let answer = try await world.deliver(
                GatewayWorld.body(order: order) { $0["items"] = [item] },
                id: order
            )
            return try await world.standing(answer)
                .value(atPointer: "/items/0/verdict/state")?.stringValue
        }
        #expect(try await deliver("o-1", key: "aBcD-1234") == "unsupported")
        #expect(try await deliver("o-2", key: "abcd-1234") == "unsupported")
        #expect(try await deliver("o-3", key: "aBcD1234") == "duplicate_delivery")
    }

    @Test("with Prefer: wait the verdicts come with the answer when they are there in time")
    func waitDecided() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = await world.post(GatewayWorld.body(), id: "w-1", wait: .seconds(10))
            guard case .decided(let bytes) = answer else {
                Issue.record("\(Self.name(answer))")
                return
            }
            let body = try JSONValue.parse(bytes)
            #expect(body["status"]?.stringValue == "checked")
            #expect(
                body.value(atPointer: "/items/0/verdict/state")?.stringValue == "ok_unused"
            )
            let again = await world.post(GatewayWorld.body(), id: "w-1", wait: .seconds(10))
            #expect(Self.name(again) == "decided")
            let plain = await world.post(GatewayWorld.body(), id: "w-1")
            #expect(Self.name(plain) == "accepted")
        }
    }

    @Test("when the time is over without verdicts, the answer is the receipt")
    func waitOver() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter.follow { (_, _) in
                await gate.pass()
                return InquiryResult(state: .okUnused)
            }
        }
        try await world.running { world in
            let posted = Task {
                Self.name(await world.post(GatewayWorld.body(), id: "w-1", wait: .seconds(5)))
            }
            try await eventually("the issuer is asked") { gate.waitingCount == 1 }
            try await eventually("the caller waits") { world.time.sleeperCount >= 4 }
            world.time.advance(by: .seconds(5))
            #expect(await posted.value == "accepted")
            gate.open()
        }
    }

    @Test("a broken or full store is answered 503, and nothing is acknowledged")
    func unavailable() async throws {
        let world = try await GatewayWorld()
        let store = try #require(world.store as? MemoryStore)
        store.failNextCommit(with: .unavailable("disk full"))
        let refused = await world.post(GatewayWorld.body(), id: "w-1")
        #expect(Self.name(refused) == "unavailable: store_unavailable")
        #expect(Self.name(await world.post(GatewayWorld.body(), id: "w-1")) == "accepted")
        store.failNextCommit(with: .broken("fsync"))
        for id in ["w-2", "w-3"] {
            let body = GatewayWorld.body(order: id, number: 9)
            #expect(Self.name(await world.post(body, id: id)) == "unavailable: store_unavailable")
        }
    }
}
