import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
public import WireFormat

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The sandbox issuer: an issuer to practise on, which speaks real wire formats on a local port.
///
/// What belongs in this module: the servers' side of protocols that adapters ask in (a file or
/// folder of `Protocols` for each, a `WireIssuer`), the issuer's books with their magic codes and
/// scripts (``SandboxState``, ``CodeScript``), and ways to fail (``SandboxFault``). It shares no
/// code with the adapters, so that a mistake cannot cancel itself out, and it is no part of the
/// gateway.
/// It knows synthetic codes only, keeps them in memory, and never writes one to a log or a count.
///
/// ```swift
/// let sandbox = SandboxServer(configuration: .init(), logger: logger)
/// async let running: Void = sandbox.run()
/// let voucherServer = try await sandbox.endpoints.voucherServer  // http://127.0.0.1:…/RPC2
/// ```
public struct SandboxServer: Service {
    private let books: IssuerBooks
    private let desk: IssuerDesk
    private let callbacks: CallbackDesk
    private let bound: BoundPort
    private let logger: Logger

    public init(
        configuration: SandboxConfiguration,
        clock: SandboxClock = .system,
        logger: Logger
    ) {
        books = IssuerBooks(configuration: configuration, clock: clock)
        let credentials = SandboxCredentials(seed: configuration.seed)
        desk = IssuerDesk(
            books: books,
            credentials: credentials,
            keys: SandboxKeys(credentials: credentials)
        )
        callbacks = CallbackDesk(books: books)
        bound = BoundPort()
        self.logger = logger
    }

    /// Listens until the task is cancelled or its service group shuts down.
    /// - Throws: ``SandboxListenError`` when the address cannot be bound.
    public func run() async throws {
        let configuration = books.configuration
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await callbacks.run() }
                tasks.addTask { try await listen() }
                defer { tasks.cancelAll() }
                try await tasks.next()
            }
        } catch let error as IOError {
            let failure = SandboxListenError(
                host: configuration.host,
                port: configuration.port,
                reason: String(cString: strerror(error.errnoCode))
            )
            bound.settle(.failure(failure))
            throw failure
        } catch {
            bound.settle(.failure(error))
            throw error
        }
        bound.settle(.failure(CancellationError()))
    }

    /// Hummingbird's `Application` writes a `Date` of its own over the one that an issuer signed,
    /// so its server is used without it.
    private func listen() async throws {
        let responder = SandboxRoutes(desk: desk, callbacks: callbacks).router().buildResponder()
        let server = Server(
            childChannelSetup: HTTP1Channel(
                responder: { [books, logger] request, writer, channel in
                    let context = SandboxRequestContext(
                        source: .init(channel: channel, logger: logger)
                    )
                    var response: Response
                    do {
                        response = try await responder.respond(to: request, context: context)
                    } catch let error as HTTPParserError {
                        throw error
                    } catch {
                        response = Response(status: .internalServerError)
                    }
                    if response.headers[.date] == nil {
                        response.headers[.date] = HTTPDate.text(books.now)
                    }
                    do {
                        try await writer.write(response: response.head, body: response.body)
                    } catch is HTTPParserError {
                        // Thrown on, it would be answered within this answer.
                        throw CancellationError()
                    }
                },
                configuration: .init(idleTimeout: .seconds(300))
            ),
            configuration: ServerConfiguration(
                address: .hostname(books.configuration.host, port: books.configuration.port),
                serverName: "cardproof-sandbox"
            ),
            onServerRunning: { [bound] channel in
                bound.settle(.success(channel.localAddress?.port ?? 0))
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        try await server.run()
    }

    /// Where the issuers listen, as soon as they do.
    /// - Throws: what ``run()`` failed with, or a cancellation.
    public var endpoints: SandboxEndpoints {
        get async throws {
            SandboxEndpoints(host: books.configuration.host, port: try await bound.port)
        }
    }

    /// The port, as soon as it is bound; the one chosen by the system when 0 was asked for.
    public var port: Int {
        get async throws { try await bound.port }
    }
}

/// The address could not be bound.
public struct SandboxListenError: Error, Sendable, CustomStringConvertible {
    public let host: String
    public let port: Int
    /// The operating system's words.
    public let reason: String

    public var description: String { "Cannot listen on \(host) port \(port): \(reason)." }
}

/// The same as the control endpoint, for whoever runs the sandbox in process.
extension SandboxServer {
    /// Scripts codes; a later script for the same key replaces the earlier.
    /// - Throws: ``ControlProblem`` when there would be too many.
    public func script(_ scripts: [CodeScript]) throws(ControlProblem) {
        try books.script(scripts)
    }

    /// Replaces the failures in force.
    public func setFaults(_ faults: [FaultSwitch]) {
        books.switches = faults
    }

    /// What was asked how often, as at `GET /sandbox/calls`.
    public var calls: JSONValue { books.callsJSON }

    /// What adapters have to be set to, to ask this sandbox, as soon as it listens.
    /// - Throws: what ``run()`` failed with, or a cancellation.
    public var settings: SandboxSettings {
        get async throws {
            SandboxSettings(endpoints: try await endpoints, desk: desk)
        }
    }

    /// Forgets scripts, asks and counts, and sets the failures as at the start.
    public func reset() {
        books.reset()
    }
}
