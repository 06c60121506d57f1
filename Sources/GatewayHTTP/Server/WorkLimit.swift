import Synchronization

/// Bounds how much costly work is under way at once. What comes beyond waits its turn; when too
/// much waits, or too much is for one, it is refused.
final class WorkLimit<Owner: Hashable & Sendable>: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
        /// Running or waiting.
        var counts: [Owner: Int] = [:]
    }

    private let mostAtOnce: Int
    private let mostWaiting: Int
    private let mostOfOne: Int
    private let state = Mutex(State())

    init(mostAtOnce: Int, mostWaiting: Int, mostOfOne: Int) {
        self.mostAtOnce = mostAtOnce
        self.mostWaiting = mostWaiting
        self.mostOfOne = mostOfOne
    }

    /// - Throws: ``Problem`` `overloaded` when too much waits; else what the work throws.
    func run<Value>(
        for owner: Owner,
        _ work: () async throws -> Value
    ) async throws -> Value {
        try await enter(owner)
        defer { leave(owner) }
        // Nothing more is begun at a shutdown.
        try Task.checkCancellation()
        return try await work()
    }

    private func enter(_ owner: Owner) async throws(Problem) {
        let hasEntered = await withCheckedContinuation {
            (turn: CheckedContinuation<Bool, Never>) in
            let answer = state.withLock { state -> Bool? in
                let own = state.counts[owner, default: 0]
                let mayRun = state.running < mostAtOnce
                guard own < mostOfOne, mayRun || state.waiting.count < mostWaiting else {
                    return false
                }
                state.counts[owner] = own + 1
                guard mayRun else {
                    state.waiting.append(turn)
                    return nil
                }
                state.running += 1
                return true
            }
            if let answer { turn.resume(returning: answer) }
        }
        guard hasEntered else { throw Problem(.overloaded) }
    }

    /// Hands the place on to whoever waits longest.
    private func leave(_ owner: Owner) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            let left = (state.counts[owner] ?? 1) - 1
            state.counts[owner] = left > 0 ? left : nil
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
        next?.resume(returning: true)
    }
}
