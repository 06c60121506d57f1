import AdapterKit
import Foundation
import Testing
import WireFormat

/// Takes one callback after the other over loopback, as the gateway's callback address does.
final class CallbackListener {
    /// What an issuer is told to report to.
    let address: String
    private let handle: Int32
    private static let timeoutSeconds = 10

    init() throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_addr.s_addr = inet_addr("127.0.0.1")
        let handle = handle
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(handle, address, length) | listen(handle, 64)
                    | getsockname(handle, address, &length)
            }
        }
        try #require(status == 0)
        var limit = timeval(tv_sec: Self.timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        address = "http://127.0.0.1:\(UInt16(bigEndian: target.sin_port))/callback"
    }

    deinit { close(handle) }

    /// The next callback; its sender gets what `answer` gives, or 400 where that is nil.
    func next(
        receivedAt: Instant,
        answer: (IssuerCallback) throws -> [UInt8]?
    ) throws -> IssuerCallback {
        let connection = accept(handle, nil, nil)
        try #require(connection >= 0, "no callback came")
        defer { close(connection) }
        let callback = try Self.callback(Self.request(connection), receivedAt)
        let body = try answer(callback)
        let status = body == nil ? "400 Bad Request" : "200 OK"
        let head = "HTTP/1.0 \(status)\r\nContent-Length: \(body?.count ?? 0)\r\n\r\n"
        let reply = Array(head.utf8) + (body ?? [])
        _ = Foundation.send(connection, reply, reply.count, 0)
        return callback
    }

    /// Head and body of one request.
    private static func request(_ connection: Int32) throws -> (head: String, body: [UInt8]) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let split = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<split.lowerBound], as: UTF8.self)
                let body = Array(bytes[split.upperBound...])
                let wanted = head.lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).filter(\.isNumber)) }
                if body.count >= wanted ?? 0 { return (head, body) }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            try #require(count > 0, "a callback was cut")
            bytes += buffer.prefix(count)
        }
    }

    private static func callback(
        _ request: (head: String, body: [UInt8]),
        _ receivedAt: Instant
    ) throws -> IssuerCallback {
        let words = try #require(request.head.split(separator: "\r\n").first).split(separator: " ")
        let query = words[1].split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        return IssuerCallback(
            method: String(words[0]),
            rawQuery: Array(query.utf8),
            headers: [],
            body: request.body,
            receivedAt: receivedAt
        )
    }
}
