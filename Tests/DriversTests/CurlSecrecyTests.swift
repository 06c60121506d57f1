import AdapterKit
import CCurl
import Testing

@testable import Drivers

@Suite("CurlTransport keeps secrets out of its words")
struct CurlSecrecyTests {
    /// Planted wherever a request can hold a secret.
    private static let marked = "MARKED-9f8e7d6c"

    private func markedRequest(_ url: String) -> OutboundRequest {
        var request = OutboundRequest.post(
            url,
            body: "key=\(Self.marked)",
            headers: [OutboundHeader(name: "X-Token", value: Self.marked, isSecret: true)],
            timeout: .milliseconds(400)
        )
        request.url = SecretURL(url, secretParts: [Self.marked])
        request.responseBytesLimit = 64
        return request
    }

    @Test("R28: no error shows the URL's path or query, a header, the body or the answer")
    func errors() async throws {
        let marked = Self.marked
        let transport = try CurlTransport(.loopback)
        let answers: [String?] = [
            nil, "", "\(marked)\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n\(marked)",
            "HTTP/1.1 200 OK\r\nContent-Length: \(marked)\r\n\r\n\(marked)",
            "HTTP/1.1 200 OK\r\n\(marked)", "HTTP/\(marked)\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n\(String(repeating: marked, count: 10))",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(marked)\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: \(marked)\r\n",
        ]
        for answer in answers {
            let server = try LoopbackServer { connection in
                _ = connection.readRequest()
                if let answer { connection.write(answer) } else { connection.waitForClose() }
            }
            defer { server.stop() }
            let request = markedRequest(server.url("/\(marked)?k=\(marked)"))
            let error = try #require(await failure(of: request, over: transport))
            #expect(!"\(error)".contains(marked), "\(String(describing: answer))")
        }
        let port = try RefusingPort()
        for url in [
            "http://127.0.0.2/\(marked)", "http://no-such-name.invalid/\(marked)",
            "ftp://localhost/\(marked)", "http://\(marked)", "http://u:\(marked)@localhost/",
            "http://127.0.0.1:\(port.number)/\(marked)", "https://localhost:\(marked)/",
            "http:// \(marked)",
        ] {
            let error = try #require(await failure(of: markedRequest(url), over: transport))
            #expect(!"\(error)".lowercased().contains(marked.lowercased()), "\(url)")
        }
    }

    @Test("R28: a request that cannot be sent is described without what it holds")
    func badRequests() async throws {
        let transport = try CurlTransport(.loopback)
        let marked = Self.marked
        var requests: [OutboundRequest] = []
        for header in [
            ("X-\(marked) ", "v"), ("X-A", "\(marked)\r\nX-B: 1"), ("X-A", "\(marked)\u{0}"),
            ("", marked), ("Content-Length", marked), ("Transfer-Encoding", marked),
            ("Host", marked), ("Connection", marked), ("Expect", marked),
            ("X-Long", String(repeating: marked, count: 4000)),
        ] {
            requests.append(
                .post(
                    "http://localhost/",
                    body: "",
                    headers: [OutboundHeader(name: header.0, value: header.1)]
                )
            )
        }
        var badMethod = OutboundRequest.get("http://localhost/")
        for method in ["", "GET /\(marked) HTTP/1.1\r\n", marked + "\n", "G T"] {
            badMethod.method = method
            requests.append(badMethod)
        }
        requests.append(.post("http://localhost/", body: String(repeating: "x", count: 5_000_000)))
        requests.append(.get("http://localhost/" + String(repeating: marked, count: 2000)))
        var badSocket = OutboundRequest.get("http://localhost/")
        badSocket.unixSocketPath = "/tmp/" + String(repeating: "x", count: 110)
        requests.append(badSocket)
        for request in requests {
            let error = await failure(of: request, over: transport)
            #expect(error?.code == .badRequest)
            #expect(error?.requestWasSent == false)
            #expect(error?.message.contains(marked) == false)
        }
    }

    @Test("every result of libcurl has a code and a text, sent or not")
    func everyResult() {
        for number in UInt32(1)...200 {
            for wasSent in [false, true] {
                let error = CurlFailure.error(
                    .init(rawValue: number),
                    CurlFailure.Facts(
                        destinationLabel: "issuer.example:443",
                        isUnixSocket: false,
                        timeout: .seconds(3),
                        responseBytesLimit: 10,
                        requestMayHaveBeenSent: wasSent,
                        stop: nil,
                        refusal: nil,
                        errorNumber: 0,
                        certificateVerification: 10
                    )
                )
                #expect(error.requestWasSent == wasSent)
                #expect(!error.message.isEmpty)
                #expect(error.code != .cancelled)
            }
        }
    }
}
