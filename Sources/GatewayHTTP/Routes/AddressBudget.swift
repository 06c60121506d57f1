import Synchronization
import WireFormat

/// How often one network address may ask for self-tests; in memory, forgotten at a restart.
///
/// Budgets of orders (Gateway) stop guessing of codes; this one bounds what one address costs. It
/// is generous, because whole towns share an address behind a carrier's NAT, and a platform may
/// ask for all its buyers.
final class AddressBudget: Sendable {
    /// Requests that may come at once.
    static let burst = 1_000.0
    /// Requests that come back every second.
    static let perSecond = 10.0
    /// Addresses that are remembered; those beyond share one budget.
    static let addressLimit = 16_384

    private struct Bucket {
        var tokens: Double
        var filledAt: Instant
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var sweptAt: Instant?
    }

    private let state = Mutex(State())
    private let burst: Double
    private let perSecond: Double
    private let passesWhenFull: Bool

    /// Other limits are those of another kind of requester, by a name of his own.
    /// - Parameter passesWhenFull: those beyond the table pass, instead of sharing one budget.
    init(
        burst: Double = AddressBudget.burst,
        perSecond: Double = AddressBudget.perSecond,
        passesWhenFull: Bool = false
    ) {
        self.burst = burst
        self.perSecond = perSecond
        self.passesWhenFull = passesWhenFull
    }

    /// Takes one request from the budget of `address`.
    /// - Returns: nil when there was one; else how long until the next.
    func spend(_ address: String, at now: Instant) -> Duration? {
        state.withLock { state in
            let name = place(for: address, in: &state, at: now)
            if name.isEmpty, passesWhenFull { return nil }
            let level = state.buckets[name].map { self.level(of: $0, at: now) } ?? burst
            guard level >= 1 else {
                return .milliseconds(Int64(((1 - level) / perSecond * 1_000).rounded(.up)))
            }
            state.buckets[name] = Bucket(tokens: level - 1, filledAt: now)
            return nil
        }
    }

    /// What a bucket holds at `now`; a clock that was set back takes nothing away.
    private func level(of bucket: Bucket, at now: Instant) -> Double {
        let passed = max(0, now.millisecondsSinceEpoch - bucket.filledAt.millisecondsSinceEpoch)
        return min(burst, bucket.tokens + Double(passed) / 1_000 * perSecond)
    }

    /// The name of the bucket; the shared one when the table is full of addresses in use.
    private func place(
        for address: String,
        in state: inout State,
        at now: Instant
    ) -> String {
        guard state.buckets[address] == nil, state.buckets.count >= Self.addressLimit else {
            return address
        }
        // At most once a second: a sweep looks at every bucket.
        if state.sweptAt.map({ now.duration(since: $0) >= .seconds(1) }) ?? true {
            state.sweptAt = now
            state.buckets = state.buckets.filter { level(of: $0.value, at: now) < burst }
        }
        return state.buckets.count < Self.addressLimit ? address : ""
    }
}
