import Gateway
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
            headers: headers(type: type, cache: cache),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private static func headers(type: String, cache: String) -> HTTPFields {
        [.contentType: type, .cacheControl: cache, .xContentTypeOptions: "nosniff"]
    }

    /// Bytes that are handed to a connection at once. It is cut when none go out for a while
    /// (``ConnectionLimits/writeTime``): with small pieces that asks for progress, not for the
    /// whole answer.
    private static let pieceByteCount = 64 << 10

    /// From the first piece on, a reader of a large answer has a minute and a second for each of
    /// so many bytes: what a slow phone takes.
    private static let slowestBytesPerSecond = 8 << 10
    private static let largeAnswerTime = Duration.seconds(60)

    /// Nobody else's bytes, of any count, as fast as their reader takes them.
    /// - Throws: ``Problem`` `overloaded` when too many are held for readers already.
    static func large(
        _ bytes: [UInt8],
        type: String,
        to party: EvidenceParty,
        within memory: AnswerMemory
    ) throws(Problem) -> Response {
        let share = try memory.share(bytes.count, of: party)
        let time = largeAnswerTime + .seconds(bytes.count / slowestBytesPerSecond)
        return Response(
            status: .ok,
            headers: headers(type: type, cache: "no-store"),
            body: ResponseBody(contentLength: bytes.count) { writer in
                defer { withExtendedLifetime(share) {} }
                var rest = bytes[...]
                let deadline = ContinuousClock.now + time
                while !rest.isEmpty {
                    guard ContinuousClock.now < deadline else { throw SlowReader() }
                    let piece = rest.prefix(pieceByteCount)
                    rest = rest.dropFirst(piece.count)
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            }
        )
    }

    /// A reader who has not taken a large answer in its time; his connection is closed.
    private struct SlowReader: Error {}

    /// The lines of a file of outcomes as fast as their reader takes them: one page is held, and a
    /// connection that takes none of it is cut (``ConnectionLimits/writeTime``).
    static func publication(
        _ publication: OutcomePublication,
        type: String,
        cache: String
    ) -> Response {
        Response(
            status: .ok,
            headers: headers(type: type, cache: cache),
            body: ResponseBody { writer in
                var rest = publication
                try await writer.write(ByteBuffer(bytes: rest.header))
                while let lines = try await rest.nextLines() {
                    for start in stride(from: 0, to: lines.count, by: pieceByteCount) {
                        let piece = lines[start...].prefix(pieceByteCount)
                        try await writer.write(ByteBuffer(bytes: piece))
                    }
                }
                try await writer.finish(nil)
            }
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
