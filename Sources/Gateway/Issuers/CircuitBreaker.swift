import WireFormat

/// Whether somebody that keeps failing is asked: closed (asked freely), open (left alone for a
/// while), half open (asked by a few probes). Pure; clock and chance are given.
///
///     closed ──threshold failures in a row──▶ open ──its time is over──▶ half open
///       ▲                                      ▲                            │
///       │                                      └────────any failure─────────┤
///       └───────────────────────────successesToClose successes──────────────┘
///
/// Every ask takes a ``Pass``. Only the passes of the present era count: what was asked before the
/// breaker opened or closed says nothing about now.
struct CircuitBreaker: Sendable {
    enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(Closure)
        case halfOpen(underWay: Int, successes: Int)
    }

    struct Pass: Sendable, Hashable {
        fileprivate let era: Int
    }

    /// What one ask said about whoever was asked.
    enum Finding: Sendable, Hashable, CaseIterable {
        case success
        case failure
        /// Nothing: it was not asked, or broken off by us.
        case nothing
    }

    /// What a finding changed.
    enum Turn: Sendable, Hashable {
        case opened(until: Instant)
        case closed
    }

    /// Failures in a row that open it.
    let threshold: Int
    /// Asks at one time while half open.
    let probes: Int
    /// Successes of probes that close it.
    let successesToClose: Int
    let ladder: PauseLadder
    private(set) var state = State.closed(failures: 0)
    private var era = 0
    /// Openings since it was last closed.
    private var openings = 0

    init(threshold: Int, probes: Int, successesToClose: Int, ladder: PauseLadder) {
        self.threshold = max(1, threshold)
        self.probes = max(1, probes)
        self.successesToClose = max(1, successesToClose)
        self.ladder = ladder
    }

    /// How many more may be asked now; nil without a limit.
    func room(at now: Instant) -> Int? {
        switch state {
        case .closed: nil
        case .open(let closure): closure.holds(at: now) ? 0 : probes
        case .halfOpen(let underWay, _): max(0, probes - underWay)
        }
    }

    /// Takes a pass; the caller has looked at the room.
    mutating func enter(at now: Instant) -> Pass {
        switch state {
        case .closed: break
        case .open: state = .halfOpen(underWay: 1, successes: 0)
        case .halfOpen(let underWay, let successes):
            state = .halfOpen(underWay: underWay + 1, successes: successes)
        }
        return Pass(era: era)
    }

    /// Ends an ask: exactly once a pass.
    /// - Parameter jitter: random, 0 to 1.
    mutating func leave(
        _ pass: Pass,
        _ finding: Finding,
        at now: Instant,
        jitter: Double
    ) -> Turn? {
        guard pass.era == era else { return nil }
        switch (state, finding) {
        case (.open, _), (.closed, .nothing): return nil
        case (.closed, .success):
            state = .closed(failures: 0)
            return nil
        case (.closed(let failures), .failure):
            state = .closed(failures: failures + 1)
            return failures + 1 >= threshold ? open(at: now, jitter: jitter) : nil
        case (.halfOpen(let underWay, let successes), .nothing):
            state = .halfOpen(underWay: max(0, underWay - 1), successes: successes)
            return nil
        case (.halfOpen, .failure): return open(at: now, jitter: jitter)
        case (.halfOpen(let underWay, let successes), .success):
            state = .halfOpen(underWay: max(0, underWay - 1), successes: successes + 1)
            return successes + 1 >= successesToClose ? close() : nil
        }
    }

    private mutating func open(at now: Instant, jitter: Double) -> Turn {
        let until = now + ladder.pause(after: openings, jitter: jitter)
        state = .open(Closure(since: now, until: until))
        openings += 1
        era += 1
        return .opened(until: until)
    }

    private mutating func close() -> Turn {
        state = .closed(failures: 0)
        openings = 0
        era += 1
        return .closed
    }
}
