import AdapterKit
import Drivers
import Testing

@Suite("CurlTransport and addresses it must not reach", .timeLimit(.minutes(2)))
struct CurlAddressTests {
    /// A listener that any of the spellings would reach if the check let it through.
    private func withWitness(
        _ body: (LoopbackServer, CurlTransport) async throws -> Void
    ) async throws {
        let witness = try LoopbackServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        defer { witness.stop() }
        let transport = try CurlTransport()
        try await body(witness, transport)
        #expect(witness.acceptedConnections == 0)
        await transport.shutdown(grace: .zero)
    }

    @Test(
        "R20: no spelling of an address that is not public is connected to",
        arguments: [
            "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1",
            "2130706433", "017700000001", "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1",
            "127.255.255.254", "0", "0.0.0.0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]", "10.0.0.1", "10.255.255.255", "100.64.0.1", "169.254.169.254",
            "172.16.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
            "240.0.0.1", "[fe80::1]", "[fc00::1]", "[fd00::1]", "[ff02::1]", "[fec0::1]",
            "%31%32%37.0.0.1", "①②⑦.0.0.1", "127。0。0。1",
        ]
    )
    func refused(host: String) async throws {
        try await withWitness { witness, transport in
            let request = OutboundRequest.get(
                "http://\(host):\(witness.port)/secret",
                timeout: .seconds(5)
            )
            let error = await failure(of: request, over: transport)
            #expect(error?.requestWasSent == false)
            // What this machine's resolver does not take for an address at all is as good.
            let unresolvable = ["localhost.", "①②⑦.0.0.1", "127。0。0。1"]
            if error?.code != .refusedAddress {
                #expect(unresolvable.contains(host), "\(host): \(String(describing: error))")
                #expect([.resolveFailed, .badRequest].contains(error?.code))
            }
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test("R20: https is refused before a handshake as well")
    func refusedTLS() async throws {
        try await withWitness { witness, transport in
            let error = await failure(
                of: .get("https://localhost:\(witness.port)/"),
                over: transport
            )
            #expect(error?.code == .refusedAddress)
        }
    }

    @Test(
        "R20: other schemes are refused",
        arguments: [
            "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1/",
            "ldap://127.0.0.1/", "telnet://127.0.0.1/", "smb://127.0.0.1/", "tftp://127.0.0.1/",
            "javascript:1", "data:,x", "//127.0.0.1/", "/etc/passwd", "", "http://", "http:///",
            "http://a b/", "http://[::1", "http://127.0.0.1:99999/", "http://u:p@127.0.0.1/",
            "http://u@127.0.0.1/", "http://127.0.0.1\u{0}.example/",
        ]
    )
    func badURL(url: String) async throws {
        let error = await failure(of: .get(url), over: try CurlTransport(.loopback))
        #expect(error?.code == .badRequest)
        #expect(error?.requestWasSent == false)
    }

    @Test("R20: the check holds on a unix socket's transport too: a socket opens no network")
    func networkDespiteSocketTransport() async throws {
        try await withWitness { witness, transport in
            var request = OutboundRequest.get(witness.url())
            request.unixSocketPath = "/nonexistent/cardproof.sock"
            #expect(await failure(of: request, over: transport)?.code == .connectFailed)
        }
    }

    @Test("R20: a proxy from the environment is not used")
    func noProxy() async {
        await #expect(processExitsWith: .success) {
            let proxy = try LoopbackServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setEnvironment(name, proxy.url())
            }
            let server = try LoopbackServer(
                answer: "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
            )
            let response = try await CurlTransport(.loopback).send(.get(server.url()))
            #expect(response.status == 204)
            #expect(proxy.acceptedConnections == 0)
        }
    }

    @Test("an allow-list permits exactly its networks")
    func allowList() async throws {
        let server = try LoopbackServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        #expect(try await transport.send(.get(server.url())).status == 200)
        let error = await failure(
            of: .get("http://127.0.0.2:\(server.port)/"),
            over: transport
        )
        #expect(error?.code == .refusedAddress)
        #expect(error?.message.contains("127.0.0.2") == true)
        #expect(server.acceptedConnections == 1)
    }
}
