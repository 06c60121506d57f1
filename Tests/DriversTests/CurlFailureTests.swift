import AdapterKit
import Drivers
import Foundation
import Testing

@Suite("CurlTransport when things go wrong", .timeLimit(.minutes(2)))
struct CurlFailureTests {
    @Test("R9: a server that never answers is timed out, and the request counts as sent")
    func silentServer() async throws {
        let server = try LoopbackServer { $0.waitForClose() }
        defer { server.stop() }
        let started = ContinuousClock.now
        let error = await failure(
            of: .get(server.url(), timeout: .milliseconds(300)),
            over: try CurlTransport(.loopback)
        )
        #expect(error?.code == .timedOut)
        #expect(error?.requestWasSent == true)
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test("R9: an answer that trickles is timed out as a whole")
    func tricklingServer() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
            while connection.write("x") { usleep(20_000) }
        }
        defer { server.stop() }
        let error = await failure(
            of: .get(server.url(), timeout: .milliseconds(300)),
            over: try CurlTransport(.loopback)
        )
        #expect(error?.code == .timedOut)
    }

    @Test("a connection that is refused was never asked")
    func connectionRefused() async throws {
        let port = try RefusingPort()
        let error = await failure(
            of: .get("http://127.0.0.1:\(port.number)/"),
            over: try CurlTransport(.loopback)
        )
        #expect(error?.code == .connectFailed)
        #expect(error?.requestWasSent == false)
        #expect(error?.message.contains("connection refused") == true)
    }

    @Test("a name that does not exist is resolveFailed")
    func unknownName() async throws {
        let error = await failure(
            of: .get("http://no-such-name.invalid/"),
            over: try CurlTransport(.loopback)
        )
        #expect(error?.code == .resolveFailed)
        #expect(error?.requestWasSent == false)
    }

    @Test(
        "R9: an answer that breaks off or is no HTTP is connectionBroken, never an answer",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nabcd",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "", "garbage\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}",
            "SSH-2.0-OpenSSH_9.2p1\r\n", "HTTP/0.9\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
            "<html>no head</html>",
        ]
    )
    func brokenAnswer(answer: String) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write(answer)
        }
        defer { server.stop() }
        let error = await failure(
            of: .post(server.url(), body: "k"),
            over: try CurlTransport(.loopback)
        )
        #expect(error?.code == .connectionBroken)
        #expect(error?.requestWasSent == true)
        #expect(server.requests.count == 1)
    }

    @Test("R9: a reset in the middle of the answer is connectionBroken")
    func reset() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")
            usleep(50_000)
            connection.reset()
        }
        defer { server.stop() }
        let error = await failure(of: .get(server.url()), over: try CurlTransport(.loopback))
        #expect(error?.code == .connectionBroken)
    }

    @Test("an answer within its limit is whole; one byte more is bodyTooLarge, however framed")
    func bodyLimit() async throws {
        let body = String(repeating: "x", count: 1000)
        let framings = [
            "Content-Length: 1000\r\n\r\n\(body)",
            "Transfer-Encoding: chunked\r\n\r\n3e8\r\n\(body)\r\n0\r\n\r\n",
            "Connection: close\r\n\r\n\(body)",
        ]
        let transport = try CurlTransport(.loopback)
        for framing in framings {
            let server = try LoopbackServer { connection in
                _ = connection.readRequest()
                connection.write("HTTP/1.1 200 OK\r\n\(framing)")
            }
            defer { server.stop() }
            let whole = try await transport.send(.get(server.url(), responseBytesLimit: 1000))
            #expect(whole.body.count == 1000)
            let error = await failure(
                of: .get(server.url(), responseBytesLimit: 999),
                over: transport
            )
            #expect(error?.code == .bodyTooLarge)
            #expect(error?.requestWasSent == true)
        }
    }

    @Test("an endless body is given up at the limit, not at the deadline")
    func endlessBody() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write(String(repeating: "x", count: 4096)) {}
        }
        defer { server.stop() }
        let error = await failure(of: .get(server.url()), over: try CurlTransport(.loopback))
        #expect(error?.code == .bodyTooLarge)
    }

    @Test("endless headers are given up at their limit")
    func endlessHeaders() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-More: \(String(repeating: "y", count: 1000))\r\n") {}
        }
        defer { server.stop() }
        let error = await failure(of: .get(server.url()), over: try CurlTransport(.loopback))
        #expect(error?.code == .bodyTooLarge)
        #expect(error?.message.contains("headers") == true)
    }

    @Test("a request that may have arrived is not sent again when its connection dies")
    func notRepeated() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            // The second request of this connection is read and then left without an answer.
            _ = connection.readRequest()
        }
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        _ = try await transport.send(.post(server.url("/first"), body: "1"))
        let error = await failure(of: .post(server.url("/second"), body: "2"), over: transport)
        #expect(error?.code == .connectionBroken)
        #expect(error?.requestWasSent == true)
        #expect(server.requests.filter { $0.hasPrefix("POST /second") }.count == 1)
    }

    @Test("a safe request is repeated once on a fresh connection when a reused one dies")
    func safeRequestRepeated() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = connection.readRequest()
        }
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        _ = try await transport.send(.get(server.url("/first")))
        #expect(try await transport.send(.get(server.url("/second"))).status == 200)
        #expect(server.acceptedConnections == 2)
    }

    @Test("a request that waits too long for a connection is timed out unsent")
    func waitsTooLong() async throws {
        let server = try LoopbackServer { $0.waitForClose() }
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 1
        let transport = try CurlTransport(configuration)
        async let first = failure(of: .get(server.url(), timeout: .seconds(2)), over: transport)
        try await Task.sleep(for: .milliseconds(100))
        let started = ContinuousClock.now
        let second = await failure(
            of: .get(server.url(), timeout: .milliseconds(200)),
            over: transport
        )
        #expect(second?.code == .timedOut)
        #expect(second?.requestWasSent == false)
        #expect(ContinuousClock.now - started < .milliseconds(1500))
        #expect(await first?.code == .timedOut)
    }

    @Test("a full waiting room turns requests away at once")
    func fullWaitingRoom() async throws {
        let server = try LoopbackServer { $0.waitForClose() }
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 1
        configuration.waitingRequests = 0
        let transport = try CurlTransport(configuration)
        async let first = failure(of: .get(server.url(), timeout: .seconds(1)), over: transport)
        try await Task.sleep(for: .milliseconds(100))
        let error = await failure(of: .get(server.url()), over: transport)
        #expect(error?.code == .connectFailed)
        #expect(error?.requestWasSent == false)
        _ = await first
    }
}
