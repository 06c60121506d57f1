import NIOCore
import NIOPosix
import Synchronization

@testable import IssuerSandbox

/// A merchant's server that is called back.
final class CallbackReceiver: Sendable {
    /// One request as it arrived.
    struct Call: Sendable {
        var method: String
        var target: String
        var body: [UInt8]

        var query: FormFields? {
            FormFields(Array((target.split(separator: "?", maxSplits: 1).last ?? "").utf8))
        }
        var form: FormFields? { FormFields(body) }
    }

    private struct State {
        var calls: [Call] = []
        /// Answers still to be given; the last one is given again and again.
        var answers: [String]
    }

    private let state: Mutex<State>
    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    private init(
        answers: [String],
        server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    ) {
        state = Mutex(State(answers: answers))
        self.server = server
    }

    var url: String { "http://127.0.0.1:\(server.channel.localAddress?.port ?? 0)/cb" }

    var calls: [Call] { state.withLock { $0.calls } }

    /// Waits until so many calls have arrived; fewer after ten seconds.
    func calls(atLeast count: Int) async throws -> [Call] {
        for _ in 0..<1000 where calls.count < count {
            try await Task.sleep(for: .milliseconds(10))
        }
        return calls
    }

    /// Runs a receiver for as long as `body` takes.
    static func running<Result: Sendable>(
        answering answers: String...,
        body: @Sendable (CallbackReceiver) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        let receiver = CallbackReceiver(answers: answers, server: server)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await receiver.accept() }
            let result = try await body(receiver)
            tasks.cancelAll()
            return result
        }
    }

    private func accept() async throws {
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await connection in connections {
                    tasks.addTask { try? await self.answer(connection) }
                }
            }
        }
    }

    private func answer(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var bytes: [UInt8] = []
            for try await buffer in inbound {
                bytes += buffer.readableBytesView
                guard let call = Self.call(bytes) else { continue }
                let text = state.withLock { state in
                    state.calls.append(call)
                    return state.answers.count > 1
                        ? state.answers.removeFirst() : state.answers.first ?? ""
                }
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-length: \(text.utf8.count)\r\n"
                    + "connection: close\r\n\r\n"
                try await outbound.write(ByteBuffer(string: head + text))
                return
            }
        }
    }

    /// Nil while the request is not complete.
    private static func call(_ bytes: [UInt8]) -> Call? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let first = lines[0].split(separator: " ").map(String.init)
        let length =
            lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].filter { $0 != " " }) } ?? 0
        let body = Array(text[end.upperBound...].utf8)
        guard body.count >= length else { return nil }
        return Call(method: first[0], target: first[1], body: body)
    }
}
