import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import WireFormat

@testable import GatewayHTTP

/// Calls routes without a socket.
struct RouteClient: Sendable {
    let responder: RouteResponder

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
        var reason: String? { json["reason"]?.stringValue }

        func header(_ name: String) -> String? {
            HTTPField.Name(name).flatMap { headers[$0] }
        }
    }

    func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws -> Answer {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        let request = Request(
            head: HTTPRequest(
                method: method,
                scheme: "http",
                authority: "test",
                path: path,
                headerFields: fields
            ),
            body: RequestBody(buffer: ByteBuffer(bytes: body))
        )
        let context = ConnectionContext(channel: nil)
        let response = await responder.respond(to: request, context: context)
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code,
            headers: response.headers,
            body: collector.bytes
        )
    }

    func get(_ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
        try await call(.get, path, headers)
    }

    func post(
        _ path: String,
        _ headers: [(String, String)] = [],
        json: JSONValue
    ) async throws -> Answer {
        try await call(
            .post,
            path,
            [("content-type", "application/json")] + headers,
            body: json.serialized()
        )
    }
}

/// Keeps the bytes of an answer.
private final class BodyCollector: ResponseBodyWriter {
    private let buffer = Mutex<[UInt8]>([])

    var bytes: [UInt8] { buffer.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        self.buffer.withLock { $0 += Array(buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
