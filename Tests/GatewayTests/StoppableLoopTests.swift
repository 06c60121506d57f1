import Synchronization
import Testing

@testable import Gateway

@Suite("A loop that can be stopped") struct StoppableLoopTests {
    /// Runs until its task is cancelled.
    private static let endless: @Sendable () async -> Void = {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    }

    @Test("it ends when it is stopped, before it began or after")
    func stopped() async throws {
        let early = StoppableLoop()
        early.stop()
        await early.run(Self.endless)
        let late = StoppableLoop()
        let hasBegun = Mutex(false)
        async let run: Void = late.run {
            hasBegun.withLock { $0 = true }
            await Self.endless()
        }
        try await eventually("it has begun") { hasBegun.withLock { $0 } }
        late.stop()
        await run
    }

    @Test("it ends when whoever runs it is cancelled, and by itself")
    func ended() async {
        let loop = StoppableLoop()
        let run = Task { await loop.run(Self.endless) }
        run.cancel()
        await run.value
        await StoppableLoop().run {}
    }
}
