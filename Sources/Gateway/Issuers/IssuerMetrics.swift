import Metrics
import WireFormat

/// What an operator sees of one issuer. docs/metrics.md says what each series means.
struct IssuerMetrics: Sendable {
    private let adapter: String
    private let inFlight: Meter
    private let breaker: Meter
    private let pausedUntil: Meter

    init(adapter: String) {
        self.adapter = adapter
        inFlight = Meter(
            label: "cardproof_issuer_in_flight",
            dimensions: [("adapter", adapter)]
        )
        breaker = Meter(
            label: "cardproof_issuer_breaker_state",
            dimensions: [("adapter", adapter)]
        )
        pausedUntil = Meter(
            label: "cardproof_issuer_paused_until_seconds",
            dimensions: [("adapter", adapter)]
        )
        inFlight.set(0)
        breaker.set(0)
        pausedUntil.set(0)
    }

    func note(_ health: IssuerHealth, at now: Instant) {
        inFlight.set(health.underWay)
        breaker.set(health.issuer.level)
        let until = health.pause(at: now)?.until.secondsAndMilliseconds.seconds
        pausedUntil.set(until ?? 0)
    }

    func count(_ pause: IssuerHealth.Pause) {
        Counter(
            label: "cardproof_issuer_pauses_total",
            dimensions: [("adapter", adapter), ("reason", pause.reason.rawValue)]
        ).increment()
    }
}

extension CircuitBreaker {
    /// 0 closed, 1 half open, 2 open.
    fileprivate var level: Int {
        switch state {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}
