import AdapterKit
import Foundation
import FoundationNetworking
import Testing

/// One of the issuers under Tests/BlackBox/issuers, running in a Python of its own.
final class PythonIssuer {
    let address: String
    private let process: Process

    init(_ script: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let path = ShippedAdapters.root.appending(path: "Tests/BlackBox/issuers/\(script)").path
        process.arguments = ["python3", path] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        address = line.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(address.hasPrefix("http://127.0.0.1:"), "the issuer did not start: \(line)")
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// A file for one test, removed with its folder by the caller.
    static func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "issuer-\(UUID().uuidString)")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }
}

/// A plain transport over loopback, for meeting a foreign server byte for byte.
struct LoopbackTransport: HTTPTransport {
    func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        do {
            let text = request.url.withUnredacted { $0 }
            var outgoing = URLRequest(url: try #require(URL(string: text)))
            outgoing.httpMethod = request.method
            outgoing.httpBody = Data(request.body)
            for header in request.headers {
                outgoing.setValue(header.value, forHTTPHeaderField: header.name)
            }
            let (data, response) = try await URLSession.shared.data(for: outgoing)
            let http = try #require(response as? HTTPURLResponse)
            return OutboundResponse(
                status: http.statusCode,
                headers: http.allHeaderFields.map { (name: "\($0.key)", value: "\($0.value)") },
                body: Array(data))
        } catch {
            throw TransportError(
                code: .connectFailed, message: "loopback", requestWasSent: false)
        }
    }
}
