import Metrics
import Synchronization

/// One series' value, by type.
enum MetricSeries: Sendable {
    case counter(CounterSeries)
    case fractionalCounter(FractionalCounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)
}

/// A whole-numbered counter: one atomic addition an increment.
final class CounterSeries: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    /// A counter only rises; a negative amount is left out. It stops at `Int64.max`.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        let (_, sum) = count.wrappingAdd(amount, ordering: .relaxed)
        if sum < 0 { count.store(.max, ordering: .relaxed) }
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }
}

/// A counter of fractions, such as seconds spent.
final class FractionalCounterSeries: FloatingPointCounterHandler {
    private let sum = Mutex(0.0)

    var value: Double { sum.withLock { $0 } }

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        sum.withLock { $0 += amount }
    }

    func reset() {
        sum.withLock { $0 = 0 }
    }
}

/// A value that goes up and down: a meter, or a recorder that does not aggregate.
final class GaugeSeries: MeterHandler, RecorderHandler {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// A distribution over fixed buckets: a timer, in seconds, or a recorder that aggregates.
final class HistogramSeries: TimerHandler, RecorderHandler {
    /// A reading of all values at one moment.
    struct Reading: Sendable, Equatable {
        /// Observations per bucket, not cumulated; the last is for what exceeds every bound.
        var counts: [UInt64]
        var sum: Double
    }

    /// Upper bounds, inclusive and rising; `+Inf` is understood.
    let bounds: [Double]
    private let state: Mutex<Reading>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Reading(counts: [UInt64](repeating: 0, count: bounds.count + 1), sum: 0))
    }

    var reading: Reading { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    /// A value that is not finite would make the sum meaningless for good: it is left out.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }
}

/// Takes what comes beyond the limit of series, and keeps nothing.
final class DiscardedSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler,
    RecorderHandler, TimerHandler
{
    func increment(by amount: Int64) {}
    func increment(by amount: Double) {}
    func decrement(by amount: Double) {}
    func reset() {}
    func set(_ value: Int64) {}
    func set(_ value: Double) {}
    func record(_ value: Int64) {}
    func record(_ value: Double) {}
    func recordNanoseconds(_ duration: Int64) {}
}
