import EvidenceLog
public import Gateway
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
import WireFormat

/// A witness's HTTP side: `add-checkpoint`, the monitoring of c2sp.org/tlog-witness, and its key.
///
/// Nobody is authenticated but by the log's own signature; what strangers can cost is bounded by
/// the size of a request, its time, and the number of connections.
public struct WitnessServer: Sendable {
    /// A log needs one connection; the rest are monitors and strangers.
    public static let connectionLimit = 1_024
    private static let textType = "text/plain; charset=utf-8"
    /// Seconds for which the last checkpoint may be kept; the protocol allows an hour.
    private static let checkpointCache = "public, max-age=5"
    private static let keyCache = "public, max-age=300"

    private let witness: Witness
    private let listener: Listener

    /// - Parameter onBound: called with the port as soon as the address is listened on.
    public init(
        witness: Witness,
        address: GatewayServer.Configuration.Address,
        eventLoopThreads: Int,
        accessLog: GatewayServer.AccessLog,
        time: any TimeSource,
        logger: Logger,
        onBound: @escaping @Sendable (Int) -> Void
    ) {
        self.witness = witness
        var limits = ConnectionLimits()
        // A little more than a request may have: the answer of 413 is on its way by then.
        limits.bodyBytes = 4 * AddCheckpointRequest.largestByteCount
        listener = Listener(
            name: "witness",
            address: .hostname(address.host, port: address.port),
            responder: RouteResponder(
                table: Self.table(witness),
                observer: RequestObserver(logger: logger, accessLog)
            ),
            limits: limits,
            connectionLimit: Self.connectionLimit,
            threads: EventLoopThreads.group(of: max(1, eventLoopThreads)),
            time: time,
            logger: logger
        ) { onBound($0?.port ?? address.port) }
    }

    /// All that has to run.
    public var services: [any Service] { [MemoryWatch(witness: witness), listener] }

    private static func table(_ witness: Witness) -> RouteTable {
        var table = RouteTable()
        table.on(.post, "/add-checkpoint") { try await addCheckpoint($0, witness) }
        table.on(.get, "/{origin_hash}/checkpoint") { try await checkpoint($0, witness) }
        table.on(.get, "/vkey") { _ in
            .text(witness.verifierKey.vkey + "\n", type: textType, cache: keyCache)
        }
        table.on(.get, "/livez") { _ in .text("ok\n", type: textType, cache: "no-store") }
        return table
    }

    private static func addCheckpoint(_ call: Call, _ witness: Witness) async throws -> Response {
        let body: ByteBuffer
        do {
            body = try await call.request.body.collect(
                upTo: AddCheckpointRequest.largestByteCount
            )
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge)
        }
        let answer = try await witness.addCheckpoint(Array(body.readableBytesView))
        var response = Response.bytes(answer.body, type: answer.mediaType, cache: "no-store")
        response.status = HTTPResponse.Status(code: answer.status)
        if answer.status == 503 {
            response.headers[.retryAfter] = String(Problem.retryAfterSeconds)
        }
        return response
    }

    private static func checkpoint(_ call: Call, _ witness: Witness) async throws -> Response {
        let word = String(call.parameters[0])
        guard word.utf8.count == 64, word == word.lowercased(),
            let hash = Hexadecimal.decode(word),
            let note = try await witness.checkpoint(originHash: hash)
        else { throw Problem(.notFound) }
        return .bytes(note, type: textType, cache: checkpointCache)
    }
}

/// Ends the process when the witness's memory cannot be trusted any more.
private struct MemoryWatch: Service {
    let witness: Witness

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for await failure in witness.failure { throw failure }
        }
    }
}
