import AdapterKit
import Foundation

/// A plain HTTP/1.0 client over loopback, for meeting a foreign server byte for byte.
struct LoopbackTransport: HTTPTransport {
    private static let timeoutSeconds = 10

    func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        let address = request.url.withUnredacted { URLComponents(string: $0) }
        guard let address, let port = address.port else {
            throw Self.error(.badRequest)
        }
        let query = address.percentEncodedQuery.map { "?" + $0 } ?? ""
        let path = address.percentEncodedPath
        let target = (path.isEmpty ? "/" : path) + query
        var head = "\(request.method) \(target) HTTP/1.0\r\n"
        head += "Host: 127.0.0.1:\(port)\r\nContent-Length: \(request.body.count)\r\n"
        for header in request.headers { head += "\(header.name): \(header.value)\r\n" }
        let answer = try Self.exchange(Array((head + "\r\n").utf8) + request.body, port: port)
        guard let response = Self.response(answer) else { throw Self.error(.connectionBroken) }
        return response
    }

    private static func error(_ code: TransportError.Code) -> TransportError {
        TransportError(code: code, message: "loopback", requestWasSent: true)
    }

    private static func exchange(
        _ bytes: [UInt8],
        port: Int
    ) throws(TransportError) -> [UInt8] {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(
            handle,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(port).bigEndian
        target.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, Foundation.send(handle, bytes, bytes.count, 0) == bytes.count else {
            throw error(.connectFailed)
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(handle, &buffer, buffer.count, 0)
            if count < 0 { throw error(.timedOut) }
            if count == 0 { return answer }
            answer += buffer.prefix(count)
        }
    }

    private static func response(_ bytes: [UInt8]) -> OutboundResponse? {
        guard let split = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<split.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (String(line[..<colon]), value)
        }
        return OutboundResponse(
            status: status,
            headers: headers,
            body: Array(bytes[split.upperBound...])
        )
    }
}
