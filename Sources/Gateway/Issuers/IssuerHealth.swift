import AdapterKit
import WireFormat

/// Everything that decides whether one issuer may be asked now: places, rate, its own allowance,
/// pauses it asked for, and two breakers. Pure; clock and chance are given.
struct IssuerHealth: Sendable {
    /// Failures in a row after which a failing issuer is left alone.
    static let failureThreshold = 5
    /// Refusals in a row after which our account or request is taken to be wrong: a single one may
    /// be about one code.
    static let refusalThreshold = 3
    /// Codes that are risked on an issuer of which nobody knows whether it is back.
    static let probes = 2
    /// The longest an issuer can stop its lane by a header.
    static let longestPause = Duration.seconds(86_400)

    struct Pass: Sendable, Hashable {
        fileprivate let issuer: CircuitBreaker.Pass
        fileprivate let standing: CircuitBreaker.Pass
    }

    /// Why nothing is asked.
    enum PauseReason: String, Sendable, Hashable, CaseIterable {
        case rateLimited = "rate_limited"
        case issuerFailing = "issuer_failing"
        case accountRefused = "account_refused"
    }

    struct Pause: Sendable, Hashable {
        let reason: PauseReason
        let until: Instant
    }

    /// What a signal changed; for the log and the metrics.
    enum Event: Sendable, Hashable {
        case paused(Pause)
        case resumed(PauseReason)
    }

    /// Requests that the issuer takes before an instant, by its own account.
    private struct Allowance {
        var left: Int
        let closure: Closure
    }

    private let places: Int
    private let ladder: PauseLadder
    private var bucket: TokenBucket
    private(set) var underWay = 0
    /// The issuer itself.
    private(set) var issuer: CircuitBreaker
    /// Our standing with it: account and requests.
    private(set) var standing: CircuitBreaker
    private var limit: Closure?
    /// Times in a row that it took no more and did not say until when.
    private var limitsInARow = 0
    private var allowance: Allowance?

    init(limits: AdapterLimits, pauses: IssuerPauses) {
        places = limits.concurrency
        ladder = pauses.failing
        bucket = TokenBucket(tokensPerSecond: limits.requestsPerSecond, burst: limits.burst)
        issuer = CircuitBreaker(
            threshold: Self.failureThreshold,
            probes: Self.probes,
            successesToClose: Self.probes,
            ladder: pauses.failing
        )
        standing = CircuitBreaker(
            threshold: Self.refusalThreshold,
            probes: 1,
            successesToClose: 1,
            ladder: pauses.ownFault
        )
    }

    /// Goes on where an asking process of earlier left the issuer: at the sustained rate from its
    /// last question on, and not before the issuer wants to be asked.
    mutating func goOn(from past: AskingPast, at now: Instant) {
        if let asked = past.lastAskedAt { bucket.empty(at: asked) }
        if let until = past.pausedUntil, until > now {
            limit = Closure(since: now, until: min(until, now + Self.longestPause))
        }
    }

    /// How many may be asked now, but for the rate.
    private func room(at now: Instant) -> Int {
        if limit?.holds(at: now) ?? false { return 0 }
        let left = allowance.flatMap { $0.closure.holds(at: now) ? $0.left : nil }
        return [places - underWay, left, issuer.room(at: now), standing.room(at: now)]
            .compactMap { $0 }.min() ?? 0
    }

    /// Takes up to `wanted` passes, leaving `reserved` to others.
    mutating func enter(_ wanted: Int, reserved: Int, at now: Instant) -> [Pass] {
        let possible = min(wanted, room(at: now) - reserved)
        guard possible > 0 else { return [] }
        let taken = bucket.take(possible + reserved, at: now)
        bucket.giveBack(min(taken, reserved))
        return (0..<max(0, taken - reserved)).map { _ in
            underWay += 1
            allowance?.left -= 1
            return Pass(issuer: issuer.enter(at: now), standing: standing.enter(at: now))
        }
    }

    /// Gives back what was not used: nobody was asked.
    mutating func giveBack(_ passes: some Collection<Pass>, at now: Instant) {
        bucket.giveBack(passes.count)
        allowance?.left += passes.count
        for pass in passes { _ = leave(pass, .nothing, at: now, jitter: 0) }
    }

