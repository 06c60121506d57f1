import Synchronization

/// Lets so many callers in at a time, in the order in which they came.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ atOnce: Int) {
        state = Mutex(State(free: atOnce))
    }

    /// Returns when it is the caller's turn, who owes a ``giveBack()``.
    func take() async {
        await withCheckedContinuation { caller in
            let mayGo = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(caller)
                    return false
                }
                state.free -= 1
                return true
            }
            if mayGo { caller.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
