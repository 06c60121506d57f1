import AdapterKit
public import Gateway
import Hummingbird
public import Logging
import NIOPosix
public import ServiceLifecycle

/// The gateway's HTTP side: routes, problem documents, tokens, limits, the API's description.
///
/// This module maps HTTP to ``DeliveryGateway`` and decides nothing about deliveries. What
/// belongs here: `Routing` (paths, queries, languages), `Problems` (RFC 9457 answers and their
/// pages), `Routes` (the public API), `Admin` (the operator's socket), `Server` (listeners and
/// what a connection may cost). Nothing here opens a store or asks an issuer.
///
/// ```swift
/// let server = GatewayServer(gateway: gateway, configuration: configuration, …)
/// try await ServiceGroup(services: server.services, logger: logger).run()
/// ```
public struct GatewayServer: Sendable {
    /// Where an operator can reach the process.
    public enum BoundAddress: Sendable, Hashable {
        case api(host: String, port: Int)
        /// `/metrics`, `/livez` and `/readyz` for the operator's own tools.
        case metrics(host: String, port: Int)
        case admin(path: String)
    }

    private let gateway: DeliveryGateway
    private let configuration: Configuration
    private let threads: MultiThreadedEventLoopGroup
    private let api: RouteResponder
    private let metrics: RouteResponder
    private let admin: RouteResponder
    private let drain: DrainState
    private let time: any TimeSource
    private let logger: Logger
    private let onBound: @Sendable (BoundAddress) -> Void

    /// - Parameters:
    ///   - metricsText: what `/metrics` answers, in the Prometheus text format 0.0.4.
    ///   - onBound: called once for each address, as soon as it is listened on.
    public init(
        gateway: DeliveryGateway,
        configuration: Configuration,
        metricsText: @escaping @Sendable () -> String,
        time: any TimeSource,
        logger: Logger,
        onBound: @escaping @Sendable (BoundAddress) -> Void = { _ in }
    ) {
        self.gateway = gateway
        self.configuration = configuration
        self.time = time
        self.logger = logger
        self.onBound = onBound
        threads = EventLoopThreads.group(of: configuration.eventLoopThreads)
        let drain = DrainState()
        self.drain = drain
        let status = StatusRoutes(gateway: gateway, drain: drain, metricsText: metricsText)
        let builder = RouteTables(
            gateway: gateway,
            status: status,
            configuration: configuration,
            time: time
        )
        func responder(_ table: RouteTable) -> RouteResponder {
            RouteResponder(
                table: table,
                observer: RequestObserver(logger: logger, configuration.accessLog)
            )
        }
        api = responder(builder.api)
        metrics = responder(builder.metrics)
        admin = responder(builder.admin)
    }

    /// All that has to run, the gateway included, in the order of a service group: the public
    /// listener stops first and finishes its requests, then the gateway gives its leases back,
    /// and the operator can look on until the end.
    public var services: [any Service] {
        var services: [any Service] = []
        if let address = configuration.metrics {
            services.append(
                listener("metrics", metrics, at: address) { [onBound] in
                    onBound(.metrics(host: $0, port: $1))
                }
            )
        }
        if let path = configuration.adminSocketPath { services.append(adminSocket(path)) }
        services.append(gateway)
        services.append(
            DrainingService(
                state: drain,
                service: listener("api", api, at: configuration.api) { [onBound] in
                    onBound(.api(host: $0, port: $1))
                }
            )
        )
        return services
    }

    private func listener(
        _ name: String,
        _ responder: RouteResponder,
        at address: Configuration.Address,
        bound: @escaping @Sendable (String, Int) -> Void
    ) -> Listener {
        Listener(
            name: name,
            address: .hostname(address.host, port: address.port),
            responder: responder,
            limits: configuration.connections,
            connectionLimit: configuration.connectionLimit,
            threads: threads,
            time: time,
            logger: logger
        ) { bound(address.host, $0?.port ?? address.port) }
    }

    private func adminSocket(_ path: String) -> AdminSocket {
        AdminSocket(path: path) { [admin, configuration, threads, time, logger] address, bound in
            Listener(
                name: "admin",
                address: address,
                responder: admin,
                limits: configuration.connections,
                connectionLimit: Configuration.adminConnectionLimit,
                threads: threads,
                time: time,
                logger: logger
            ) { _ in bound() }
        } onPublished: { [onBound] in
            onBound(.admin(path: path))
        }
    }
}
