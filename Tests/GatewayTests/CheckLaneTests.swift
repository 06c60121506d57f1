import AdapterKit
import CardModel
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// How issuers are asked: how many at a time, how often, how long, and what an outage means.
@Suite("Check lanes")
struct CheckLaneTests {
    private func deliver(_ count: Int, to world: GatewayWorld) async throws {
        for number in 0..<count {
            _ = try await world.deliver(
                GatewayWorld.body(order: "o-\(number)", number: number),
                id: "w-\(number)"
            )
        }
    }

    @Test("no more inquiries are under way than the adapter allows")
    func concurrency() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter = ScriptedAdapter(
                limits: AdapterLimits(concurrency: 3, requestsPerSecond: 1_000, burst: 1_000)
            ) { (_, _) in
                await gate.pass()
                return InquiryResult(state: .okUnused)
            }
        }
        try await world.running { world in
            try await deliver(10, to: world)
            try await eventually("three are asked") { gate.waitingCount == 3 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(world.adapter.inquiries.count == 3)
            gate.open()
            try await eventually("all are asked") {
                try await world.store.openCheckCount() == 0
            }
            #expect(world.adapter.mostRunning == 3)
            #expect(world.adapter.inquiries.count == 10)
        }
    }

    @Test("after a burst inquiries go out at the adapter's rate")
    func rate() async throws {
        let world = try await GatewayWorld {
            $0.adapter = ScriptedAdapter(
                limits: AdapterLimits(concurrency: 64, requestsPerSecond: 2, burst: 4),
                always: InquiryResult(state: .okUnused)
            )
        }
        try await deliver(10, to: world)
        try await world.running { world in
            try await eventually("the burst is out") { world.adapter.inquiries.count == 4 }
            for second in 1...3 {
                // Twice a second; half a second each way of rounding.
                for _ in 0..<2 { try await world.advance(by: .milliseconds(501)) }
                try await eventually("two more after second \(second)") {
                    world.adapter.inquiries.count == 4 + 2 * second
                }
                try await world.idle()
                #expect(world.adapter.inquiries.count == 4 + 2 * second)
            }
        }
    }

    @Test("a slow issuer holds up nobody else's checks")
    func otherLanes() async throws {
        let gate = Gate()
        let slow = ScriptedAdapter(id: "issuer") { (_, _) in
            await gate.pass()
            return InquiryResult(state: .okUnused)
        }
        let world = try await GatewayWorld { $0.adapter = slow }
        try await world.running { world in
            try await deliver(2, to: world)
            try await eventually("the slow one is asked") { gate.waitingCount == 2 }
            let answer = try await world.deliver(
                GatewayWorld.body(order: "o-9", product: "mystery"),
                id: "w-9"
            )
            #expect(try await world.standing(answer)["status"]?.stringValue == "checked")
            gate.open()
        }
    }

    @Test("an issuer that is down is asked again on the schedule, and never makes a claim")
    func outage() async throws {
        let schedule = try #require(
            ReaskSchedule(pauses: [.seconds(60), .seconds(300)], jitterShare: 0)
        )
        let world = try await GatewayWorld {
            $0.reask = schedule
            $0.adapter.follow { (_, _) throws(AdapterError) in
                throw AdapterError(
                    code: .transport,
                    message: "down",
                    cause: .issuerUnavailable
                )
            }
        }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(answer, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "issuer_unavailable")
            #expect(item["liability"]?.stringValue == "none")
            for (asked, pause) in [(2, 60), (3, 300), (4, 300)] {
                try await world.advance(by: .seconds(pause - 1))
                try await world.idle()
                #expect(world.adapter.inquiries.count == asked - 1)
                try await world.advance(by: .seconds(1))
                try await eventually("asked \(asked) times") {
                    world.adapter.inquiries.count == asked
                }
            }
            world.adapter.answer(InquiryResult(state: .okUnused))
            try await world.advance(by: .seconds(300))
            _ = try await world.item(answer, becomes: "ok_unused")
            #expect(try await world.claims().isEmpty)
            let check = try #require(item["check"]?.stringValue.flatMap { CheckID($0) })
            #expect(try await world.store.check(check)?.attempts == 5)
        }
    }

    @Test("what nobody could decide by the limit goes to a person, never to a claim")
    func limit() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(.indeterminate(.timedOut))
            $0.eventsURL = "https://market.example/events"
        }
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "indeterminate")
            var days = 0
            while try await world.store.openCheckCount() > 0, days < 40 {
                let asked = world.adapter.inquiries.count
                try await world.advance(by: .days(1) + .seconds(10_000))
                try await eventually("asked again on day \(days)") {
                    world.adapter.inquiries.count > asked
                }
                try await world.idle()
                days += 1
            }
            #expect((25...31).contains(days))
            #expect(try await world.claims().isEmpty)
            try await eventually("a person is asked to decide") {
                world.transport.requests.contains { request in
                    let body = try? JSONValue.parse(request.body)
                    return body?["type"]?.stringValue == "claim.action_required"
                }
            }
        }
    }

    @Test("a graceful stop lets checks under way finish and takes no more")
    func gracefulStop() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter = ScriptedAdapter(
                limits: AdapterLimits(concurrency: 1, requestsPerSecond: 1_000, burst: 1_000)
            ) { (_, _) in
                await gate.pass()
                return InquiryResult(state: .okUnused)
            }
        }
        try await deliver(2, to: world)
        let opener = try await world.running { _ in
            try await eventually("one is asked") { gate.waitingCount == 1 }
            return Task {
                try await Task.sleep(for: .milliseconds(200))
                gate.open()
            }
        }
        try await opener.value
        #expect(world.adapter.inquiries.count == 1)
        let now = world.time.now()
        let due = try await world.store.leaseChecks(
            adapter: "issuer",
            limit: 10,
            now: now,
            until: now + .seconds(1)
        )
        // Whatever was not answered is due again at once: no lease is left behind.
        #expect(due.count == 2 - world.adapter.inquiries.count)
    }

    @Test("a check that outlasts the drain gives its lease back")
    func drainGivesBack() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter.follow { (_, _) in
                await gate.pass()
                return .indeterminate(.adapterFailed)
            }
        }
        try await deliver(1, to: world)
        let clock = Task {
            try await eventually("the issuer is asked") { gate.waitingCount == 1 }
            try await Task.sleep(for: .milliseconds(100))
            while gate.waitingCount == 1 {
                world.time.advance(by: DeliveryGateway.drainLimit)
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        try await world.running { _ in
            try await eventually("the issuer is asked") { gate.waitingCount == 1 }
        }
        try await clock.value
        let now = world.time.now()
        let due = try await world.store.leaseChecks(
            adapter: "issuer",
            limit: 10,
            now: now,
            until: now + .seconds(1)
        )
        #expect(due.count == 1)
        #expect(due.first?.check.attempts == 0)
    }

    @Test("the issuer is asked with the delivered spelling and what was promised")
    func inquiry() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            let inquiry = try #require(world.adapter.inquiries.first)
            #expect(inquiry.code.serial?.text == GatewayWorld.serial(1))
            #expect(inquiry.code.key.withUnredacted { $0 } == GatewayWorld.key(1))
            #expect(inquiry.product == "cmcc-50")
            #expect(inquiry.deliveredAt == GatewayWorld.start)
        }
    }
}

/// The bucket by itself: pure, the clock is given.
@Suite("Token bucket")
struct TokenBucketTests {
    @Test("it gives its burst, then its rate, and never saves more than its burst")
    func rate() {
        var bucket = TokenBucket(tokensPerSecond: 2, burst: 3)
        let start = GatewayWorld.start
        #expect(bucket.take(10, at: start) == 3)
        #expect(bucket.take(1, at: start) == 0)
        #expect(bucket.wait(at: start) == .milliseconds(501))
        #expect(bucket.take(1, at: start + .milliseconds(500)) == 1)
        #expect(bucket.take(10, at: start + .seconds(3_600)) == 3)
        bucket.giveBack(2)
        #expect(bucket.take(10, at: start + .seconds(3_600)) == 2)
    }

    @Test("a clock that jumps back gives nothing away and takes nothing")
    func jump() {
        var bucket = TokenBucket(tokensPerSecond: 1, burst: 2)
        let start = GatewayWorld.start
        #expect(bucket.take(1, at: start) == 1)
        #expect(bucket.take(2, at: start - .seconds(3_600)) == 1)
        #expect(bucket.take(2, at: start - .seconds(3_599)) == 1)
    }
}
