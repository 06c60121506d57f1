import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// What would spend a code twice, or blame somebody for what our own order did.
@Suite("Redemption orders and their hazards")
struct RedemptionHazardTests {
    @Test("an order that was to replace one which succeeded after all is not sent")
    func lateSuccess() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in throw .refused }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            try await eventually("a further order waits") {
                try await world.orders().map(\.state) == [.notTaken, .planned]
            }
            redeemer.redeeming { _ throws(AdapterError) in .spent }
            let first = try #require(try await world.orders().first)
            let answer = await world.report(.okActivatedByBuyer, about: first.number)
            #expect(answer.acknowledgement == "success")
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            try await world.advance(by: .seconds(120))
            try await world.order(becomes: .notTaken)
            #expect(redeemer.redeemed.map(\.number) == [first.number.rawValue])
            #expect(try await world.consent(delivered).refusal == "already_ordered")
        }
    }

    @Test("an intent whose commit outlasted its lease is asked about and not sent")
    func stalledCommit() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.querying { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        _ = try await world.ordered()
        let now = world.time.now()
        let leased = try await world.store.leaseRedemptions(
            adapter: "redeemer", in: nil, limit: 1, now: now, until: now + .seconds(300))
        let committer = world.gateway.committer
        let result = try await world.gateway.redemptions.carryOut(try #require(leased.first)) {
            let outcome = try await committer.submit($0)
            // Less is left of the lease than the call may last.
            world.time.advance(by: .seconds(290))
            return outcome
        }
        #expect(result.outcome == nil)
        #expect(try await world.orders().map(\.state) == [.intended])
        try await world.running { world in
            try await world.advance(by: .seconds(11))
            try await world.order(becomes: .settled)
        }
        #expect(redeemer.redeemed.isEmpty && redeemer.queried.count == 1)
    }

    @Test("an accepted order is not given free because its code is unused yet")
    func acceptedAndUnused() async throws {
        let redeemer = GatewayWorld.redeemer(.none)
        let world = try await GatewayWorld.redeeming(redeemer) { $0.settledBy = "issuer" }
        try await world.running { world in
            _ = try await world.ordered()
            try await world.order(becomes: .accepted)
            for asked in 1...4 {
                try await world.advance(by: .seconds(400))
                try await eventually("the answer is recorded") {
                    try await world.orders().map(\.polls) == [asked]
                }
            }
            #expect(world.adapter.inquiries.count == 4)
            #expect(try await world.orders().map(\.state) == [.accepted])
            #expect(redeemer.redeemed.count == 1)
        }
    }

    @Test("nothing is spent by an adapter that is degraded until it is itself again")
    func degraded() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        let trust = world.gateway.redemptions.trust
        trust.set("redeemer", isTrusted: false)
        try await world.running { world in
            _ = try await world.ordered()
            try await eventually("the order is looked at") {
                try await world.orders().last?.leasedUntil != nil
            }
            try await world.idle()
            #expect(try await world.orders().map(\.state) == [.planned])
            #expect(redeemer.redeemed.isEmpty)
            trust.set("redeemer", isTrusted: true)
            try await world.advance(by: .seconds(301))
            try await world.order(becomes: .settled)
            #expect(redeemer.redeemed.count == 1)
        }
    }

    @Test("what a degraded adapter says of an order neither frees a code nor accuses anybody")
    func distrusted() async throws {
        let redeemer = GatewayWorld.redeemer()
        let world = try await GatewayWorld.redeeming(redeemer)
        let trust = world.gateway.redemptions.trust
        redeemer.redeeming { _ throws(AdapterError) in
            trust.set("redeemer", isTrusted: false)
            return .notTaken
        }
        redeemer.querying { _ throws(AdapterError) in .settled(.notFound) }
        try await world.running { world in
            let delivered = try await world.ordered()
            let order = try await world.order(becomes: .unknown)
            try await world.advance(by: .seconds(10))
            try await eventually("asked") { redeemer.queried.count == 1 }
            try await world.idle()
            let answer = await world.report(.revoked, about: order.number)
            #expect(answer.acknowledgement == "success")
            let item = try await world.item(delivered, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "adapter_degraded")
            #expect(try await world.orders().map(\.state) == [.unknown])
            #expect(try await world.claims().isEmpty)
            _ = await world.report(.okActivatedByBuyer, about: order.number)
            try await world.order(becomes: .settled)
        }
    }

    @Test("a code that is found used by an order made during the question accuses nobody")
    func orderedMeanwhile() async throws {
        let (question, sending) = (Gate(), Gate())
        let redeemer = ScriptedRedeemer(
            id: "redeemer", operations: [.inquire: .readOnly, .redeem: .consumes])
        redeemer.inquiring { (_, _) throws(AdapterError) in
            await question.pass()
            return InquiryResult(state: .used)
        }
        redeemer.redeeming { _ throws(AdapterError) in
            await sending.pass()
            return .spent
        }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.deliver(
                GatewayWorld.body(product: "topup-50"), id: "w-1")
            try await eventually("the issuer is asked") { question.waitingCount == 1 }
            #expect(try await world.consent(delivered).isRecorded)
            try await eventually("the issuer has the order") { sending.waitingCount == 1 }
            question.open()
            let item = try await world.item(delivered, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "in_progress")
            sending.open()
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            #expect(try await world.claims().isEmpty)
        }
    }
}
