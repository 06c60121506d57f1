import AdapterKit
import CardModel
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// Orders that spend a code: once, with the intent written first, and settled by asking.
@Suite("Redemption orders")
struct RedemptionTests {
    @Test("a consent spends the code once, and consent, intent and answer have a leaf each")
    func spends() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            let item = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            #expect(item["liability"]?.stringValue == "none")
            let order = try await world.order(becomes: .settled)
            #expect(redeemer.redeemed.count == 1)
            let sent = try #require(redeemer.redeemed.first)
            #expect(sent.number == order.number.rawValue && sent.placedAt == order.placedAt)
            #expect(sent.beneficiary?.withUnredacted { $0 } == "13800000000")
            #expect(
                sent.callbackURL
                    == "https://gateway.example/v1/platforms/market/callbacks/redeemer"
            )
            let types = try await world.leafTypes().filter { $0 != "inquiry" }
            #expect(types == ["delivery", "consent", "redemption", "redemption"])
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("a consent that names no beneficiary spends the code, too")
    func nobodyNamed() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.deliver(
                GatewayWorld.body(order: "o-1", number: 1, product: "topup-50"),
                id: "w-1"
            )
            _ = try await world.consent(delivered, beneficiary: nil)
            try await world.order(becomes: .settled)
            let sent = try #require(redeemer.redeemed.first)
            #expect(sent.beneficiary == nil && redeemer.redeemed.count == 1)
        }
    }

    @Test("the intent is durable before the issuer hears of the order")
    func intentFirst() async throws {
        let redeemer = GatewayWorld.redeemer()
        let world = try await GatewayWorld.redeeming(redeemer)
        let seen = Mutex<[RedemptionRecord.State]>([])
        redeemer.redeeming { order throws(AdapterError) in
            let number = RedemptionNumber(rawValue: order.number)
            if let number, let record = try? await world.store.redemption(number) {
                seen.withLock { $0.append(record.state) }
            }
            return .spent
        }
        try await world.running { world in
            _ = try await world.ordered()
            try await world.order(becomes: .settled)
        }
        #expect(seen.withLock { $0 } == [.intended])
    }

    @Test("an answer that was lost is settled by asking, never by telling again")
    func lostAnswer() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in throw .lost }
        redeemer.querying { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            try await world.order(becomes: .unknown)
            try await world.advance(by: .seconds(6))
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            #expect(redeemer.redeemed.count == 1 && redeemer.queried.count == 1)
            #expect(redeemer.queried.first?.number == redeemer.redeemed.first?.number)
        }
    }

    @Test("an order that was only accepted is asked about on the schedule until it is settled")
    func accepted() async throws {
        let redeemer = GatewayWorld.redeemer()
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            try await world.order(becomes: .accepted)
            for polls in 1...3 {
                try await world.advance(by: .seconds(120))
                try await eventually("asked \(polls) times") { redeemer.queried.count == polls }
            }
            let item = try await world.item(delivered, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "in_progress")
            redeemer.querying { _ throws(AdapterError) in .settled(.notFound) }
            try await world.advance(by: .seconds(400))
            _ = try await world.item(delivered, becomes: "not_found")
            #expect(redeemer.redeemed.count == 1)
        }
    }

    @Test("a wait that the issuer asks for is kept to the second")
    func exactPoll() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in
            RedemptionAnswer(.accepted, .indeterminate(.inProgress, retryAfter: .seconds(37)))
        }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            #expect(order.dueAt == GatewayWorld.start + .seconds(37))
        }
    }

    @Test("a further order is made only when the first one certainly took nothing")
    func notTaken() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in throw .refused }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            try await eventually("a further order waits") {
                try await world.orders().map(\.state) == [.notTaken, .planned]
            }
            redeemer.redeeming { _ throws(AdapterError) in .spent }
            try await world.advance(by: .seconds(120))
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            let numbers = redeemer.redeemed.map(\.number)
            #expect(numbers.count == 2 && Set(numbers).count == 2)
            #expect(redeemer.queried.isEmpty)
        }
    }

    @Test("orders that take nothing end with a person after six")
    func noOrderTaken() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in .notTaken }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            for made in 1..<RedemptionRules.mostOrders {
                try await eventually("order \(made) took nothing") {
                    try await world.orders().count == made + 1
                }
                try await world.advance(by: .seconds(100_000))
            }
            try await world.order(becomes: .notTaken)
            #expect(redeemer.redeemed.count == RedemptionRules.mostOrders)
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("that the issuer knows no such order counts only when none can be on its way any more")
    func inFlight() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in throw .lost }
        redeemer.querying { _ throws(AdapterError) in .notTaken }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            try await world.order(becomes: .unknown)
            try await world.advance(by: .seconds(10))
            try await eventually("asked") { redeemer.queried.count == 1 }
            try await world.idle()
            #expect(try await world.orders().map(\.state) == [.unknown])
            for _ in 0..<4 { try await world.advance(by: .seconds(300)) }
            try await eventually("a further order waits or went") {
                try await world.orders().count >= 2
            }
            #expect(try await world.orders().first?.state == .notTaken)
        }
    }

    @Test("after a crash between intent and answer the order is asked about, never sent again")
    func crash() async throws {
        struct Crash: Error {}
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in .spent }
        redeemer.querying { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        let delivered = try await world.ordered()
        let now = world.time.now()
        let leased = try await world.store.leaseRedemptions(
            adapter: "redeemer", in: nil, limit: 1, now: now, until: now + .seconds(300))
        let committer = world.gateway.committer
        let order = try #require(leased.first)
        await #expect(throws: Crash.self) {
            try await world.gateway.redemptions.carryOut(order) { change in
                if case .recordRedemption = change { throw Crash() }
                return try await committer.submit(change)
            }
        }
        #expect(try await world.orders().map(\.state) == [.intended])
        try await world.running { world in
            try await world.advance(by: .seconds(301))
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
        }
        #expect(redeemer.redeemed.count == 1 && redeemer.queried.count == 1)
    }

    @Test("an order that nobody can be asked about goes to a person, and a late word settles it")
    func person() async throws {
        let redeemer = GatewayWorld.redeemer(.none)
        redeemer.redeeming { _ throws(AdapterError) in throw .lost }
        let world = try await GatewayWorld.redeeming(redeemer) {
            $0.eventsURL = "https://market.example/events"
        }
        try await world.running { world in
            let delivered = try await world.ordered()
            let order = try await world.order(becomes: .person)
            _ = try await world.item(delivered, becomes: "indeterminate")
            #expect(try await world.claims().isEmpty)
            let page = try await world.gateway.redemptions(
                platform: nil, state: .person, cursor: nil, limit: 10)
            #expect(page.items.first?["redemption"]?.stringValue == order.number.text)
            let answer = await world.report(.okActivatedByBuyer, about: order.number)
            #expect(answer.acknowledgement == "success")
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
        }
        #expect(redeemer.redeemed.count == 1)
    }

    @Test("an erased code is neither sent nor asked about")
    func erased() async throws {
        let redeemer = GatewayWorld.redeemer()
        redeemer.redeeming { _ throws(AdapterError) in throw .lost }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            let order = try await world.order(becomes: .unknown)
            let item = try #require(try await world.store.item(order.item))
            world.memory.eraseDataKey(of: item.notice)
            try await world.advance(by: .seconds(10))
            try await world.order(becomes: .person)
            #expect(redeemer.queried.isEmpty)
            #expect(await world.report(.notFound, about: order.number).isRefused)
        }
        let second = try await GatewayWorld.redeeming(redeemer)
        _ = try await second.ordered(2)
        let planned = try #require(try await second.orders().last)
        let item = try #require(try await second.store.item(planned.item))
        second.memory.eraseDataKey(of: item.notice)
        let before = redeemer.redeemed.count
        _ = try await second.running { try await $0.order(becomes: .notTaken) }
        #expect(redeemer.redeemed.count == before)
    }

    @Test("the settling adapter that the operator names tells what became of the order")
    func settlingAdapter() async throws {
        let redeemer = GatewayWorld.redeemer(.none)
        redeemer.redeeming { _ throws(AdapterError) in throw .lost }
        let world = try await GatewayWorld.redeeming(redeemer) {
            $0.settledBy = "issuer"
            $0.adapter.answer(.used(at: GatewayWorld.start + .seconds(2)))
        }
        try await world.running { world in
            let delivered = try await world.ordered()
            try await world.order(becomes: .unknown)
            try await world.advance(by: .seconds(6))
            let item = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            #expect(item["verdict"]?["adapter"]?.stringValue == "issuer@1")
            #expect(item["verdict"]?["certainty"]?.stringValue == "derived")
        }
        #expect(redeemer.redeemed.count == 1)
    }
}
