import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One address that is listened on, until its service group shuts down: then it accepts nothing
/// more and finishes what was asked.
struct Listener: Service {
    let name: String
    let address: BindAddress
    let responder: RouteResponder
    let limits: ConnectionLimits
    let connectionLimit: Int
    let threads: MultiThreadedEventLoopGroup
    let logger: Logger
    /// Called once the address is bound.
    let onBound: @Sendable (SocketAddress?) async -> Void

    /// - Throws: when the address cannot be bound.
    func run() async throws {
        let limits = limits
        let application = Application(
            responder: responder,
            server: .http1OnItsOwnLoop(
                HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionGuard(limits: limits)],
                    idleTimeout: limits.idleTime,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerFieldBytes,
                        maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: limits.headerCount
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: address,
                // No Server header: what runs here is nobody's business.
                serverName: nil,
                backlog: Self.backlog,
                availableConnectionsDelegate: ConnectionBudget(
                    wanted: connectionLimit,
                    listener: name
                )
            ),
            onServerRunning: { channel in await onBound(channel.localAddress) },
            eventLoopGroupProvider: .shared(threads),
            logger: quietLogger
        )
        try await application.run()
    }

    /// Hummingbird tells of its start, with addresses that only exist for a moment; whoever starts
    /// this tells of the real ones.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return quiet
    }

    /// Connections that wait in the kernel to be accepted.
    private static let backlog = 1_024
}
