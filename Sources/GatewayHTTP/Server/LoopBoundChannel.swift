import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP/1.1 connection whose requests are answered on the thread that reads its socket.
///
/// Otherwise every part of a request and of its answer crosses from the event loop to Swift's
/// thread pool and back, which cost more than reading the notice (docs/performance.md). What a
/// request may do on the loop is bounded: a body has at most a megabyte, and the store and the
/// issuers have threads of their own. What takes longer leaves it by ``offLoop(_:)``.
struct LoopBoundChannel: ServerChildChannel {
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        let executor = EventLoopExecutor.of(value.channel.eventLoop)
        await withTaskExecutorPreference(executor) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Does on Swift's threads what computes or waits for a disk long enough to hold up the other
/// connections of a loop: files that somebody added, and bundles.
func offLoop<Value, Failure: Error>(
    _ work: () async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: work)
}

/// Runs tasks on an event loop. One a loop, as long as the process lives, because a task keeps its
/// executor unowned and ``EventLoopThreads`` never end.
private final class EventLoopExecutor: TaskExecutor {
    private static let executors = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    private let eventLoop: any EventLoop

    private init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    static func of(_ eventLoop: any EventLoop) -> EventLoopExecutor {
        executors.withLock { executors in
            if let executor = executors[ObjectIdentifier(eventLoop)] { return executor }
            let executor = EventLoopExecutor(eventLoop)
            executors[ObjectIdentifier(eventLoop)] = executor
            return executor
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
