import AdapterKit
import CardModel
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// Clocks of claims ring when they are due, and one that cannot costs the others nothing.
@Suite("The lane of claims' clocks")
struct ClaimLaneTests {
    /// A gateway whose issuer calls every code used before its delivery, and its store.
    private static func world() async throws -> (GatewayWorld, SlowStore) {
        let made = Mutex<SlowStore?>(nil)
        let gate = Gate()
        gate.open()
        let world = try await GatewayWorld { options in
            options.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
            options.store = { memory in
                let store = SlowStore(memory, gate: gate)
                made.withLock { $0 = store }
                return store
            }
        }
        return (world, try #require(made.withLock { $0 }))
    }

    /// A delivery whose claim opened by itself.
    private static func claim(_ number: Int, in world: GatewayWorld) async throws -> ClaimID {
        let body = GatewayWorld.body(order: "o-\(number)", number: number)
        let answer = try await world.deliver(body, id: "w-\(number)")
        let item = try await world.item(answer, becomes: "used")
        return try #require(item["claim"]?.stringValue.flatMap { ClaimID($0) })
    }

    /// The steps that clocks brought about.
    private static func rung(
        _ claim: ClaimID,
        in world: GatewayWorld
    ) async throws -> [ClaimHistoryEntry] {
        try await world.memory.claimHistory(claim).filter { $0.event == "timer.rung" }
    }

    @Test("a claim whose clock cannot ring is tried ever later, and the others ring in time")
    func oneBroken() async throws {
        let (world, store) = try await Self.world()
        try await world.running { world in
            let broken = try await Self.claim(1, in: world)
            let other = try await Self.claim(2, in: world)
            store.hide(broken)
            let due = try #require(try await world.store.nextRingDue())
            try await world.advance(by: due.duration(since: world.time.now()))
            try await eventually("the other's clock rings") {
                try await Self.rung(other, in: world).isEmpty == false
            }
            try await eventually("the broken one was tried") { store.hiddenReadCount == 1 }
            // Two minutes of looks, a second apart.
            for _ in 0..<120 { try await world.advance(by: ClaimLane.tick) }
            try await world.idle()
            // After 1, 5, 15 and 60 s, each by up to a fifth longer, and a minute later again.
            #expect(store.hiddenReadCount == 5)
            #expect(try await Self.rung(broken, in: world).isEmpty)
            store.hide(nil)
            try await world.advance(by: .seconds(72))
            try await eventually("it rings once it can") {
                try await Self.rung(broken, in: world).isEmpty == false
            }
            let entry = try #require(try await Self.rung(broken, in: world).first)
            let told = (entry.detail["event"] ?? entry.detail)["due_at"]?.stringValue
            #expect(told == due.rfc3339, "the time it was due has moved")
        }
    }

    private static func ring(
        _ number: UInt8,
        _ timer: ClaimTimer = .firstResponse,
        dueAt: Instant = GatewayWorld.start
    ) -> ClaimRing {
        let id = ClaimID(at: GatewayWorld.start, random: Array(repeating: number, count: 10))
        return ClaimRing(claim: id, timer: timer, round: 1, dueAt: dueAt)
    }

    @Test("the pauses of one clock grow to their limit, and end with the clock")
    func pauses() {
        var retries = RingRetries()
        var now = GatewayWorld.start
        let (one, two) = (Self.ring(1), Self.ring(2))
        let later = Self.ring(1, .proposal)
        for (number, seconds) in [1, 5, 15, 60, 60, 60].enumerated() {
            // The second clock of the claim waits behind the first.
            let ready = retries.take(from: [one, two, later], at: now, limit: 9)
            #expect(ready == [one, two])
            let (count, until) = retries.note(failureOf: one, at: now, jitter: 0)
            #expect(count == number + 1 && until == now + .seconds(seconds))
            let during = retries.take(
                from: [one, two, later], at: until - .milliseconds(1), limit: 9)
            #expect(during == [two])
            now = until
        }
        // A clock that was set back ends a wait, too.
        _ = retries.note(failureOf: one, at: now, jitter: 1)
        #expect(retries.take(from: [one], at: now - .seconds(1), limit: 9) == [one])
        // It rang for somebody else; what comes later begins anew.
        #expect(retries.take(from: [later], at: now, limit: 9) == [later])
        #expect(retries.note(failureOf: one, at: now, jitter: 0).until == now + .seconds(1))
    }

    @Test("however many wait, a whole round of others is asked for and tried")
    func limits() {
        var retries = RingRetries()
        #expect(retries.limit(for: 2) == 2)
        let broken = (1...3).map { Self.ring($0) }
        for ring in broken { _ = retries.note(failureOf: ring, at: GatewayWorld.start, jitter: 0) }
        #expect(retries.limit(for: 2) == 2 + 3 * ClaimTimer.allCases.count)
        let due = broken + (4...7).map { Self.ring($0) }
        let ready = retries.take(from: due, at: GatewayWorld.start, limit: 2)
        #expect(ready == [Self.ring(4), Self.ring(5)])
    }

    @Test("a store that does not say who is due is asked ever later, until it does")
    func failedLooks() {
        var retries = RingRetries()
        for seconds in [1, 5, 15, 60, 60] {
            #expect(retries.noteFailedLook(jitter: 0) == .seconds(seconds))
        }
        #expect(retries.noteFailedLook(jitter: 1) > .seconds(71))
        #expect(retries.take(from: [], at: GatewayWorld.start, limit: 1).isEmpty)
        #expect(retries.noteFailedLook(jitter: 0) == .seconds(1))
    }
}
