import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

extension Response {
    /// Answers about deliveries are nobody else's: no cache keeps them.
    private static let jsonHeaders: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store",
    ]

    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: jsonHeaders,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(value.serialized(), status: status)
    }

    static func bytes(_ bytes: [UInt8], type: String, cache: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: cache, .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    static func text(_ text: String, type: String, cache: String) -> Response {
        bytes(Array(text.utf8), type: type, cache: cache)
    }
}

extension JSONValue {
    /// A text, or null.
    init(orNull text: String?) {
        self = text.map { .string($0) } ?? .null
    }
}
