import AdapterKit
import Drivers
import Foundation
import Testing

@Suite("CurlTransport", .timeLimit(.minutes(2)))
struct CurlTransportTests {
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("an answer comes back with its status, headers, body, address and times")
    func answer() async throws {
        let server = try LoopbackServer(
            answer: "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nno"
        )
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        let response = try await transport.send(.get(server.url("/a")))
        #expect(response.status == 404)
        #expect(response.body == Array("no".utf8))
        #expect(response.headers.map(\.name) == ["Content-Length", "X-One"])
        #expect(response.headers.map(\.value) == ["2", "1"])
        #expect(response.connectedAddress == "127.0.0.1")
        #expect(response.peerCertificateSHA256 == nil)
        #expect(response.timings.total >= response.timings.firstByte)
        #expect(response.timings.firstByte > .zero)
        await transport.shutdown(grace: .seconds(1))
    }

    @Test("what is sent is what the request says, and nothing libcurl adds of its own")
    func requestAsSent() async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        _ = try await transport.send(
            .post(
                server.url("/p?q=1"),
                body: "a=b\u{0}c",
                headers: [
                    OutboundHeader(name: "X-Sign", value: "s", isSecret: true),
                    OutboundHeader(name: "X-Blank", value: ""),
                ]
            )
        )
        let lines = try #require(server.requests.first).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        #expect(lines.first == "POST /p?q=1 HTTP/1.1")
        #expect(
            Set(lines.dropFirst().dropLast(2)) == [
                "Host: 127.0.0.1:\(server.port)", "User-Agent: cardproof", "X-Sign: s",
                "X-Blank:", "Content-Length: 5",
            ]
        )
        #expect(lines.last == "a=b\u{0}c")
    }

    @Test(
        "each method keeps its name and its body",
        arguments: [
            ("GET", ""), ("GET", "x"), ("POST", ""), ("PUT", "x"), ("DELETE", ""),
            ("PATCH", "x"), ("QUERY", "x"), ("OPTIONS", ""),
        ]
    )
    func methods(method: String, body: String) async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        var request = OutboundRequest.post(server.url(), body: body)
        request.method = method
        let response = try await transport.send(request)
        #expect(response.status == 200)
        let seen = try #require(server.requests.first)
        #expect(seen.hasPrefix("\(method) / HTTP/1.1\r\n"))
        #expect(seen.hasSuffix("\r\n\r\n\(body)"))
    }

    @Test("HEAD has no body to wait for")
    func head() async throws {
        let server = try LoopbackServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        defer { server.stop() }
        var request = OutboundRequest.get(server.url())
        request.method = "HEAD"
        let response = try await CurlTransport(.loopback).send(request)
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }

    @Test("one connection serves many requests")
    func reuse() async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        for _ in 0..<20 { _ = try await transport.send(.get(server.url())) }
        #expect(server.acceptedConnections == 1)
        #expect(server.requests.count == 20)
    }

    @Test(
        "a redirect is an answer and is not followed",
        arguments: [301, 302, 303, 307, 308]
    )
    func redirect(status: Int) async throws {
        let target = try LoopbackServer(answer: ok)
        defer { target.stop() }
        let server = try LoopbackServer(
            answer: "HTTP/1.1 \(status) Moved\r\nLocation: \(target.url())\r\n"
                + "Content-Length: 0\r\n\r\n"
        )
        defer { server.stop() }
        let response = try await CurlTransport(.loopback).send(.get(server.url()))
        #expect(response.status == status)
        #expect(response.header("Location") == target.url())
        #expect(target.acceptedConnections == 0)
    }

    @Test("interim answers and trailers are no headers of the answer")
    func interimAndTrailers() async throws {
        let server = try LoopbackServer(
            answer: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nX-A: 1\r\n X-folded\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nok\r\n0\r\nX-Trailer: no\r\n\r\n"
        )
        defer { server.stop() }
        let response = try await CurlTransport(.loopback).send(.get(server.url()))
        #expect(response.body == Array("ok".utf8))
        #expect(response.headers.map(\.name) == ["X-A", "Transfer-Encoding"])
        #expect(response.headers.first?.value == "1 X-folded")
    }

    @Test("64 requests at a time all get their own answer, over no more connections than allowed")
    func concurrent() async throws {
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                let path = request.split(separator: " ")[1]
                connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)"
                )
            }
        }
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 64
        let transport = try CurlTransport(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask {
                    for turn in 0..<10 {
                        let path = "/\(task)/\(turn)"
                        let response = try await transport.send(.get(server.url(path)))
                        #expect(String(decoding: response.body, as: UTF8.self) == path)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.requests.count == 640)
        #expect(server.acceptedConnections <= 64)
    }

    @Test("a host gets no more connections at a time than configured")
    func hostCap() async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 2
        let transport = try CurlTransport(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask { _ = try await transport.send(.get(server.url())) }
            }
            try await group.waitForAll()
        }
        #expect(server.acceptedConnections <= 2)
        #expect(server.requests.count == 50)
    }

    @Test("a request goes over a unix socket, whatever the URL's host")
    func unixSocket() async throws {
        let path = NSTemporaryDirectory() + "cardproof-\(UUID().uuidString.prefix(8)).sock"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try LoopbackServer(answer: ok, unixSocketPath: path)
        defer { server.stop() }
        let transport = try CurlTransport()
        var request = OutboundRequest.get("http://admin/status")
        request.unixSocketPath = path
        for _ in 0..<2 { #expect(try await transport.send(request).status == 200) }
        #expect(server.acceptedConnections == 1)
        #expect(try #require(server.requests.first).contains("Host: admin\r\n"))
    }

    @Test("a unix socket where nobody listens says so")
    func deadUnixSocket() async throws {
        let path = NSTemporaryDirectory() + "cardproof-\(UUID().uuidString.prefix(8)).sock"
        var request = OutboundRequest.get("http://admin/status")
        request.unixSocketPath = path
        let error = await failure(of: request, over: try CurlTransport())
        #expect(error?.code == .connectFailed)
        #expect(error?.message.contains(path) == true)
        #expect(error?.requestWasSent == false)
    }
}
