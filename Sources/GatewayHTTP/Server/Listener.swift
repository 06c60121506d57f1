import Gateway
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
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
    let time: any TimeSource
    let logger: Logger
    /// Called once the address is bound.
    let onBound: @Sendable (SocketAddress?) async -> Void

    /// - Throws: when the address cannot be bound.
    func run() async throws {
        let channel = LoopBoundChannel(
            base: HTTP1Channel(responder: answer, configuration: channelConfiguration)
        )
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
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
            eventLoopGroup: threads,
            logger: quietLogger
        )
        try await server.run()
    }

    /// Hummingbird's `Application` makes a logger, an id and a task-local value for every request,
    /// of which we use none; so its server is used without it.
    private var answer: HTTPChannelHandler.Responder {
        let responder = responder
        let dates = HTTPDateCache(time: time)
        return { request, writer, channel in
            var response = await responder.respond(
                to: request,
                context: ConnectionContext(channel: channel)
            )
            response.headers[.date] = dates.now
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The next request was no HTTP. Thrown on, it would be answered within this answer.
                throw CancellationError()
            }
        }
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        let limits = limits
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limits: limits)],
            idleTimeout: limits.idleTime,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerFieldBytes,
                maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerCount
            )
        )
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
