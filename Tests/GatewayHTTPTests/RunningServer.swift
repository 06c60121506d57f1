import Logging
import ServiceLifecycle
import Synchronization

@testable import GatewayHTTP

/// A server on real sockets, for the time of one closure.
struct RunningServer: Sendable {
    let port: Int
    let metricsPort: Int?
    let group: ServiceGroup

    /// Starts all services, waits until every address is bound, runs `body`, and shuts down.
    static func run<Result: Sendable>(
        _ fixture: GatewayFixture,
        _ configuration: GatewayServer.Configuration,
        logger: Logger = .silent,
        body: @escaping @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        let (bound, report) = AsyncStream<GatewayServer.BoundAddress>.makeStream()
        let server = fixture.server(configuration, logger: logger) { report.yield($0) }
        let services = server.services
        let group = ServiceGroup(
            configuration: .init(services: services, logger: .silent)
        )
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                let expected =
                    1 + (configuration.metrics == nil ? 0 : 1)
                    + (configuration.adminSocketPath == nil ? 0 : 1)
                var port = 0
                var metricsPort: Int?
                var count = 0
                for await address in bound {
                    switch address {
                    case .api(_, let number): port = number
                    case .metrics(_, let number): metricsPort = number
                    case .admin: break
                    }
                    count += 1
                    if count == expected { break }
                }
                let result = try await body(
                    RunningServer(port: port, metricsPort: metricsPort, group: group)
                )
                await group.triggerGracefulShutdown()
                return result
            }
            var result: Result?
            while let next = try await tasks.next() { result = next ?? result }
            guard let result else { throw ServerEnded() }
            return result
        }
    }

    struct ServerEnded: Error {}
}
