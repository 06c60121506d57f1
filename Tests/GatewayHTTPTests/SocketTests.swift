import Foundation
import Glibc
import NIOCore
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Sockets", .serialized) struct SocketTests {
    private func configuration(
        metrics: Bool = false,
        admin: String? = nil,
        change: (inout ConnectionLimits) -> Void = { _ in }
    ) -> GatewayServer.Configuration {
        var configuration = GatewayServer.Configuration(
            api: .init(host: "127.0.0.1", port: 0),
            metrics: metrics ? .init(host: "127.0.0.1", port: 0) : nil,
            adminSocketPath: admin
        )
        change(&configuration.connections)
        return configuration
    }

    private let get = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    private let post = "POST /v1/platforms/shop/deliveries HTTP/1.1\r\nHost: x\r\n"

    @Test("a connection is kept, and its answers say nothing about the server")
    func keepAlive() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration(metrics: true)) {
            server in
            let client = try SocketClient(port: server.port)
            for _ in 1...3 {
                await client.send(get)
                let answer = await client.answer().lowercased()
                #expect(answer.hasPrefix("http/1.1 200") && answer.hasSuffix("ok\n"))
                #expect(!answer.contains("\r\nserver:"))
            }
            let operators = try SocketClient(port: try #require(server.metricsPort))
            await operators.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            let metrics = await operators.answer()
            #expect(metrics.contains("text/plain; version=0.0.4") && metrics.contains("up 1"))
        }
    }

    @Test("requests sent at once are answered in order")
    func pipelining() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            let unknown = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
            await client.send(get + unknown + get)
            let received = await client.receive { bytes in
                String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").count
                    == 4
                    && bytes.suffix(3).elementsEqual("ok\n".utf8)
            }
            let statuses = String(decoding: received.bytes, as: UTF8.self)
                .components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["200", "404", "200"])
        }
    }

    @Test("R22: a head, a body and an idle connection that are too slow are cut")
    func slow() async throws {
        let configuration = configuration {
            $0.requestTime = .milliseconds(400)
            $0.idleTime = .milliseconds(600)
        }
        try await RunningServer.run(try await GatewayFixture(), configuration) { server in
            let clients = try (0..<3).map { _ in try SocketClient(port: server.port) }
            await clients[0].send(post + "X: ")
            await clients[1].send(
                post + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
            )
            let begun = ContinuousClock.now
            var open = [true, true]
            while open.contains(true), ContinuousClock.now - begun < .seconds(10) {
                for index in 0...1 where open[index] {
                    open[index] = await clients[index].send("a")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(open == [false, false])
            #expect(ContinuousClock.now - begun < .seconds(5))
            #expect(await clients[2].isClosed(within: 5))
            let honest = try SocketClient(port: server.port)
            await honest.send(get)
            #expect(await honest.answer().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("the times that ship cut everybody within 30 seconds")
    func shippedLimits() {
        let limits = ConnectionLimits()
        for time in [limits.requestTime, limits.idleTime, limits.writeTime] {
            #expect(time <= .seconds(30) && time > .seconds(5))
        }
        #expect(limits.bodyBytes > 1 << 20)
    }

    @Test("a reader who does not read is cut")
    func slowReader() async throws {
        let configuration = configuration { $0.writeTime = .milliseconds(300) }
        try await RunningServer.run(try await GatewayFixture(), configuration) { server in
            let client = try SocketClient(port: server.port)
            let request = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"
            // More answers than any socket buffer holds, and fewer requests.
            let count = 2_000
            await client.send(String(repeating: request, count: count))
            try await Task.sleep(for: .seconds(2))
            let received = await client.receive(seconds: 5) { _ in false }
            #expect(received.isClosed)
            #expect(received.bytes.count < count * PackageResources.openapi_yaml.count)
        }
    }

    @Test("a body that is announced too large is refused before it is sent")
    func announced() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            await client.send(
                post + "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
                    + String(repeating: "{", count: 4_096)
            )
            let answer = await client.answer()
            #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("body_too_large"))
        }
    }

    @Test("who sends a body just over the limit and then reads sees the 413")
    func justOver() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            let body = [UInt8](repeating: 0x20, count: (1 << 20) + 100)
            await client.send(
                post + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
            )
            #expect(await client.send(body))
            #expect(await client.answer().hasPrefix("HTTP/1.1 413"))
            #expect(await client.isClosed(within: 5))
        }
    }

    @Test("a chunked body without end is cut")
    func endless() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            await client.send(
                post + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let chunk =
                Array("10000\r\n".utf8) + [UInt8](repeating: 0x78, count: 65_536) + [13, 10]
            var taken = 0
            while taken < 400, await client.send(chunk) { taken += 1 }
            #expect(taken < 400)
        }
    }

    @Test(
        "R23: what is no HTTP gets a problem and the connection ends",
        arguments: [
            ("\r\n\r\n\u{0}", "400"), ("GET /livez\r\n\r\n", "400"), ("BAD\r\n\r\n", "400"),
            ("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"),
            (
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
                "400"
            ),
            (
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nX: a\u{0}b\r\n\r\n", "400"),
            (
                "GET /livez HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 20_000),
                "431"
            ),
            (
                "GET /livez HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: a\r\n", count: 200),
                "431"
            ),
        ]
    )
    func malformed(request: String, status: String) async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            await client.send(request)
            client.finishSending()
            let answer = await client.answer()
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
            #expect(answer.contains("application/problem+json"))
            #expect(await client.isClosed(within: 10))
        }
    }

    @Test("a broken chunk in a body is answered 400 and the connection ends")
    func brokenChunk() async throws {
        try await RunningServer.run(try await GatewayFixture(), configuration()) { server in
            let client = try SocketClient(port: server.port)
            await client.send(
                post + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            )
            let answer = await client.answer()
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
            #expect(await client.isClosed(within: 10))
        }
    }

    @Test("connections beyond the limit wait until one is closed")
    func connectionLimit() async throws {
        var configuration = configuration()
        configuration.connectionLimit = ConnectionBudget.smallest
        try await RunningServer.run(try await GatewayFixture(), configuration) { server in
            var clients: [SocketClient] = []
            for _ in 0..<ConnectionBudget.smallest {
                let client = try SocketClient(port: server.port)
                await client.send(get)
                #expect(await client.answer().hasPrefix("HTTP/1.1 200"))
                clients.append(client)
            }
            let waiting = try SocketClient(port: server.port)
            await waiting.send(get)
            #expect(await waiting.receive(seconds: 1) { !$0.isEmpty }.bytes.isEmpty)
            clients.removeLast()
            #expect(await waiting.answer().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("shutdown finishes what was asked and ends idle connections")
    func shutdown() async throws {
        let configuration = configuration { $0.drainTime = .milliseconds(300) }
        let fixture = try await GatewayFixture()
        let clients = try await RunningServer.run(fixture, configuration) { server in
            let idle = try SocketClient(port: server.port)
            await idle.send(get)
            _ = await idle.answer()
            let halfway = try SocketClient(port: server.port)
            await halfway.send(
                post + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            try await Task.sleep(for: .milliseconds(200))
            return [idle, halfway]
        }
        for client in clients { #expect(await client.isClosed(within: 5)) }
    }
}
