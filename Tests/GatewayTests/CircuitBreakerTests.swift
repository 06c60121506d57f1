import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// When a failing issuer is left alone and when it is tried again: pure, the clock is given.
@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let start = GatewayWorld.start

    private func breaker(threshold: Int = 5, probes: Int = 2) throws -> CircuitBreaker {
        let ladder = try #require(PauseLadder(pauses: [.seconds(10), .seconds(30)]))
        return CircuitBreaker(
            threshold: threshold,
            probes: probes,
            successesToClose: probes,
            ladder: ladder
        )
    }

    private func ask(
        _ breaker: inout CircuitBreaker,
        _ finding: CircuitBreaker.Finding,
        at now: Instant
    ) -> CircuitBreaker.Turn? {
        let pass = breaker.enter(at: now)
        return breaker.leave(pass, finding, at: now, jitter: 0)
    }

    @Test("the fifth failure in a row opens it, and a success in between starts the count anew")
    func opens() throws {
        var breaker = try breaker()
        for finding in [CircuitBreaker.Finding.failure, .failure, .failure, .failure, .success] {
            #expect(ask(&breaker, finding, at: start) == nil)
        }
        for _ in 0..<4 { #expect(ask(&breaker, .failure, at: start) == nil) }
        #expect(breaker.room(at: start) == nil)
        #expect(ask(&breaker, .failure, at: start) == .opened(until: start + .seconds(10)))
        #expect(breaker.room(at: start) == 0)
        #expect(breaker.room(at: start + .milliseconds(9_999)) == 0)
        #expect(breaker.room(at: start + .seconds(10)) == 2)
    }

    @Test("what broke off by our own doing counts neither way")
    func nothing() throws {
        var breaker = try breaker()
        for _ in 0..<4 { _ = ask(&breaker, .failure, at: start) }
        for _ in 0..<10 { #expect(ask(&breaker, .nothing, at: start) == nil) }
        #expect(ask(&breaker, .failure, at: start) != nil)
    }

    @Test("half open it lets two probes in, closes on two successes, and opens longer on a failure")
    func halfOpen() throws {
        var breaker = try breaker()
        for _ in 0..<5 { _ = ask(&breaker, .failure, at: start) }
        var now = start + .seconds(10)
        let first = breaker.enter(at: now)
        #expect(breaker.room(at: now) == 1)
        let second = breaker.enter(at: now)
        #expect(breaker.room(at: now) == 0)
        let reopened = breaker.leave(first, .failure, at: now, jitter: 0)
        #expect(reopened == .opened(until: now + .seconds(30)))
        // The other probe belongs to the past now.
        #expect(breaker.leave(second, .success, at: now, jitter: 0) == nil)
        #expect(breaker.room(at: now) == 0)
        now = now + .seconds(30)
        #expect(ask(&breaker, .failure, at: now) == .opened(until: now + .seconds(30)))
        now = now + .seconds(30)
        #expect(ask(&breaker, .success, at: now) == nil)
        #expect(breaker.room(at: now) == 2)
        #expect(ask(&breaker, .success, at: now) == .closed)
        #expect(breaker.room(at: now) == nil)
        // Closed, the next outage begins with the shortest pause again.
        for _ in 0..<4 { _ = ask(&breaker, .failure, at: now) }
        #expect(ask(&breaker, .failure, at: now) == .opened(until: now + .seconds(10)))
    }

    @Test("what was asked before it opened or closed says nothing about now")
    func eras() throws {
        var breaker = try breaker()
        let old = (0..<8).map { _ in breaker.enter(at: start) }
        for pass in old.prefix(5) { _ = breaker.leave(pass, .failure, at: start, jitter: 0) }
        let now = start + .seconds(10)
        _ = ask(&breaker, .success, at: now)
        #expect(breaker.leave(old[5], .failure, at: now, jitter: 0) == nil)
        #expect(ask(&breaker, .success, at: now) == .closed)
        for pass in old.suffix(2) {
            #expect(breaker.leave(pass, .failure, at: now, jitter: 0) == nil)
        }
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test("a clock that is set back opens it at once rather than a day later")
    func clockSetBack() throws {
        var breaker = try breaker()
        for _ in 0..<5 { _ = ask(&breaker, .failure, at: start) }
        #expect(breaker.room(at: start - .seconds(86_400)) == 2)
    }

    /// A walk through all states by a seed, against what must hold in each.
    @Test("whatever happens in whatever order, its promises hold", arguments: UInt64(0)..<200)
    func walk(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        func roll(_ sides: Int) -> Int { Int(random.bytes(1)[0]) % sides }
        var breaker = try breaker()
        var now = start
        var out: [(pass: CircuitBreaker.Pass, isOfThisEra: Bool)] = []
        var failuresInARow = 0
        var openedAt: Instant?
        for _ in 0..<400 {
            now = now + .milliseconds(roll(4) == 0 ? roll(250) * 100 : roll(20))
            if let openedAt, now.duration(since: openedAt) < .seconds(10) {
                #expect(breaker.room(at: now) == 0)
            }
            if let room = breaker.room(at: now) {
                #expect((0...2).contains(room))
            }
            if roll(2) == 0, breaker.room(at: now) != 0 {
                out.append((breaker.enter(at: now), true))
                openedAt = nil
                if case .halfOpen(let underWay, _) = breaker.state {
                    #expect((1...2).contains(underWay))
                }
                continue
            }
            guard !out.isEmpty else { continue }
            let (pass, counts) = out.remove(at: roll(out.count))
            let finding = CircuitBreaker.Finding.allCases[roll(3)]
            let wasClosed = if case .closed = breaker.state { true } else { false }
            let turn = breaker.leave(pass, finding, at: now, jitter: Double(roll(256)) / 255)
            if !counts { #expect(turn == nil) }
            if counts, wasClosed {
                switch finding {
                case .failure: failuresInARow += 1
                case .success: failuresInARow = 0
                case .nothing: break
                }
                // It opens at the fifth failure in a row: never before, never after.
                #expect((turn != nil) == (failuresInARow == 5))
            }
            if let turn {
                failuresInARow = 0
                for index in out.indices { out[index].isOfThisEra = false }
                if case .opened(let until) = turn {
                    openedAt = now
                    let pause = until.duration(since: now)
                    #expect(pause >= .seconds(10) && pause <= .seconds(36))
                }
            }
        }
        // From wherever it is, an issuer that answers is asked freely again.
        now = now + .seconds(60)
        for _ in 0..<4 where breaker.room(at: now) != nil { _ = ask(&breaker, .success, at: now) }
        for entry in out { _ = breaker.leave(entry.pass, .nothing, at: now, jitter: 0) }
        for _ in 0..<2 where breaker.room(at: now) != nil { _ = ask(&breaker, .success, at: now) }
        #expect(breaker.room(at: now) == nil)
    }
}
