import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Listens where an issuer would and has each request answered by a closure, which asks the real
/// one: for recording what an issuer says.
public struct RelayServer: Service {
    /// Longest request body; longer ones are answered with 413.
    public static let longestBodyBytes = 1 << 20
    private static let idleTimeout = 60

    private let host: String
    private let wantedPort: Int
    private let bound = BoundPort()
    private let logger: Logger
    private let answer: @Sendable (RelayedRequest) async -> RelayedResponse

    /// - Parameter port: 0 takes a free one.
    public init(
        host: String,
        port: Int,
        logger: Logger,
        answer: @escaping @Sendable (RelayedRequest) async -> RelayedResponse
    ) {
        self.host = host
        wantedPort = port
        self.logger = logger
        self.answer = answer
    }

    /// Listens until the task is cancelled or its service group shuts down.
    public func run() async throws {
        let answer = answer
        let application = Application(
            responder: CallbackResponder<SandboxRequestContext> { request, _ in
                let body = try await request.body.collect(upTo: Self.longestBodyBytes)
                return Self.response(await answer(Self.relayed(request, Array(buffer: body))))
            },
            server: .http1(configuration: .init(idleTimeout: .seconds(Int64(Self.idleTimeout)))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: wantedPort),
                serverName: nil
            ),
            onServerRunning: { [bound] channel in
                bound.settle(.success(channel.localAddress?.port ?? 0))
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch {
            bound.settle(.failure(error))
            throw error
        }
        bound.settle(.failure(CancellationError()))
    }

    /// The port, as soon as it is bound.
    public var port: Int {
        get async throws { try await bound.port }
    }

    private static func relayed(_ request: Request, _ body: [UInt8]) -> RelayedRequest {
        RelayedRequest(
            method: request.method.rawValue,
            target: request.head.path ?? "/",
            headers: request.headers.map { (name: $0.name.rawName, value: $0.value) },
            body: body
        )
    }

    private static func response(_ relayed: RelayedResponse) -> Response {
        var headers = HTTPFields()
        for (name, value) in relayed.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        return Response(
            status: HTTPResponse.Status(code: relayed.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: relayed.body))
        )
    }
}

/// A request as it reached the relay.
public struct RelayedRequest: Sendable {
    public var method: String
    /// Path and query, as they came.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
}

/// What goes back to whoever asked.
public struct RelayedResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
