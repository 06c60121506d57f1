import Synchronization

/// Lets one loop sleep until there is something to do or its time is over.
final class WakeUp: Sendable {
    private struct State {
        var isRaised = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the loop, or keeps it from falling asleep the next time.
    func raise() {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isRaised = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }?.resume()
    }

    /// Sleeps until ``raise()``, or until `limit` is over. One loop sleeps at a time.
    func sleep(upTo limit: Duration, time: any TimeSource) async {
        let timer = Task {
            try? await time.sleep(for: limit)
            if !Task.isCancelled { raise() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    defer { state.isRaised = false }
                    if !state.isRaised { state.sleeper = continuation }
                    return state.isRaised
                }
                if isRaised { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
        timer.cancel()
    }
}
