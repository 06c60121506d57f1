import AdapterKit
import CardModel
import Logging
import Synchronization
import WireFormat

/// The one way to an issuer: whatever asks it (checks, canaries, redemptions) passes here, so that
/// all of them together keep within its limits and leave it alone while it is down.
///
/// How to use it: each lane becomes a ``Member`` once. Before it asks, it takes passes with
/// ``Member/enter(upTo:)``; a lane that got none sleeps for ``Member/wait`` or until it is woken.
/// Every pass is ended exactly once: by ``Member/leave(_:_:)`` with what the ask showed, or by
/// ``Member/giveBack(_:)`` when nobody was asked. A pass counts as one ask, however many requests
/// the adapter makes of it.
///
/// A lane that leases work takes its passes first: while the issuer is left alone nothing is
/// leased, so no attempt is counted and no lease is held.
final class IssuerGate: Sendable {
    typealias Pass = IssuerHealth.Pass

    /// One lane's way into the gate.
    final class Member: Sendable {
        private let gate: IssuerGate
        fileprivate let number: Int

        fileprivate init(_ gate: IssuerGate, _ number: Int) {
            self.gate = gate
            self.number = number
        }

        /// Passes for up to `wanted` asks, now; none while the issuer is left alone.
        ///
        /// Lanes that found no free place are served in the order in which they came.
        func enter(upTo wanted: Int) -> [Pass] { gate.enter(number, upTo: wanted) }

        /// Ends an ask with what it showed.
        func leave(_ pass: Pass, _ signal: IssuerSignal) { gate.leave(pass, signal, by: number) }

        /// Ends passes for which nobody was asked.
        func giveBack(_ passes: some Collection<Pass>) { gate.giveBack(passes, by: number) }

        /// How long nothing can be asked for certain; zero when the gate may let somebody in now,
        /// or as soon as an ask that is under way ends.
        var wait: Duration { gate.wait }
    }

    private struct State {
        var health: IssuerHealth
        var wakes: [Int: @Sendable () -> Void] = [:]
        var memberCount = 0
        /// Members that found no place, the first to be served first.
        var starved: [Int] = []
        var tally = Tally()

        /// Whom a free place may help, but for the one that made it free.
        func starvedWakes(but member: Int) -> [@Sendable () -> Void] {
            starved.filter { $0 != member }.compactMap { wakes[$0] }
        }
    }

    /// Asks that ended since the start, but for those that say nothing about the issuer.
    struct Tally: Sendable, Hashable {
        var asked = 0
        var failed = 0

        mutating func count(_ signal: IssuerSignal.Kind) {
            switch signal {
            case .answered: asked += 1
            case .failed, .refusedUs, .limited:
                asked += 1
                failed += 1
            case .nothing: break
            }
        }
    }

    let adapter: String
    private let state: Mutex<State>
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let metrics: IssuerMetrics

    init(
        adapter: String,
        limits: AdapterLimits,
        pauses: IssuerPauses,
        time: any TimeSource,
        random: any RandomSource,
        logger: Logger
    ) {
        self.adapter = adapter
        self.time = time
        self.random = random
        self.logger = logger
        metrics = IssuerMetrics(adapter: adapter)
        state = Mutex(State(health: IssuerHealth(limits: limits, pauses: pauses)))
    }

    /// A new lane of this gate.
    /// - Parameter wake: called, from any thread, when a place may be free for a lane that found
    ///   none.
    func member(wake: @escaping @Sendable () -> Void) -> Member {
        state.withLock { state in
            defer { state.memberCount += 1 }
            state.wakes[state.memberCount] = wake
            return Member(self, state.memberCount)
        }
    }

    /// Before the first member enters: what an earlier process did to this issuer.
    func goOn(from past: AskingPast) {
        let now = time.now()
        state.withLock { $0.health.goOn(from: past, at: now) }
    }

    /// Asks that were let in and have not ended.
    var underWay: Int { state.withLock { $0.health.underWay } }

    var tally: Tally { state.withLock { $0.tally } }

    /// Whether the issuer is left alone now, and why.
    var pause: IssuerHealth.Pause? {
        let now = time.now()
        return state.withLock { $0.health.pause(at: now) }
    }

    private func enter(_ member: Int, upTo wanted: Int) -> [Pass] {
        guard wanted > 0 else { return [] }
        let now = time.now()
        return state.withLock { state in
            let place = state.starved.firstIndex(of: member)
            let ahead = place ?? state.starved.count
            let passes = state.health.enter(wanted, reserved: ahead, at: now)
            switch (passes.isEmpty, place) {
            case (false, let place?): state.starved.remove(at: place)
            // Somebody whom only time can help does not keep a place from the others.
            case (true, let place?) where state.health.wait(at: now) > .zero:
                state.starved.remove(at: place)
            case (true, nil) where state.health.wait(at: now) == .zero:
                state.starved.append(member)
            default: break
            }
            metrics.note(state.health, at: now)
            return passes
        }
    }

    private func leave(_ pass: Pass, _ signal: IssuerSignal, by member: Int) {
        let now = time.now()
        let jitter = Double(random.bytes(1)[0]) / 255
        let (events, wakes) = state.withLock { state in
            state.tally.count(signal.kind)
            let events = state.health.leave(pass, signal, at: now, jitter: jitter)
            metrics.note(state.health, at: now)
            return (events, state.starvedWakes(but: member))
        }
        for event in events { tell(event, signal) }
        for wake in wakes { wake() }
    }

    private func giveBack(_ passes: some Collection<Pass>, by member: Int) {
        guard !passes.isEmpty else { return }
        let now = time.now()
        let wakes = state.withLock { state in
            state.health.giveBack(passes, at: now)
            metrics.note(state.health, at: now)
            return state.starvedWakes(but: member)
        }
        for wake in wakes { wake() }
    }

    private var wait: Duration {
        let now = time.now()
        return state.withLock { $0.health.wait(at: now) }
    }

    private func tell(_ event: IssuerHealth.Event, _ signal: IssuerSignal) {
        switch event {
        case .paused(let pause):
            metrics.count(pause)
            logger.log(
                level: pause.reason == .accountRefused ? .error : .warning,
                "\(Self.sentence(pause.reason))",
                metadata: [
                    "adapter": "\(adapter)", "cause": "\(signal.cause?.rawValue ?? "-")",
                    "until": "\(pause.until.rfc3339)",
                ]
            )
        case .resumed(let reason):
            logger.notice(
                "an issuer is asked again",
                metadata: ["adapter": "\(adapter)", "after": "\(reason.rawValue)"]
            )
        }
    }

    private static func sentence(_ reason: IssuerHealth.PauseReason) -> String {
        switch reason {
        case .rateLimited: "an issuer takes no more for now; its checks wait"
        case .issuerFailing: "an issuer keeps failing and is left alone; its checks wait"
        case .accountRefused:
            "an issuer refuses our account or our requests: look at this adapter's settings and "
                + "credentials; its checks wait"
        }
    }
}
