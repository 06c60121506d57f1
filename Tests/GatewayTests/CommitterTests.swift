import EvidenceLog
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// Group commit: many callers, few batches, nobody's fate in another's hands.
@Suite("Committer")
struct CommitterTests {
    /// A store whose commits wait before a gate and can fail.
    private func slow(_ world: GatewayWorld, _ gate: Gate) -> (SlowStore, Committer) {
        let store = SlowStore(world.store, gate: gate)
        return (store, Committer(store: store, logger: GatewayWorld.logger))
    }

    private func admission(_ world: GatewayWorld, _ number: Int) throws -> Change {
        let body = GatewayWorld.body(order: "o-\(number)", number: number)
        let notice = try DeliveryNotice(body, now: world.time.now())
        return .admit(
            try world.gateway.builder.admission(
                of: notice,
                webhookID: "w-\(number)",
                bodyCode: [1],
                platform: world.platform,
                acceptedAt: world.time.now()
            )
        )
    }

    @Test("one caller of 64 that goes away costs the other 63 nothing, and is committed too")
    func cancelledCaller() async throws {
        let world = try await GatewayWorld()
        let gate = Gate()
        let (_, committer) = slow(world, gate)
        let changes = try (0..<64).map { try admission(world, $0) }
        let callers = changes.map { change in
            Task { try await committer.submit(change) }
        }
        try await eventually("a batch is under way") { gate.waitingCount == 1 }
        // The first one may be the task in which the batch was begun.
        callers[0].cancel()
        callers[31].cancel()
        gate.open()
        for (number, caller) in callers.enumerated() {
            guard case .committed = try await caller.value else {
                Issue.record("change \(number) was not committed")
                continue
            }
        }
        let head = try await world.store.logHead(of: world.platform.number)
        #expect(head.map { $0.range.size } == 64)
    }

    @Test("what comes in while a batch is written goes into one next batch")
    func grouping() async throws {
        let world = try await GatewayWorld()
        let gate = Gate()
        let (store, committer) = slow(world, gate)
        let changes = try (0..<33).map { try admission(world, $0) }
        let first = Task { try await committer.submit(changes[0]) }
        try await eventually("the first batch is under way") { gate.waitingCount == 1 }
        let rest = changes.dropFirst().map { change in
            Task { try await committer.submit(change) }
        }
        try await eventually("the rest waits") { committer.waitingCount == 32 }
        gate.open()
        _ = try await first.value
        for caller in rest { _ = try await caller.value }
        #expect(store.batchSizes == [1, 32])
    }

    @Test("a full queue turns callers away at once, and the others are committed")
    func overload() async throws {
        let world = try await GatewayWorld()
        let gate = Gate()
        let (_, committer) = slow(world, gate)
        let change = Change.requestSelfTest(
            SelfTestRequest(
                platform: world.platform.number,
                delivery: DeliveryID(at: world.time.now(), random: world.random.bytes(10)),
                requestedAt: world.time.now(),
                newChecks: [],
                budget: .default
            )
        )
        let first = Task { try await committer.submit(change) }
        try await eventually("the first batch is under way") { gate.waitingCount == 1 }
        let rest = (0..<Committer.queueLimit).map { _ in
            Task { try await committer.submit(change) }
        }
        try await eventually("the queue is full") {
            committer.waitingCount == Committer.queueLimit
        }
        await #expect(throws: Committer.Failure.overloaded) {
            _ = try await committer.submit(change)
        }
        gate.open()
        for caller in [first] + rest {
            guard case .refused(.unknown) = try await caller.value else {
                Issue.record("a waiting change got another answer")
                return
            }
        }
    }

    @Test("a store that cannot write now fails its batch, and the next one is tried")
    func unavailable() async throws {
        let world = try await GatewayWorld()
        let committer = Committer(store: world.store, logger: GatewayWorld.logger)
        let store = try #require(world.store as? MemoryStore)
        store.failNextCommit(with: .unavailable("disk full"))
        let change = try admission(world, 1)
        await #expect(throws: Committer.Failure.store(.unavailable("disk full"))) {
            _ = try await committer.submit(change)
        }
        guard case .committed = try await committer.submit(change) else {
            Issue.record("the next try was not committed")
            return
        }
    }

    @Test("after a broken commit nothing is acknowledged any more, and the failure is told once")
    func broken() async throws {
        let world = try await GatewayWorld()
        let committer = Committer(store: world.store, logger: GatewayWorld.logger)
        let store = try #require(world.store as? MemoryStore)
        store.failNextCommit(with: .broken("fsync"))
        for number in 1...3 {
            let change = try admission(world, number)
            await #expect(throws: Committer.Failure.store(.broken("fsync"))) {
                _ = try await committer.submit(change)
            }
        }
        var failures = committer.failure.makeAsyncIterator()
        #expect(await failures.next() == .broken("fsync"))
        let size = try await world.store.logHead(of: world.platform.number).map { $0.range.size }
        #expect(size == 0)
    }

    @Test("a broken store ends the run of the gateway")
    func brokenRun() async throws {
        let world = try await GatewayWorld()
        let run = Task { try await world.gateway.run() }
        try await world.idle()
        try #require(world.store as? MemoryStore).failNextCommit(with: .broken("fsync"))
        _ = await world.post(GatewayWorld.body(), id: "w-1")
        await #expect(throws: StoreError.broken("fsync")) { try await run.value }
    }

    @Test("a closed committer accepts nothing more, and finishes what it accepted")
    func closing() async throws {
        let world = try await GatewayWorld()
        let gate = Gate()
        let (_, committer) = slow(world, gate)
        let change = try admission(world, 1)
        let accepted = Task { try await committer.submit(change) }
        try await eventually("a batch is under way") { gate.waitingCount == 1 }
        committer.close()
        await #expect(throws: Committer.Failure.closing) { _ = try await committer.submit(change) }
        gate.open()
        guard case .committed = try await accepted.value else {
            Issue.record("the accepted change was not committed")
            return
        }
    }
}
