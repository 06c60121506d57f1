import IssuerSandbox
import Logging
import NIOCore
import NIOPosix
import Synchronization
import WireFormat

/// A plain client that shows what arrives on the wire, broken answers included.
struct SandboxClient: Sendable {
    let port: Int

    /// What came back before the server closed the connection.
    struct Answer: Sendable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// The connection ended by an error, such as a reset.
        var isBroken = false

        /// Fewer bytes than the head promised.
        var isCut: Bool {
            headers["content-length"].flatMap(Int.init).map { body.count < $0 } ?? false
        }

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as JSON; `.null` when it is none.
        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
    }

    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: [UInt8] = [],
        upTo limit: Int = 1 << 20
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "content-length: \(body.count)\r\n\r\n"
        let (bytes, isBroken) = await exchange(Array(head.utf8) + body, upTo: limit)
        var answer = Self.parse(bytes)
        answer.isBroken = isBroken
        return answer
    }

    func sendJSON(_ path: String, _ json: JSONValue) async throws -> Answer {
        try await send(
            "POST",
            path,
            headers: ["content-type": "application/json"],
            body: json.serialized()
        )
    }

    private func exchange(_ request: [UInt8], upTo limit: Int) async -> ([UInt8], Bool) {
        var received: [UInt8] = []
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel
                        )
                    }
                }
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: request))
                for try await buffer in inbound {
                    received += buffer.readableBytesView
                    if received.count > limit { break }
                }
            }
            return (received, false)
        } catch {
            return (received, true)
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Answer {
        var answer = Answer()
        let separator = Array("\r\n\r\n".utf8)
        guard
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) })
        else { return answer }
        let lines = String(decoding: bytes[..<end], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            answer.headers[line[..<colon].lowercased()] = String(
                line[line.index(after: colon)...].drop { $0 == " " }
            )
        }
        answer.body = Array(bytes[(end + separator.count)...])
        return answer
    }
}

/// A log that is kept in memory.
final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var handler: any LogHandler { Handler(log: self) }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var logLevel: Logger.Level = .trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock {
                $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])")
            }
        }
    }
}

/// Runs a sandbox in process for as long as `body` takes.
func withSandbox<Result: Sendable>(
    _ configuration: SandboxConfiguration = .init(),
    clock: SandboxClock = .system,
    logger: Logger = Logger(label: "sandbox-tests") { _ in SwiftLogNoOpLogHandler() },
    _ body: @Sendable (SandboxServer, SandboxClient) async throws -> Result
) async throws -> Result {
    let sandbox = SandboxServer(configuration: configuration, clock: clock, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await sandbox.run() }
        let client = SandboxClient(port: try await sandbox.port)
        let result = try await body(sandbox, client)
        tasks.cancelAll()
        return result
    }
}

/// A clock that stands still until it is told to move.
final class ManualClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ text: String) {
        instant = Mutex(Instant(rfc3339: text) ?? Instant(millisecondsSinceEpoch: 0))
    }

    var clock: SandboxClock { SandboxClock { self.instant.withLock { $0 } } }

    func advance(seconds: Int) {
        instant.withLock { $0 = $0 + .seconds(seconds) }
    }
}

/// A seeded generator, so that a failing property can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    /// SplitMix64 (Steele, Lea, Flood 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
