import Testing

@testable import Drivers

@Suite("ConnectionLanes")
struct ConnectionLanesTests {
    private let soon = ContinuousClock.now + .seconds(5)
    private let later = ContinuousClock.now + .seconds(50)

    private func destination(_ host: String) throws -> OutboundDestination {
        try OutboundDestination(url: "https://\(host)/", unixSocketPath: nil)
    }

    @Test("no lane and no total is exceeded, and a freed connection goes to who waits")
    func caps() throws {
        let lanes = Lanes(perLane: 2, total: 3, waitingLimit: 10)
        let (one, two) = try (destination("one.test"), destination("two.test"))
        for item in 1...4 { #expect(lanes.enqueue(item, to: one, deadline: later)) }
        #expect([lanes.next(), lanes.next(), lanes.next()] == [1, 2, nil])
        for item in 5...6 { #expect(lanes.enqueue(item, to: two, deadline: later)) }
        #expect([lanes.next(), lanes.next()] == [5, nil])
        lanes.release(one)
        #expect(Set([lanes.next()]).isSubset(of: [3, 6]))
        #expect(lanes.activeCount == 3)
        #expect(lanes.waitingCount == 2)
    }

    @Test("a long queue of one destination does not hold up another's")
    func fairness() throws {
        let lanes = Lanes(perLane: 8, total: 1, waitingLimit: 1000)
        let (slow, quick) = try (destination("slow.test"), destination("quick.test"))
        for item in 0..<100 { #expect(lanes.enqueue(item, to: slow, deadline: later)) }
        #expect(lanes.next() == 0)
        #expect(lanes.enqueue(1000, to: quick, deadline: later))
        var served: [Int] = []
        for _ in 0..<2 {
            lanes.release(served.last == 1000 ? quick : slow)
            served.append(try #require(lanes.next()))
        }
        #expect(served.contains(1000))
    }

    @Test("destinations that hang never take the last connections, nor the whole waiting room")
    func reserve() throws {
        let lanes = Lanes(perLane: 8, total: 16, waitingLimit: 10)
        let hanging = try (0..<3).map { try destination("hang\($0).test") }
        var started = 0
        for number in 0..<30 {
            _ = lanes.enqueue(number, to: hanging[number % 3], deadline: later)
            while lanes.next() != nil { started += 1 }
        }
        // Three quarters; each of them has four already.
        #expect(started == 12)
        #expect(lanes.waitingCount == 10)
        #expect(!lanes.remove(where: { _ in true }).isEmpty)
        let quick = try destination("quick.test")
        for number in 100..<104 {
            #expect(lanes.enqueue(number, to: quick, deadline: later))
            #expect(lanes.next() == number)
        }
        let one = Lanes(perLane: 1, total: 16, waitingLimit: 10)
        let accepted = (0..<20).count { one.enqueue($0, to: hanging[0], deadline: later) }
        #expect(accepted == 5)
        #expect(one.enqueue(99, to: quick, deadline: later))
    }

    @Test("the waiting room has a limit, which a request that starts at once does not meet")
    func waitingLimit() throws {
        let lanes = Lanes(perLane: 1, total: 2, waitingLimit: 1)
        let (one, two) = try (destination("one.test"), destination("two.test"))
        #expect(lanes.enqueue(1, to: one, deadline: later))
        #expect(lanes.next() == 1)
        #expect(lanes.enqueue(2, to: one, deadline: later))
        #expect(!lanes.enqueue(3, to: one, deadline: later))
        #expect(lanes.enqueue(4, to: two, deadline: later))
        #expect(lanes.next() == 4)
    }

    @Test("what is due and what is meant is taken out, the rest keeps its order")
    func removal() throws {
        let lanes = Lanes(perLane: 1, total: 1, waitingLimit: 10)
        let one = try destination("one.test")
        #expect(lanes.enqueue(0, to: one, deadline: later))
        #expect(lanes.next() == 0)
        for item in 1...5 {
            #expect(lanes.enqueue(item, to: one, deadline: item == 2 ? soon : later))
        }
        #expect(lanes.earliestDeadline == soon)
        #expect(lanes.remove(dueAt: soon) == [2])
        #expect(lanes.earliestDeadline == later)
        #expect(lanes.remove(where: { $0 == 4 }) == [4])
        var order: [Int] = []
        for _ in 0..<3 {
            lanes.release(one)
            order.append(try #require(lanes.next()))
        }
        #expect(order == [1, 3, 5])
        #expect(lanes.earliestDeadline == nil)
    }

    @Test("random use never exceeds a cap, loses an item or serves one twice")
    func randomUse() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(state: seed)
        let hosts = try (0..<4).map { try destination("h\($0).test") }
        let lanes = Lanes(perLane: 3, total: 7, waitingLimit: 20)
        var (active, gone, taken): ([Int: Int], Set<Int>, Int) = ([:], [], 0)
        for item in 0..<5000 {
            let host = Int(random.next() % 4)
            if lanes.enqueue(item * 4 + host, to: hosts[host], deadline: later) { taken += 1 }
            while random.next() % 3 != 0, let next = lanes.next() {
                #expect(gone.insert(next).inserted, "seed \(seed): \(next) came twice")
                active[next] = next % 4
            }
            if random.next() % 2 == 0, let (done, host) = active.first {
                active[done] = nil
                lanes.release(hosts[host])
            }
            if random.next() % 50 == 0 {
                gone.formUnion(lanes.remove(where: { $0 % 7 == 0 }))
            }
            let fullest = Dictionary(grouping: active.values) { $0 }.values.map(\.count).max()
            #expect(active.count <= 7 && fullest ?? 0 <= 3, "seed \(seed)")
            #expect(lanes.activeCount == active.count, "seed \(seed)")
            #expect(gone.count + lanes.waitingCount == taken, "seed \(seed)")
        }
    }
}

/// A class, because `#expect` cannot call what mutates a value.
private final class Lanes {
    private var lanes: ConnectionLanes<Int>

    init(perLane: Int, total: Int, waitingLimit: Int) {
        lanes = ConnectionLanes(perLane: perLane, total: total, waitingLimit: waitingLimit)
    }

    var activeCount: Int { lanes.activeCount }
    var waitingCount: Int { lanes.waitingCount }
    var earliestDeadline: ContinuousClock.Instant? { lanes.earliestDeadline }

    func enqueue(
        _ item: Int,
        to destination: OutboundDestination,
        deadline: ContinuousClock.Instant
    ) -> Bool {
        lanes.enqueue(item, to: destination, deadline: deadline)
    }

    func next() -> Int? { lanes.next() }
    func release(_ destination: OutboundDestination) { lanes.release(destination) }
    func remove(dueAt now: ContinuousClock.Instant) -> [Int] { lanes.remove(dueAt: now) }
    func remove(where isMeant: (Int) -> Bool) -> [Int] { lanes.remove(where: isMeant) }
}

/// A small generator with a seed that a failing test can print.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
