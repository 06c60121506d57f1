import Synchronization

/// A loop in a task of its own, which ends when it is stopped, whether before it began or after, or
/// when whoever runs it is cancelled.
final class StoppableLoop: Sendable {
    private struct State {
        var isStopped = false
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Returns when the body does.
    /// - Parameter body: ends soon after its task is cancelled.
    func run(_ body: @escaping @Sendable () async -> Void) async {
        let task = Task { await body() }
        let isStopped = state.withLock { state in
            state.task = task
            return state.isStopped
        }
        if isStopped { task.cancel() }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.task?.cancel()
        }
    }
}
