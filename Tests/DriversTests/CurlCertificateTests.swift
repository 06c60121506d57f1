import AdapterKit
import Drivers
import Testing
import WireFormat

@Suite(
    "CurlTransport and certificates",
    .timeLimit(.minutes(2)),
    .enabled(if: TLSServers.areAvailable, "openssl and python3 make and serve the certificates")
)
struct CurlCertificateTests {
    private let servers: TLSServers

    init() throws {
        servers = try TLSServers.shared.get()
    }

    private func transport(trusting file: String? = nil) throws -> CurlTransport {
        var configuration = CurlConfiguration.loopback
        configuration.trustAnchors = .file(file ?? servers.authorityFile)
        return try CurlTransport(configuration)
    }

    @Test("every exchange records the leaf certificate's digest, also on a reused connection")
    func digest() async throws {
        let transport = try transport()
        let expected = try servers.fingerprint(.none)
        #expect(expected.utf8.count == 64)
        var handshakes: [Duration] = []
        for _ in 0..<3 {
            let response = try await transport.send(.get(servers.url(.none)))
            let digest = try #require(response.peerCertificateSHA256)
            #expect(Hexadecimal.encode(digest) == expected)
            handshakes.append(response.timings.tlsHandshake)
        }
        // The later two had no handshake: their connection was a used one.
        #expect(handshakes[0] > .zero)
        #expect(handshakes[1...].allSatisfy { $0 == .zero })
    }

    @Test("R21: bad TLS is refused with its reason before anything is sent")
    func badTLS() async throws {
        let transport = try transport()
        let expectations: [(TLSServers.Fault, TransportError.Code, String)] = [
            (.expired, .untrustedCertificate, "expired"),
            (.notYetValid, .untrustedCertificate, "not valid yet"),
            (.otherHost, .untrustedCertificate, "not for this host"),
            (.selfSigned, .untrustedCertificate, "self-signed"),
            (.weakKey, .untrustedCertificate, "too weak"),
            (.oldProtocol, .connectFailed, "TLS handshake"),
        ]
        for (fault, code, reason) in expectations {
            let error = await failure(of: .get(servers.url(fault)), over: transport)
            #expect(error?.code == code, "\(fault): \(String(describing: error))")
            #expect(
                error?.message.contains(reason) == true,
                "\(fault): \(String(describing: error))"
            )
            #expect(error?.requestWasSent == false, "\(fault)")
        }
    }

    @Test("R21: a server that wants a client certificate gives no answer")
    func clientCertificate() async throws {
        let error = await failure(
            of: .get(servers.url(.wantsClientCertificate)),
            over: try transport()
        )
        #expect([.connectFailed, .connectionBroken].contains(error?.code))
    }

    @Test(
        "R21: what is no TLS at all is refused",
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n",
            "\u{16}\u{3}\u{3}\u{7f}\u{7f}" + String(repeating: "\u{0}", count: 50), "",
        ]
    )
    func noTLS(greeting: String) async throws {
        let server = try LoopbackServer { connection in
            connection.write(greeting)
        }
        defer { server.stop() }
        let error = await failure(
            of: .get("https://localhost:\(server.port)/"),
            over: try transport()
        )
        #expect(error?.code == .connectFailed)
        #expect(error?.requestWasSent == false)
    }

    @Test(
        "R21: the system's authorities do not vouch for a private one, nor a file for the system's"
    )
    func anchors() async throws {
        let system = try CurlTransport(.loopback)
        let error = await failure(of: .get(servers.url(.none)), over: system)
        #expect(error?.code == .untrustedCertificate)
        let other = try transport(trusting: servers.directory.path + "/self_signed.pem")
        #expect(
            await failure(of: .get(servers.url(.none)), over: other)?.code == .untrustedCertificate
        )
        #expect(try await other.send(.get(servers.url(.selfSigned))).status == 200)
    }

    @Test("R21: a certificate for a name does not serve its address")
    func addressInsteadOfName() async throws {
        let error = await failure(
            of: .get(servers.url(.none, host: "127.0.0.1")),
            over: try transport()
        )
        #expect(error?.code == .untrustedCertificate)
    }

    @Test("a CA file that is missing or holds no certificate is refused at the start")
    func badAuthorityFile() throws {
        for path in ["/nonexistent/ca.pem", servers.directory.path + "/make.sh"] {
            #expect {
                _ = try transport(trusting: path)
            } throws: { error in
                guard case CurlStartError.trustAnchorsUnusable(path, _) = error else {
                    return false
                }
                return true
            }
        }
    }
}
