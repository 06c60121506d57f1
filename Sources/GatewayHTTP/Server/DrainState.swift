import ServiceLifecycle
import Synchronization

/// Whether the process has begun to end; `/readyz` says so before its listener is gone.
final class DrainState: Sendable {
    private let flag = Atomic(false)

    var isDraining: Bool { flag.load(ordering: .relaxed) }

    func begin() { flag.store(true, ordering: .relaxed) }
}

/// A service whose shutdown begins the draining.
struct DrainingService<Inner: Service>: Service {
    let state: DrainState
    let service: Inner

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await service.run()
        } onGracefulShutdown: {
            state.begin()
        }
    }
}