    /// Ends an ask: exactly once a pass.
    mutating func leave(
        _ pass: Pass,
        _ signal: IssuerSignal,
        at now: Instant,
        jitter: Double
    ) -> [Event] {
        underWay -= 1
        var events: [Event] = []
        let (aboutIssuer, aboutUs) = Self.findings(signal.kind)
        switch issuer.leave(pass.issuer, aboutIssuer, at: now, jitter: jitter) {
        case .opened(let until): events.append(.paused(Pause(reason: .issuerFailing, until: until)))
        case .closed:
            // What has waited goes out at the sustained rate, not as a burst on a weak issuer.
            bucket.empty()
            events.append(.resumed(.issuerFailing))
        case nil: break
        }
        switch standing.leave(pass.standing, aboutUs, at: now, jitter: jitter) {
        case .opened(let until):
            events.append(.paused(Pause(reason: .accountRefused, until: until)))
        case .closed: events.append(.resumed(.accountRefused))
        case nil: break
        }
        return events + note(signal, at: now, jitter: jitter)
    }

    /// What each kind of signal says about the issuer, and about our standing.
    private static func findings(
        _ kind: IssuerSignal.Kind
    ) -> (issuer: CircuitBreaker.Finding, standing: CircuitBreaker.Finding) {
        switch kind {
        case .answered: (.success, .success)
        case .failed: (.failure, .nothing)
        case .refusedUs: (.success, .failure)
        case .limited, .nothing: (.nothing, .nothing)
        }
    }

    /// The issuer's own wishes.
    private mutating func note(
        _ signal: IssuerSignal,
        at now: Instant,
        jitter: Double
    ) -> [Event] {
        if let told = signal.allowance, told.resetsAt > now {
            let until = min(told.resetsAt, now + Self.longestPause)
            allowance = Allowance(
                left: max(0, told.remaining - underWay),
                closure: Closure(since: now, until: until)
            )
        }
        var wait = signal.retryAfter
        switch signal.kind {
        case .limited where wait ?? .zero <= .zero && !isExhausted(at: now):
            wait = ladder.pause(after: limitsInARow, jitter: jitter)
            limitsInARow += 1
        case .answered: limitsInARow = 0
        case .limited, .failed, .refusedUs, .nothing: break
        }
        return pause(until: wait.map { now + min($0, Self.longestPause) }, at: now)
    }

    /// The longest of what was asked for holds.
    private mutating func pause(until: Instant?, at now: Instant) -> [Event] {
        let reset = isExhausted(at: now) ? allowance?.closure.until : nil
        guard let end = [until, reset].compactMap({ $0 }).max(), end > now else { return [] }
        if let limit, limit.holds(at: now), limit.until >= end { return [] }
        limit = Closure(since: now, until: end)
        return [.paused(Pause(reason: .rateLimited, until: end))]
    }

    private func isExhausted(at now: Instant) -> Bool {
        allowance.map { $0.left <= 0 && $0.closure.holds(at: now) } ?? false
    }

    /// What stops the lane now, the one that lasts longest.
    func pause(at now: Instant) -> Pause? {
        var pauses: [Pause] = []
        if let limit, limit.holds(at: now) {
            pauses.append(Pause(reason: .rateLimited, until: limit.until))
        }
        for (breaker, reason) in [
            (issuer, PauseReason.issuerFailing), (standing, .accountRefused),
        ] {
            if case .open(let closure) = breaker.state, closure.holds(at: now) {
                pauses.append(Pause(reason: reason, until: closure.until))
            }
        }
        return pauses.max { $0.until < $1.until }
    }

    /// How long until asking may be possible again; zero when it is possible now or when only the
    /// end of an ask under way can make it so.
    func wait(at now: Instant) -> Duration {
        let paused = pause(at: now).map { $0.until.duration(since: now) } ?? .zero
        var wait = max(paused, bucket.wait(at: now))
        if isExhausted(at: now), let until = allowance?.closure.until {
            wait = max(wait, until.duration(since: now))
        }
        return wait
    }
}
