import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// The buyer's self-test: his codes, within his budget, in a shape that gives nothing away.
@Suite("Self-test")
struct SelfTestTests {
    private func tested(_ answer: SelfTestAnswer) throws -> JSONValue {
        guard case .tested(let body) = answer else { throw GatewayWorld.NotAccepted() }
        return body
    }

    /// The shape of a value: names, types and nesting, without what stands there.
    private func shape(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .integer, .decimal: "number"
        case .string: "string"
        case .array(let elements): "[" + elements.map(shape).joined(separator: ",") + "]"
        case .object(let object):
            "{" + object.members.map { "\($0.name):\(shape($0.value))" }.joined(separator: ",")
                + "}"
        }
    }

    @Test("the typed code decides its own line's comparison, and nothing else")
    func comparison() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let body = GatewayWorld.body {
                $0["items"] = [GatewayWorld.item(), GatewayWorld.item(line: 2, number: 2)]
            }
            let delivered = try await world.deliver(body, id: "w-1")
            func test(_ key: String, serial: String? = nil) async throws -> JSONValue {
                let code = CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
                return try tested(
                    await world.selfTest(delivered, received: [ReceivedCode(line: 1, code: code)])
                )
            }
            let right = try await test(GatewayWorld.key(1))
            let wrong = try await test(GatewayWorld.key(7))
            let spelled = GatewayWorld.key(1).prefix(6) + "-" + GatewayWorld.key(1).dropFirst(6)
            let dashed = try await test(String(spelled), serial: GatewayWorld.serial(1))
            let otherSerial = try await test(GatewayWorld.key(1), serial: "1")
            let matches = "/items/0/matches_delivered"
            #expect(right.value(atPointer: matches) == .bool(true))
            #expect(wrong.value(atPointer: matches) == .bool(false))
            #expect(dashed.value(atPointer: matches) == .bool(true))
            #expect(otherSerial.value(atPointer: matches) == .bool(false))
            #expect(right.value(atPointer: "/items/1/matches_delivered")?.isNull == true)
            #expect(shape(right) == shape(wrong))
            // Only delivered codes are ever asked.
            let asked = Set(world.adapter.inquiries.map { $0.code.key.withUnredacted { $0 } })
            #expect(asked == [GatewayWorld.key(1), GatewayWorld.key(2)])
        }
    }

    @Test("guesses with one token cost the issuer at most the budget")
    func budget() async throws {
        let world = try await GatewayWorld {
            $0.budget = SelfTestBudget(inquiriesPerCode: 5, period: .seconds(86_400))
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(delivered, becomes: "ok_unused")
            let before = world.adapter.inquiries.count
            var spent = 0
            for guess in 0..<50 {
                let code = CardCode(serial: nil, key: CardKey(GatewayWorld.key(guess)))
                let answer = await world.selfTest(
                    delivered,
                    received: [ReceivedCode(line: 1, code: code)]
                )
                if case .budgetSpent(let available) = answer {
                    spent += 1
                    #expect(available == GatewayWorld.start + .seconds(86_400))
                }
            }
            #expect(spent == 45)
            #expect(world.adapter.inquiries.count == before + 5)
            try await world.advance(by: .seconds(86_400))
            _ = try tested(await world.selfTest(delivered))
        }
    }

    @Test("while the issuer is silent the verdict is null and the message says so")
    func pending() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter.follow { (_, _) in
                await gate.pass()
                return InquiryResult(state: .okUnused)
            }
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let test = Task { await world.selfTest(delivered) }
            try await eventually("both checks are asked") { gate.waitingCount == 2 }
            try await eventually("the buyer waits") { world.time.sleeperCount >= 4 }
            world.time.advance(by: DeliveryGateway.selfTestWait)
            let body = try tested(await test.value)
            #expect(body.value(atPointer: "/items/0/verdict")?.isNull == true)
            #expect(
                body.value(atPointer: "/items/0/message/zh-CN")?.stringValue
                    == SelfTestText.pending.zhCN
            )
            gate.open()
        }
    }

    @Test("the answer says what it means, until when the warranty runs, and where the proof is")
    func meaning() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try #require(
                try tested(await world.selfTest(delivered)).value(atPointer: "/items/0")
            )
            let end = (GatewayWorld.start + .days(7)).rfc3339
            #expect(item.value(atPointer: "/warranty/ends_at")?.stringValue == end)
            for language in ["zh-CN", "en"] {
                let text = item["message"]?[language]?.stringValue ?? ""
                #expect(!text.isEmpty)
                #expect(!text.contains(GatewayWorld.key(1)))
            }
            #expect(item["verdict"]?["state"]?.stringValue == "ok_unused")
            let index = try #require(item["evidence"]?["index"]?.integerValue)
            let proof = try await world.gateway.log.proof(
                ofEntry: UInt64(index),
                platform: world.platform.number
            )
            #expect(proof != nil)
        }
    }
}
