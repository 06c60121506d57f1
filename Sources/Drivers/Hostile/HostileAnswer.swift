import AdapterKit
import CZlib

/// The bytes of spoilt answers.
enum HostileAnswer {
    /// Length of one header line that no server sends.
    static let hugeHeader = 1 << 20
    /// A drip of this many bytes outlasts every deadline.
    static let dripBytes = 100_000
    /// What the bomb unpacks to.
    private static let bombBytes = 64 << 20
    /// Packed once: it takes longer than a request may.
    static let packedBomb = gzip(byteCount: bombBytes)
    /// One chunk of an endless body, in HTTP's chunked coding.
    static let chunk =
        Array("1000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x1000)
        + Array("\r\n".utf8)
    static let headerLine = Array("X-Filler: \(String(repeating: "a", count: 1000))\r\n".utf8)

    /// Status line and headers, with the length of the body and of what is said to come after it.
    static func head(_ answer: OutboundResponse, more: Int = 0, padding: Int = 0) -> [UInt8] {
        var lines = start(answer)
        if padding > 0 { lines += "X-Filler: \(String(repeating: "a", count: padding))\r\n" }
        return Array((lines + "Content-Length: \(answer.body.count + more)\r\n\r\n").utf8)
    }

    static func chunkedHead(_ answer: OutboundResponse) -> [UInt8] {
        Array((start(answer) + "Transfer-Encoding: chunked\r\n\r\n").utf8)
    }

    /// A gzip body of blanks.
    static func compressionBomb(_ answer: OutboundResponse) -> [UInt8] {
        let packed = packedBomb
        let head =
            start(answer) + "Content-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
        return Array(head.utf8) + packed
    }

    /// Whether head and body of a request are there.
    static func isWhole(_ request: [UInt8]) -> Bool {
        guard let end = request.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
        let length = head.firstMatch(of: /content-length: *([0-9]+)/).flatMap { Int($0.1) } ?? 0
        return request.count >= end.upperBound + length
    }

    private static func start(_ answer: OutboundResponse) -> String {
        let type = answer.header("content-type") ?? "application/json"
        return "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n"
    }

    private static func gzip(byteCount: Int) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        // 15 bits of window and gzip framing (zlib.h, `deflateInit2`).
        deflateInit2_(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        defer { deflateEnd(&stream) }
        var blanks = [UInt8](repeating: 0x20, count: byteCount)
        var packed = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(byteCount))))
        let count = blanks.withUnsafeMutableBufferPointer { source in
            packed.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(byteCount)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        return Array(packed.prefix(count))
    }
}
