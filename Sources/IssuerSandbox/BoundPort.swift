import Synchronization

/// A port that is known once the server has bound it.
final class BoundPort: Sendable {
    private typealias Waiter = CheckedContinuation<Int, any Error>

    private struct State {
        var result: Result<Int, any Error>?
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// The first result wins, except that the end of a server replaces its port.
    func settle(_ result: Result<Int, any Error>) {
        let waiters = state.withLock { state in
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// - Throws: what the server ended with, or a cancellation.
    var port: Int {
        get async throws {
            let number = state.withLock { state in
                defer { state.nextWaiter += 1 }
                return state.nextWaiter
            }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { add($0, number) }
            } onCancel: {
                let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
                waiter?.resume(throwing: CancellationError())
            }
        }
    }

    private func add(_ waiter: Waiter, _ number: Int) {
        let result = state.withLock { state -> Result<Int, any Error>? in
            if let result = state.result { return result }
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiters[number] = waiter
            return nil
        }
        if let result { waiter.resume(with: result) }
    }
}
