import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Everything that decides whether an issuer may be asked now: pure, the clock is given.
@Suite("Issuer health")
struct IssuerHealthTests {
    private let start = GatewayWorld.start
    private let limits = AdapterLimits(concurrency: 8, requestsPerSecond: 100, burst: 100)

    private func health(_ limits: AdapterLimits? = nil) throws -> IssuerHealth {
        IssuerHealth(
            limits: limits ?? self.limits,
            pauses: IssuerPauses(
                failing: try #require(PauseLadder(pauses: [.seconds(10), .seconds(30)])),
                ownFault: try #require(PauseLadder(pauses: [.seconds(60)]))
            )
        )
    }

    /// Asks once and gives what changed; records an issue when nothing could be asked.
    private func ask(
        _ health: inout IssuerHealth,
        _ signal: IssuerSignal,
        at now: Instant
    ) throws -> [IssuerHealth.Event] {
        let pass = try #require(health.enter(1, reserved: 0, at: now).first)
        return health.leave(pass, signal, at: now, jitter: 0)
    }

    @Test("places are never exceeded, and come back")
    func places() throws {
        var health = try health()
        let passes = health.enter(20, reserved: 0, at: start)
        #expect(passes.count == 8)
        #expect(health.enter(1, reserved: 0, at: start).isEmpty)
        #expect(health.wait(at: start) == .zero)
        health.giveBack(passes.prefix(3), at: start)
        #expect(health.enter(20, reserved: 1, at: start).count == 2)
        #expect(health.enter(20, reserved: 0, at: start).count == 1)
    }

    @Test("a Retry-After stops the whole lane until then, and no longer than a day")
    func retryAfter() throws {
        var health = try health()
        let passes = health.enter(2, reserved: 0, at: start)
        let limited = IssuerSignal(.limited, cause: .rateLimited, retryAfter: .seconds(90))
        let events = health.leave(passes[0], limited, at: start, jitter: 0)
        let pause = IssuerHealth.Pause(reason: .rateLimited, until: start + .seconds(90))
        #expect(events == [.paused(pause)])
        #expect(health.enter(1, reserved: 0, at: start + .milliseconds(89_999)).isEmpty)
        #expect(health.wait(at: start + .seconds(30)) == .seconds(60))
        // The other one that was under way asks for less: the longer wish holds.
        let less = IssuerSignal(.failed, cause: .issuerUnavailable, retryAfter: .seconds(5))
        #expect(health.leave(passes[1], less, at: start, jitter: 0).isEmpty)
        #expect(health.pause(at: start) == pause)
        #expect(health.enter(1, reserved: 0, at: start + .seconds(90)).count == 1)
        var other = try self.health()
        let week = IssuerSignal(.limited, cause: .rateLimited, retryAfter: .seconds(604_800))
        _ = try ask(&other, week, at: start)
        #expect(other.pause(at: start)?.until == start + .seconds(86_400))
    }

    @Test("429 without a Retry-After pauses longer each time, until the issuer answers again")
    func limitedWithoutWord() throws {
        var health = try health()
        var now = start
        let limited = IssuerSignal(.limited, cause: .rateLimited)
        for pause in [10, 30, 30] {
            let events = try ask(&health, limited, at: now)
            let until = now + .seconds(pause)
            #expect(events == [.paused(IssuerHealth.Pause(reason: .rateLimited, until: until))])
            now = until
        }
        _ = try ask(&health, IssuerSignal(.answered), at: now)
        _ = try ask(&health, limited, at: now)
        #expect(health.pause(at: now)?.until == now + .seconds(10))
    }

    @Test("no more are asked than the issuer's headers allow before the reset")
    func allowance() throws {
        var health = try health()
        let reset = start + .seconds(40)
        let passes = health.enter(4, reserved: 0, at: start)
        let told = RequestAllowance(remaining: 5, resetsAt: reset)
        _ = health.leave(passes[0], IssuerSignal(.answered, allowance: told), at: start, jitter: 0)
        // Three are under way of which the issuer may not know yet.
        let more = health.enter(8, reserved: 0, at: start)
        #expect(more.count == 2)
        #expect(health.enter(1, reserved: 0, at: start).isEmpty)
        #expect(health.wait(at: start) == .seconds(40))
        health.giveBack(more.suffix(1), at: start)
        #expect(health.enter(8, reserved: 0, at: start).count == 1)
        #expect(health.enter(8, reserved: 0, at: reset).count == 3)
    }

    @Test("an allowance of none pauses until the reset")
    func exhausted() throws {
        var health = try health()
        let reset = start + .seconds(40)
        let told = RequestAllowance(remaining: 0, resetsAt: reset)
        let events = try ask(&health, IssuerSignal(.answered, allowance: told), at: start)
        #expect(events == [.paused(IssuerHealth.Pause(reason: .rateLimited, until: reset))])
        #expect(health.enter(1, reserved: 0, at: start + .seconds(39)).isEmpty)
        #expect(health.enter(1, reserved: 0, at: reset).count == 1)
    }

    @Test("three refusals in a row pause apart from failures, and one good answer ends it")
    func refused() throws {
        var health = try health()
        let refused = IssuerSignal(.refusedUs, cause: .ourAccount)
        _ = try ask(&health, refused, at: start)
        _ = try ask(&health, refused, at: start)
        let events = try ask(&health, refused, at: start)
        let pause = IssuerHealth.Pause(reason: .accountRefused, until: start + .seconds(60))
        #expect(events == [.paused(pause)])
        #expect(health.enter(1, reserved: 0, at: start).isEmpty)
        let later = start + .seconds(60)
        let probe = try #require(health.enter(8, reserved: 0, at: later).first)
        #expect(health.enter(8, reserved: 0, at: later).isEmpty)
        let turn = health.leave(probe, IssuerSignal(.answered), at: later, jitter: 0)
        #expect(turn == [.resumed(.accountRefused)])
        #expect(health.enter(8, reserved: 0, at: later).count == 8)
    }

