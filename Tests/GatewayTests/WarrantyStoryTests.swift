import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// The stories of a delivery, from the signed webhook to the claim.
@Suite("Warranty stories")
struct WarrantyStoryTests {
    @Test("a code used before delivery opens exactly one claim against the merchant")
    func usedBeforeDelivery() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
        }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(answer, becomes: "used")
            #expect(item["verdict"]?["timing"]?.stringValue == "before_delivery")
            #expect(item["liability"]?.stringValue == "merchant")
            let claims = try await world.claims()
            #expect(claims.map(\.id.text) == [item["claim"]?.stringValue])
            #expect(claims.first?.claim.state == .open)
            #expect(claims.first?.claim.against == .merchant)
            // Asked again by the buyer, the same answer joins the claim.
            guard case .tested = await world.selfTest(answer) else {
                Issue.record("no self-test")
                return
            }
            #expect(try await world.claims().count == 1)
        }
    }

    @Test("who used the code, and when, stands in the evidence as the issuer told it")
    func usageHistory() async throws {
        let soldAt = GatewayWorld.start - .seconds(7_200)
        var used = InquiryResult.used(at: GatewayWorld.start - .seconds(3_600))
        used.history = [
            UsageEvent(at: soldAt, kind: "sold"),
            UsageEvent(
                at: used.issuer.at,
                kind: "used",
                actorHint: "…1234",
                amount: Money(minorUnits: 5_000, currency: "CNY")
            ),
        ]
        let answer = used
        let world = try await GatewayWorld { $0.adapter.answer(answer) }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(delivered, becomes: "used")
            let leaf = try await world.gateway.openedEvidence(at: 1, platform: world.platform)
            let history = leaf?["fields"]?["history"]?.arrayValue ?? []
            #expect(history.count == 2)
            #expect(history.first?["at"]?.stringValue == soldAt.rfc3339)
            #expect(history.last?["actor_hint"]?.stringValue == "…1234")
            #expect(history.last?["amount"]?["amount_minor"]?.integerValue == 5_000)
        }
    }

    @Test("the same code used after delivery opens none, and the reason is told")
    func usedAfterDelivery() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start + .seconds(600)))
        }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(answer, becomes: "used")
            #expect(item["verdict"]?["timing"]?.stringValue == "after_delivery")
            #expect(item["liability"]?.stringValue == "buyer")
            #expect(item["claim"]?.isNull == true)
            #expect(item["no_claim_because"]?.stringValue == "used_after_delivery")
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("a use within the margin of the two clocks goes to a person")
    func usedWithinMargin() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start - .seconds(120)))
        }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(answer, becomes: "used")
            #expect(item["verdict"]?["timing"]?.stringValue == "unknown")
            #expect(item["liability"]?.stringValue == "undetermined")
            #expect(item["no_claim_because"]?.stringValue == "timing_unknown")
        }
    }

    @Test("a code expired at delivery opens a claim on any day of the window", arguments: 0...6)
    func expiredAtDelivery(day: Int) async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await world.advance(by: .days(day))
            var result = InquiryResult(state: .okUnused)
            let yesterday = LocalZone.shanghai.day(of: GatewayWorld.start).adding(days: -1)
            result.expiresOn = yesterday
            world.adapter.answer(result)
            guard case .tested(let tested) = await world.selfTest(answer) else {
                Issue.record("no self-test")
                return
            }
            let item = try #require(tested.value(atPointer: "/items/0"))
            #expect(item["verdict"]?["state"]?.stringValue == "expired")
            #expect(item["verdict"]?["timing"]?.stringValue == "before_delivery")
            #expect(try await world.claims().map(\.claim.against) == [.merchant])
        }
    }

    @Test("expired after delivery, as sold, opens none")
    func expiredAfterDelivery() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await world.advance(by: .days(3))
            var result = InquiryResult(state: .expired)
            result.expiresOn = LocalZone.shanghai.day(of: GatewayWorld.start)
            world.adapter.answer(result)
            guard case .tested(let tested) = await world.selfTest(answer) else {
                Issue.record("no self-test")
                return
            }
            let item = try #require(tested.value(atPointer: "/items/0"))
            #expect(item["verdict"]?["timing"]?.stringValue == "after_delivery")
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("one-time warranty ends at the buyer's own first good check, not at ours")
    func oneTimeVerification() async throws {
        let world = try await GatewayWorld { $0.policy = .oneTimeVerification }
        try await world.running { world in
            let answer = try await world.deliver(Self.disclosedBody, id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            let ours = try await Self.window(world, answer)
            #expect(ours.end == GatewayWorld.start + .days(7))
            try await world.advance(by: .seconds(7_200))
            guard case .tested(let tested) = await world.selfTest(answer) else {
                Issue.record("no self-test")
                return
            }
            let ends = tested.value(atPointer: "/items/0/warranty/ends_at")?.stringValue
            #expect(ends == (GatewayWorld.start + .seconds(7_200)).rfc3339)
            let window = try await Self.window(world, answer)
            #expect(window.ending == .buyerCheck)
            try await world.advance(by: .seconds(1))
            world.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
            _ = await world.selfTest(answer)
            let item = try #require(try await world.standing(answer).value(atPointer: "/items/0"))
            #expect(item["no_claim_because"]?.stringValue == "one_time_verified")
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("one-time warranty without prior disclosure falls back to its days")
    func oneTimeWithoutDisclosure() async throws {
        let world = try await GatewayWorld { $0.policy = .oneTimeVerification }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            guard case .tested = await world.selfTest(answer) else {
                Issue.record("no self-test")
                return
            }
            let window = try await Self.window(world, answer)
            #expect(window.end == GatewayWorld.start + .days(7))
            #expect(window.ending == .periodForWantOfDisclosure)
            try await world.advance(by: .days(6))
            world.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
            _ = await world.selfTest(answer)
            #expect(try await world.claims().count == 1)
        }
    }

    @Test("a dispense check followed by the receipt is one delivery with two checks")
    func dispenseThenReceipt() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let dispensed = try await world.deliver(
                GatewayWorld.body(stage: "dispense", deliveredAt: nil),
                id: "w-1"
            )
            _ = try await world.item(dispensed, becomes: "ok_unused")
            try await world.advance(by: .seconds(600))
            // It died between the good dispense check and the hand-over: the platform held it.
            world.adapter.answer(.used(at: GatewayWorld.start + .seconds(300)))
            let received = try await world.deliver(
                GatewayWorld.body(deliveredAt: world.time.now()),
                id: "w-2"
            )
            #expect(received["delivery"] == dispensed["delivery"])
            #expect(
                received.value(atPointer: "/evidence/index")
                    != dispensed.value(atPointer: "/evidence/index")
            )
            let item = try await world.item(received, becomes: "used")
            #expect(item["check"] != dispensed.value(atPointer: "/items/0/check"))
            #expect(item["liability"]?.stringValue == "platform")
            #expect(try await world.claims().map(\.claim.against) == [.platform])
            #expect(world.adapter.inquiries.count == 2)
            #expect(try await world.standing(received)["items"]?.arrayValue?.count == 1)
        }
    }

    @Test("found used at dispense it is the merchant's, whatever time is told later (D-1)")
    func deadAtDispense() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
        }
        try await world.running { world in
            let dispensed = try await world.deliver(
                GatewayWorld.body(stage: "dispense", deliveredAt: nil),
                id: "w-1"
            )
            let found = try await world.item(dispensed, becomes: "used")
            #expect(found["liability"]?.stringValue == "merchant")
            try await world.advance(by: .seconds(600))
            // Handed over all the same; the issuer now dates the use an hour after that.
            world.adapter.answer(.used(at: world.time.now() + .seconds(3_600)))
            let received = try await world.deliver(
                GatewayWorld.body(deliveredAt: world.time.now()),
                id: "w-2"
            )
            let item = try await world.item(received, becomes: "used")
            #expect(item["verdict"]?["timing"]?.stringValue == "before_delivery")
            #expect(item["liability"]?.stringValue == "merchant")
            #expect(try await world.claims().map(\.claim.against) == [.merchant])
        }
    }

    /// A body whose terms were shown before the order was placed.
    private static let disclosedBody = GatewayWorld.body { body in
        body["order"] = [
            "id": "o-1",
            "placed_at": .string((GatewayWorld.start - .seconds(60)).rfc3339),
            "terms_disclosed_at": .string((GatewayWorld.start - .seconds(120)).rfc3339),
        ]
    }

    private static func window(
        _ world: GatewayWorld,
        _ answer: JSONValue
    ) async throws -> WarrantyWindow.Span {
        let id = try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        let item = try #require(try await world.store.items(of: id).first)
        let policy = try await world.gateway.policies.policy(item.terms.policy)
        return try #require(item.window(under: policy, at: world.time.now(), incidents: []).span)
    }
}
