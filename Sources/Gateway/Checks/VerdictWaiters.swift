import Synchronization
import WireFormat

/// Wakes callers that wait for checks to be decided (`Prefer: wait`, self-tests).
///
/// A convenience of this process: a waiter that misses a wake-up (another node decided) only
/// waits until its deadline, and then reads the store like everybody else.
final class VerdictWaiters: Sendable {
    private struct Waiter {
        var remaining: Set<CheckID>
        var isOver = false
        var resume: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())
    private let time: any TimeSource

    init(time: any TimeSource) {
        self.time = time
    }

    /// Announces that a check has a verdict.
    func decided(_ check: CheckID) {
        let ready = state.withLock { state in
            state.waiters.compactMap { number, waiter -> UInt64? in
                guard waiter.remaining.contains(check) else { return nil }
                state.waiters[number]?.remaining.remove(check)
                return waiter.remaining.count == 1 ? number : nil
            }
        }
        for number in ready { end(number) }
    }

    /// Returns when all `checks` are decided, when `limit` is over, or when the caller's task is
    /// cancelled.
    ///
    /// - Parameter known: which of them the store knows as decided; asked when the waiter is
    ///   already listening, so that no decision falls between.
    func wait(
        for checks: [CheckID],
        limit: Duration,
        known: () async -> [CheckID]
    ) async {
        guard !checks.isEmpty else { return }
        let number = state.withLock { state in
            state.next += 1
            state.waiters[state.next] = Waiter(remaining: Set(checks))
            return state.next
        }
        for check in await known() { decided(check) }
        let timer = Task {
            try? await time.sleep(for: limit)
            end(number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { suspend(number, $0) }
        } onCancel: {
            end(number)
        }
        timer.cancel()
        state.withLock { $0.waiters[number] = nil }
    }

    private func suspend(_ number: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            guard let waiter = state.waiters[number], !waiter.isOver else { return true }
            state.waiters[number]?.resume = continuation
            return false
        }
        if isOver { continuation.resume() }
    }

    private func end(_ number: UInt64) {
        let resume = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.waiters[number]?.isOver = true
            defer { state.waiters[number]?.resume = nil }
            return state.waiters[number]?.resume
        }
        resume?.resume()
    }
}
