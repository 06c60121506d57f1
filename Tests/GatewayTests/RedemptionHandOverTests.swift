import AdapterKit
import CardModel
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// Orders beside one another: before and after the hand-over, and at two issuers.
@Suite("Orders before and after the hand-over")
struct RedemptionHandOverTests {
    private func dispensed(in world: GatewayWorld) async throws -> JSONValue {
        let held = try await world.deliver(
            GatewayWorld.body(stage: "dispense", deliveredAt: nil, product: "topup-50"),
            id: "w-1"
        )
        #expect(try await world.consent(held, by: .merchant).isRecorded)
        return held
    }

    private func handedOver(in world: GatewayWorld) async throws -> JSONValue {
        try await world.deliver(
            GatewayWorld.body(deliveredAt: world.time.now(), product: "topup-50"),
            id: "w-2"
        )
    }

    @Test(
        "what an order found before the hand-over is known after it, and nobody is asked again",
        arguments: [
            ("ok_activated_by_buyer", RedemptionAnswer.spent), ("not_found", .settled(.notFound)),
        ]
    )
    func knownAfterwards(state: String, answer: RedemptionAnswer) async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        redeemer.redeeming { _ throws(AdapterError) in answer }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let held = try await dispensed(in: world)
            _ = try await world.item(held, becomes: state)
            try await world.advance(by: .seconds(60))
            let received = try await handedOver(in: world)
            let item = try await world.item(received, becomes: state)
            #expect(item["no_claim_because"]?.stringValue != "consent_missing")
            #expect(item["check"] != held.value(atPointer: "/items/0/check"))
            #expect(redeemer.redeemed.count == 1 && redeemer.queried.isEmpty)
            #expect(try await world.claims().isEmpty == (state == "ok_activated_by_buyer"))
        }
    }

    @Test("an order of the buyer's finds the code used by the seller's, and nobody is accused")
    func secondConsent() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let calls = Mutex(0)
        redeemer.redeeming { _ throws(AdapterError) in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call > 1 { throw .lost }
            return .notTaken
        }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await dispensed(in: world)
            let first = try await eventuallyFirst(in: world)
            let received = try await handedOver(in: world)
            // The seller's next order lapses when it is due.
            try await world.advance(by: .seconds(400))
            try await eventually("both took nothing") {
                try await world.orders().map(\.state) == [.notTaken, .notTaken]
            }
            #expect(try await world.consent(received, by: .buyer).isRecorded)
            try await world.order(becomes: .unknown)
            #expect(redeemer.redeemed.count == 2)
            // What was said to have failed succeeded after all.
            _ = await world.report(.okActivatedByBuyer, about: first.number)
            _ = try await world.item(received, becomes: "ok_activated_by_buyer")
            redeemer.querying { _ throws(AdapterError) in .settled(.used) }
            try await world.advance(by: .seconds(10))
            try await world.order(becomes: .settled)
            try await world.idle()
            _ = try await world.item(received, becomes: "ok_activated_by_buyer")
            #expect(try await world.claims().isEmpty)
        }
    }

    /// The seller's order, once it took nothing.
    private func eventuallyFirst(in world: GatewayWorld) async throws -> RedemptionRecord {
        try await eventually("the first order took nothing") {
            try await world.orders().first?.state == .notTaken
        }
        return try #require(try await world.orders().first)
    }

    @Test("orders are placed while the issuer that settles others does not answer")
    func slowSettler() async throws {
        let one = AdapterLimits(concurrency: 1, requestsPerSecond: 1_000, burst: 1_000)
        let redeemer = ScriptedRedeemer(id: "redeemer", settlement: .none, limits: one)
        redeemer.redeeming { order throws(AdapterError) in
            if order.inquiry.code.serial?.text == GatewayWorld.serial(1) { throw .lost }
            return .spent
        }
        let door = Gate()
        let world = try await GatewayWorld.redeeming(redeemer) {
            $0.settledBy = "issuer"
            $0.adapter.follow { (_, _) throws(AdapterError) in
                await door.pass()
                return .used(at: GatewayWorld.start + .seconds(2))
            }
        }
        try await world.running { world in
            let lost = try await world.ordered(1)
            try await world.order(becomes: .unknown)
            try await world.advance(by: .seconds(6))
            try await eventually("the settling issuer is asked") { door.waitingCount == 1 }
            let quick = try await world.ordered(2)
            _ = try await world.item(quick, becomes: "ok_activated_by_buyer")
            #expect(door.waitingCount == 1)
            door.open()
            _ = try await world.item(lost, becomes: "ok_activated_by_buyer")
        }
        #expect(redeemer.redeemed.count == 2)
    }
}
