import Synchronization

/// Bounds how much costly work is under way at once. What comes beyond waits its turn; when too
/// much waits, it is refused.
final class WorkLimit: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let mostAtOnce: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    init(mostAtOnce: Int, mostWaiting: Int) {
        self.mostAtOnce = mostAtOnce
        self.mostWaiting = mostWaiting
    }

    /// - Throws: ``Problem`` `overloaded` when too much waits; else what the work throws.
    func run<Value>(_ work: () async throws -> Value) async throws -> Value {
        try await enter()
        defer { leave() }
        return try await work()
    }

    private func enter() async throws(Problem) {
        let hasEntered = await withCheckedContinuation {
            (turn: CheckedContinuation<Bool, Never>) in
            let answer = state.withLock { state -> Bool? in
                if state.running < mostAtOnce {
                    state.running += 1
                    return true
                }
                guard state.waiting.count < mostWaiting else { return false }
                state.waiting.append(turn)
                return nil
            }
            if let answer { turn.resume(returning: answer) }
        }
        guard hasEntered else { throw Problem(.overloaded) }
    }

    /// Hands the place on to whoever waits longest.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
        next?.resume(returning: true)
    }
}