    @Test("what waited through an outage goes out at the sustained rate, not as a burst")
    func noBurst() throws {
        let slow = AdapterLimits(concurrency: 8, requestsPerSecond: 1, burst: 8)
        var health = try health(slow)
        let failed = IssuerSignal(.failed, cause: .timedOut)
        for _ in 0..<5 { _ = try ask(&health, failed, at: start) }
        let later = start + .seconds(600)
        _ = try ask(&health, IssuerSignal(.answered), at: later)
        let turn = try ask(&health, IssuerSignal(.answered), at: later)
        #expect(turn == [.resumed(.issuerFailing)])
        #expect(health.enter(8, reserved: 0, at: later).isEmpty)
        #expect(health.enter(8, reserved: 0, at: later + .seconds(1)).count == 1)
    }

    @Test(
        "each cause says one thing about the issuer",
        arguments: [
            (IndeterminateCause.issuerUnavailable, IssuerSignal.Kind.failed),
            (.timedOut, .failed), (.malformedAnswer, .failed), (.answerTooLarge, .failed),
            (.refusedAddress, .failed), (.untrustedCertificate, .failed),
            (.badSignature, .failed), (.adapterFailed, .failed), (.rateLimited, .limited),
            (.ourAccount, .refusedUs), (.ourRequest, .refusedUs), (.unmapped, .answered),
            (.reserved, .answered), (.alreadySubmitted, .answered),
            (.notSupportedByIssuer, .answered), (.ambiguousAnswer, .answered),
            (.inProgress, .answered), (.consentMissing, .nothing), (.adapterDegraded, .nothing),
        ]
    )
    func kinds(cause: IndeterminateCause, kind: IssuerSignal.Kind) {
        #expect(IssuerSignal(InquiryResult.indeterminate(cause)).kind == kind)
    }

    @Test("every cause that is written is one of those above, and an unknown one says nothing")
    func completeness() {
        #expect(IndeterminateCause.known.count == 19)
        let unknown = IndeterminateCause(rawValue: "from_the_future")
        #expect(IssuerSignal(InquiryResult.indeterminate(unknown)).kind == .nothing)
        #expect(IssuerSignal(InquiryResult(state: .used)).kind == .answered)
        let odd = AdapterError(code: .inquiry, message: "", cause: .ourRequest)
        #expect(IssuerSignal(odd).kind == .nothing)
        let wrong = AdapterError(code: .settings, message: "", cause: .ourAccount)
        #expect(IssuerSignal(wrong).kind == .refusedUs)
    }

    @Test("the pace of one open question is not the lane's")
    func inProgress() {
        let polled = InquiryResult.indeterminate(.inProgress, retryAfter: .seconds(600))
        #expect(IssuerSignal(polled).retryAfter == nil)
    }

    /// By a seed: whatever comes in whatever order, no limit is ever exceeded and nothing is lost.
    @Test("places, rate and pauses hold through any story", arguments: UInt64(0)..<100)
    func story(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        func roll(_ sides: Int) -> Int { Int(random.bytes(1)[0]) % sides }
        var health = try health(
            AdapterLimits(concurrency: 4, requestsPerSecond: 10, burst: 5)
        )
        var now = start
        var out: [IssuerHealth.Pass] = []
        var entered = 0
        let kinds: [IssuerSignal.Kind] = [
            .answered, .answered, .failed, .refusedUs, .limited, .nothing,
        ]
        for _ in 0..<500 {
            now = now + .milliseconds(roll(100) * (roll(10) == 0 ? 1_000 : 1))
            if roll(2) == 0 {
                let reserved = roll(3)
                let passes = health.enter(roll(6), reserved: reserved, at: now)
                if health.pause(at: now) != nil { #expect(passes.isEmpty) }
                out += passes
                entered += passes.count
                #expect(out.count <= 4 && out.count == health.underWay)
                if !passes.isEmpty { #expect(out.count + reserved <= 4) }
            } else if !out.isEmpty {
                let pass = out.remove(at: roll(out.count))
                let signal = IssuerSignal(
                    kinds[roll(kinds.count)],
                    retryAfter: roll(8) == 0 ? .seconds(roll(20)) : nil,
                    allowance: roll(8) == 0
                        ? RequestAllowance(remaining: roll(6), resetsAt: now + .seconds(roll(30)))
                        : nil
                )
                _ = health.leave(pass, signal, at: now, jitter: Double(roll(256)) / 255)
            }
            if let pause = health.pause(at: now) {
                #expect(health.wait(at: now) >= pause.until.duration(since: now))
            }
        }
        let seconds = Double(now.duration(since: start).wholeMilliseconds) / 1000
        #expect(Double(entered) <= 5 + 10 * seconds + 1)
        // Left alone for long enough, it can be asked again: nothing was lost on the way.
        for pass in out { _ = health.leave(pass, .nothing, at: now, jitter: 0) }
        now = now + .seconds(3_600)
        #expect(health.wait(at: now) == .zero)
        #expect(!health.enter(1, reserved: 0, at: now).isEmpty)
    }
}
